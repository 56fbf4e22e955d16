"""`python -m bench [name ...]`: measure, and print the table."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator

import psutil

from bench import planning, sending, servers, serving, webhook
from bench.ground import Ground
from bench.outcome import Outcome
from bench.scale import QUICK, WHOLE

MEASURES: dict[str, Callable[[Ground], Iterator[Outcome]]] = {
    "webhook": webhook.measure,
    "planning": planning.measure,
    "ticks": planning.measure_ticks,
    "sending": sending.measure,
    "latency": serving.measure_latency,
    "memory": serving.measure_memory,
    "start": serving.measure_start,
    "servers": servers.measure,
}


def main() -> None:
    """Run the benchmarks that are named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(MEASURES))
    parser.add_argument("--quick", action="store_true", help="only show that everything runs")
    options = parser.parse_args()
    if unknown := set(options.names) - set(MEASURES):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    memory = psutil.virtual_memory().total / 2**30
    print(f"{os.cpu_count()} cores, {memory:.0f} GB; load at the start {os.getloadavg()[0]:.1f}\n")
    print("| what | ours | against | ratio | goal | met | rounds |\n|---|---|---|---|---|---|---|")
    with Ground(QUICK if options.quick else WHOLE) as ground:
        for name in options.names or MEASURES:
            began = time.perf_counter()
            for line in MEASURES[name](ground):
                ratio = f"{line.ratio:.2f}" if line.ratio is not None else ""
                print(
                    f"| {line.what} | {line.ours} | {line.against} | {ratio} | {line.goal} "
                    f"| {line.verdict} | {line.spread} |",
                    flush=True,
                )
            load = os.getloadavg()[0]
            print(f"<!-- {name}: {time.perf_counter() - began:.0f} s, load {load:.1f} -->")


if __name__ == "__main__":
    main()
