"""How logs and their summary look in a terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from rich.table import Table
from structlog.dev import ConsoleRenderer

from runtime.logs import PLAIN_COLUMNS
from runtime.text import escape_unprintable
from sensorctl.logs.lines import LogEvent
from sensorctl.logs.summary import LogSummary, store_ms
from sensorctl.views import safe

LONGEST_REASON = 80
RENDERER = ConsoleRenderer(columns=PLAIN_COLUMNS, sort_keys=False)
Rows = Iterable[tuple[Any, ...]]


def console_line(event: LogEvent) -> str:
    """As the service writes it, after its name as `docker compose logs` has it; nothing unprintable."""
    line = {"timestamp": written(event.at), "level": event.level, "event": event.event, **event.details}
    text = str(RENDERER(None, event.level, line))
    return "\n".join(escape_unprintable(f"{event.service:<14} | {part}") for part in text.split("\n"))


def json_record(event: LogEvent) -> dict[str, Any]:
    """The event as one object, named as in the services' own JSON."""
    return {
        "timestamp": written(event.at),
        "service": event.service,
        "level": event.level,
        "event": event.event,
        **event.details,
    }


def written(at: datetime) -> str:
    """A time as the services write it."""
    return at.isoformat().replace("+00:00", "Z")


def summary_tables(summary: LogSummary) -> Iterator[Table]:
    """By service, warnings and errors, the slowest stores, and all events; those that have rows."""
    yield _table("Services", SERVICE_COLUMNS, _service_rows(summary))
    if summary.troubles:
        yield _table("Warnings and errors", TROUBLE_COLUMNS, _trouble_rows(summary))
    if summary.slowest:
        yield _table("The slowest stores", SLOW_COLUMNS, _slow_rows(summary))
    if summary.events:
        rows = ((*kind, times) for kind, times in sorted(summary.events.items()))
        yield _table("Events", ("service", "event", "times"), rows)


def summary_record(summary: LogSummary, unread: Counter[str]) -> dict[str, Any]:
    """The summary for other programs, with how many lines of each service are no events."""
    return {
        "services": [{"service": name, **vars(of)} for name, of in sorted(summary.services.items())],
        "events": [
            {"service": service, "event": event, "times": times}
            for (service, event), times in sorted(summary.events.items())
        ],
        "troubles": [
            {"service": service, "event": event, **vars(trouble)}
            for (service, event), trouble in sorted(summary.troubles.items())
        ],
        "slowest_stores": [json_record(event) for event in summary.slowest],
        "not_understood": unread,
    }


SERVICE_COLUMNS = ("service", "events", "starts", "warnings", "errors", "first", "last")
TROUBLE_COLUMNS = ("service", "level", "event", "times", "last", "reason")
SLOW_COLUMNS = ("service", "at", "store ms", "delay ms", "readings", "sensor")


def _service_rows(summary: LogSummary) -> Rows:
    for name, of in sorted(summary.services.items()):
        yield name, of.events, of.starts, of.warnings, of.errors, _short(of.first), _short(of.last)


def _trouble_rows(summary: LogSummary) -> Rows:
    for (service, event), one in sorted(summary.troubles.items()):
        yield service, one.level, event, one.times, _short(one.last), one.reason[:LONGEST_REASON]


def _slow_rows(summary: LogSummary) -> Rows:
    for event in summary.slowest:
        said = event.details
        delay = said.get("latency_ms", said.get("max_latency_ms", ""))
        yield (
            event.service, _short(event.at), store_ms(event), delay, said.get("readings", 1),
            said.get("sensor", ""),
        )  # fmt: skip


def _table(title: str, columns: Iterable[str], rows: Rows) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*map(safe, row))
    return table


def _short(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"
