"""Log lines: structured, with ids, and never a phone number or anything that a person wrote.

The code logs ids and rule names only. Whatever libraries log passes through the same processors,
and what looks like a phone number, or stands under a name that promises one, is struck out as the
last line of defence. Tracebacks never get in: an exception's words can quote values.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_INVISIBLE = r"\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff"
_GAP = rf"(?:[\s.()/\u00b7\u2010-\u2015\u2212{_INVISIBLE}-]|%20|\+){{0,4}}"
_ID = r"(?<![0-9A-Za-z])(?:[A-Z]{2})?(?=\d*[a-f])[0-9a-f]{12,64}(?![0-9A-Za-z])"
_NORTH_AMERICAN = rf"(?<!\d)(?:1{_GAP})?\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{4}}(?!\d)"
_FOREIGN = rf"(?:\+|%2[Bb]){_GAP}\d(?:{_GAP}\d){{6,14}}"
NUMBER = re.compile(rf"(?P<id>{_ID})|(?:\+|%2[Bb])?{_NORTH_AMERICAN}|{_FOREIGN}")
"""Phone numbers as they may turn up; ids in hexadecimal are told apart and stay."""

PRIVATE = frozenset(
    {
        "address",
        "body",
        "from",
        "from_",
        "number",
        "phone",
        "recipient",
        "sender",
        "subject",
        "to",
        "words",
    }
)
"""Names under which nothing is ever logged."""

QUIET = {
    "twilio.http_client": logging.WARNING,
    "apscheduler": logging.WARNING,
    "urllib3": logging.WARNING,
    "waitress.queue": logging.ERROR,
    "alembic": logging.WARNING,
}


def strike_numbers(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Strike out whatever looks like a phone number, wherever it stands."""
    return {
        name: "[withheld]" if name.lower() in PRIVATE else struck(value)
        for name, value in line.items()
        if name != "exc_info"
    }


def struck(value: Any) -> Any:
    """A value without phone numbers, however deep they stand in it."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return "[number]" if _strike(str(value)) != str(value) else value
    if isinstance(value, Mapping):
        return strike_numbers(None, "", {str(struck(name)): of for name, of in value.items()})
    if isinstance(value, list | tuple | set | frozenset):
        return [struck(one) for one in value]
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    return _strike(value if isinstance(value, str) else str(value))


def _strike(text: str) -> str:
    return NUMBER.sub(lambda found: found["id"] or "[number]", text)


def name_error(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """In place of a traceback, the kind of error and where it happened."""
    info = line.pop("exc_info", None)
    line.pop("stack_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        line.setdefault("error", type(error).__name__)
        line.setdefault("where", place(error))
    return line


def place(error: BaseException) -> str:
    """Module and line in which an exception was raised: enough to look, and no values."""
    trace: TracebackType | None = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"


def set_up(form: str = "auto", stream: TextIO | None = None) -> None:
    """Send every log line of the process to `stream` (standard error) as JSON or as text."""
    stream = stream or sys.stderr
    as_text = form == "text" or (form == "auto" and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_error,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(shared, as_text, stream.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


def _formatter(shared: list[Processor], as_text: bool, colours: bool) -> logging.Formatter:
    """The last steps of every line, whoever logged it."""
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=colours)
        if as_text
        else structlog.processors.JSONRenderer()
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            name_error,
            strike_numbers,
            last,
        ],
    )


def guard_crashes() -> None:
    """Log what nobody caught, in any thread, as a line like the others instead of a traceback."""
    log = logger(__name__)

    def crashed(kind: type[BaseException], error: BaseException | None, _trace: Any) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        where = place(error) if error is not None else "?"
        log.critical("crashed", error=kind.__name__, where=where)

    sys.excepthook = crashed
    threading.excepthook = lambda caught: crashed(
        caught.exc_type, caught.exc_value, caught.exc_traceback
    )


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for a module."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound
