"""Logging: one event per line on stdout, as text for people or as JSON."""

import logging
import sys
from functools import lru_cache
from typing import Literal, TextIO, cast

import structlog
from structlog.dev import Column, ConsoleRenderer, plain_traceback

from runtime.streams import LogStream, escape_unencodable
from runtime.tracing import add_trace_ids

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
# pika logs several errors for each lost connection, and a critical one for a close that crosses other frames.
# It also raises an exception for every error that matters, and this project logs that once.
# OpenTelemetry logs each attempt of an export; this project logs when the collector goes down and comes up.
QUIET_LIBRARIES = ("pika", "opentelemetry")
EVENT_WIDTH = 24
# What an event has in some cases only; None in any other field means that its value is not known.
OPTIONAL_FIELDS = ("hint", "subject")
QUOTED_CHARACTERS = frozenset(" \t=\r\n\"'")


def _format_pair(key: str, value: object) -> str:
    is_plain = isinstance(value, str) and QUOTED_CHARACTERS.isdisjoint(value)
    return f"{key}={value if is_plain else repr(value)}"


# These produce the same line as structlog's own columns without colours, at half the cost: structlog's write
# each pair through a buffer.
PLAIN_COLUMNS = [
    Column("", _format_pair),
    Column("timestamp", lambda _, timestamp: str(timestamp)),
    Column("level", lambda _, level: f"[{level!s:<9}]"),
    Column("event", lambda _, event: f"{event!s:<{EVENT_WIDTH}}"),
    Column("logger", lambda _, name: f"[{name}]"),
]


def configure_logging(level: str, log_format: Literal["console", "json"]) -> None:
    """Write structlog's events at `level` and above, and other libraries' warnings, to stdout."""
    escape_unencodable()
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if log_format == "json" else _console_renderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            add_trace_ids,
            _omit_missing_fields,
            *([structlog.processors.format_exc_info] if log_format == "json" else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=_write_logger,
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [_StructlogHandler()]
    root.setLevel(logging.WARNING)
    for library in QUIET_LIBRARIES:
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)


def _omit_missing_fields(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    for name in OPTIONAL_FIELDS:
        if event.get(name, "") is None:
            del event[name]
    return event


def _write_logger(*_: object) -> structlog.WriteLogger:
    return structlog.WriteLogger(_log_stream(sys.stdout))


@lru_cache(maxsize=2)
def _log_stream(stream: TextIO) -> TextIO:
    return cast("TextIO", LogStream(stream))  # structlog calls only its two methods


def _console_renderer() -> ConsoleRenderer:
    # structlog's rich exception formatter prints local variables, which may contain a password.
    if sys.stdout.isatty():
        return ConsoleRenderer(pad_event_to=EVENT_WIDTH, sort_keys=False, exception_formatter=plain_traceback)
    return ConsoleRenderer(columns=PLAIN_COLUMNS, sort_keys=False, exception_formatter=plain_traceback)


class _StructlogHandler(logging.Handler):
    """Forwards records of the standard library's logging to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info
        )
