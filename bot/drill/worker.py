"""`python -m bot.drill.worker`: one worker of a drill; says "ready" and works until SIGTERM."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable

from bot.drill.parts import Orders, Outfit
from bot.logs import logger, set_up
from bot.store.database import StoreError

log = logger(__name__)
PAUSE_S = 0.2


def main() -> None:
    """Send and settle, each in its own thread as the program's ticks do."""
    set_up("json")
    outfit = Outfit(Orders.from_json(sys.stdin.read()))
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    for turn in (outfit.sender.tick, lambda: outfit.settler.settle(outfit.clock.now())):
        threading.Thread(target=_repeat, args=(turn, stopping), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not stopping.is_set():
        time.sleep(0.05)
    outfit.sender.stop()


def _repeat(turn: Callable[[], object], stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            turn()
        except StoreError as error:
            log.warning("the database is away", error=type(error).__name__)
        except Exception as error:
            log.error("tick failed", error=type(error).__name__)
        stopping.wait(PAUSE_S)


if __name__ == "__main__":
    main()
