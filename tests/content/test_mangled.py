"""Words that were spoilt in any way give complaints, and never a traceback."""

import re
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.content import ContentError, load
from bot.core.library import Library
from tests.content.conftest import MESSAGES

NAMES = sorted(
    str(path.relative_to(MESSAGES))
    for path in MESSAGES.rglob("*.toml")
    if path.parent.name in ("messages", "programmes", "topics")
)


def outcome(name: str, spoilt: bytes) -> list[str]:
    """The complaints about the words with one file spoilt; anything else is a traceback."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "messages"
        shutil.copytree(MESSAGES, copy, copy_function=_link)
        (copy / name).unlink()
        (copy / name).write_bytes(spoilt)
        try:
            assert isinstance(load(copy), Library)
        except ContentError as error:
            return error.complaints
    return []


def _link(source: str, target: str) -> str:
    Path(target).symlink_to(Path(source).resolve())
    return target


VALUES = ["5", "-1", "true", "[]", "[1, 2]", "{ a = 1 }", '""', '"  "', "2026-11-21", "10:00:00",
          "2026-11-21T10:00:00Z", "1.5", "[{ a = 1 }]", "nan", '"{"', '"{name}{0}"',
          "[[]]"]  # fmt: skip


@st.composite
def manglings(draw: st.DrawFn) -> tuple[str, bytes]:
    """A real file with some of its lines or values changed, and its name."""
    name = draw(st.sampled_from(NAMES))
    lines = (MESSAGES / name).read_text("utf-8").splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["drop", "double", "value", "swap", "byte"]))
        key = lines[at].partition(" = ")[0]
        if how == "drop":
            lines[at] = ""
        elif how == "double":
            lines[at] *= 2
        elif how == "value" and " = " in lines[at]:
            lines[at] = f"{key} = {draw(st.sampled_from(VALUES))}\n"
        elif how == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        elif how == "byte" and lines[at]:
            place = draw(st.integers(0, len(lines[at]) - 1))
            lines[at] = lines[at][:place] + draw(st.characters()) + lines[at][place + 1 :]
    return name, "".join(lines).encode("utf-8", "surrogatepass")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(manglings())
@example(("service.toml", b""))
@example(("retired.toml", b"ids = 5"))
@example(("topics/mind.toml", b"[[topic]]\n[[topic]]\n[[topic]]\nid = 5"))
@example(("programmes/recovery.toml", b"message = 5"))
@example(
    (
        "programmes/recovery.toml",
        b'id = "x"\nkeyword = "X"\n[[message]]\nanswer = [1]\nvariant = { a = 1 }',
    )
)
def test_spoilt_words_give_complaints_and_never_a_traceback(mangling: tuple[str, bytes]) -> None:
    for says in outcome(*mangling):
        assert re.match(r"messages/[\w./]+:\d+: \S", says)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(NAMES), st.binary(max_size=200))
def test_any_bytes_in_place_of_a_file_give_complaints(name: str, spoilt: bytes) -> None:
    for says in outcome(name, spoilt):
        assert re.match(r"messages/[\w./]+:\d+: \S", says)
