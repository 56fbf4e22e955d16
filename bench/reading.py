"""How long reading takes: the corpora, and texts made to be slow. `python bench/reading.py`"""

import statistics
import time
from pathlib import Path

from bot.core.reading import Reader, load_patterns
from bot.core.reading.figures import lines_of

HOSTILE = [
    "a " * 800, "stop " * 320, "i want to die " * 115, "not " * 400, "xqzvkwpj " * 178,
    "s.t.o.p." * 200, "i dont want to die " * 84, "🛑" * 1600, "k*ll " * 320, "stoptexting" * 140,
    "she is the " * 145, "d1e!" * 400, "took " * 320, "unsubscrbe " * 145, "a*" * 800, "he " * 533,
    "my friend and i and my mom " * 60, "please " * 228, "no no no me me " * 106, "ﷺ" * 1600,
]  # fmt: skip


def main() -> None:
    root = Path(__file__).parent.parent
    sources = {p.name: p.read_text("utf-8") for p in (root / "messages/reading").glob("*.t*")}
    started = time.perf_counter()
    reader = Reader(load_patterns(sources), {})
    print(f"built in {time.perf_counter() - started:.2f} s")
    texts = [
        line.text
        for path in (root / "tests/corpora").glob("*.tsv")
        for line in lines_of(path.read_text("utf-8"))
    ]
    times = sorted(_milliseconds(reader, text) for text in texts)
    print(f"{len(texts)} texts: median {statistics.median(times):.2f} ms, worst {times[-1]:.2f} ms")
    for text in HOSTILE:
        print(f"{_milliseconds(reader, text):7.1f} ms  {text[:24]!r}…")


def _milliseconds(reader: Reader, text: str) -> float:
    started = time.perf_counter()
    reader.read(text)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
