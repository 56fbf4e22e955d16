"""Log lines: structured, with ids, and never a phone number or anything that a person wrote.

The code logs ids and rule names only. What libraries log passes through the same processors, and
whatever looks like a phone number is struck out as the last line of defence.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:\+|%2B)?1?[-. (]*\d{3}[-. )]*\d{3}[-. ]*\d{4}(?![0-9A-Za-z])"
)
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
        name: NUMBER.sub("[number]", value) if isinstance(value, str) else value
        for name, value in line.items()
    }


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
        strike_numbers,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=stream.isatty())
        if as_text
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _message_only],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                strike_numbers,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


def _message_only(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """A library's traceback quotes source lines and values: keep the kind of error alone."""
    info = line.pop("exc_info", None)
    if isinstance(info, tuple) and info[0] is not None:
        line["error"] = info[0].__name__
    return line


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for a module."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound
