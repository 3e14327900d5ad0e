"""One event a line on stdout: for people by default, as JSON on request."""

import logging
import sys
from typing import Literal

import structlog
from structlog.dev import Column, ConsoleRenderer, plain_traceback

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
# pika reports each lost connection as several errors of its own, and a close that crosses other frames as
# critical. Whatever matters it raises, and this project reports that once.
QUIET_LIBRARIES = ("pika",)
EVENT_WIDTH = 24


def _pair(key: str, value: object) -> str:
    bare = isinstance(value, str) and TO_QUOTE.isdisjoint(value)
    return f"{key}={value if bare else repr(value)}"


TO_QUOTE = frozenset(" \t=\r\n\"'")
# A line is as structlog's own columns write it without colours, at half the cost: those go through a buffer
# for each pair.
PLAIN_COLUMNS = [
    Column("", _pair),
    Column("timestamp", lambda _, time: str(time)),
    Column("level", lambda _, level: f"[{level!s:<9}]"),
    Column("event", lambda _, event: f"{event!s:<{EVENT_WIDTH}}"),
    Column("logger", lambda _, name: f"[{name}]"),
]


def configure(level: str, form: Literal["console", "json"]) -> None:
    """Send structlog's events to stdout at `level` and above, and other libraries' warnings with them."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else _console()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if form == "json" else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [_Forward()]
    root.setLevel(logging.WARNING)
    for library in QUIET_LIBRARIES:
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)


def _console() -> ConsoleRenderer:
    # The richer formatter of exceptions prints local variables, and a password may be among them.
    if sys.stdout.isatty():
        return ConsoleRenderer(pad_event_to=EVENT_WIDTH, sort_keys=False, exception_formatter=plain_traceback)
    return ConsoleRenderer(columns=PLAIN_COLUMNS, sort_keys=False, exception_formatter=plain_traceback)


class _Forward(logging.Handler):
    """Brings records of the standard library's logging into the same stream."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info
        )
