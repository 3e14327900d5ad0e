"""Log events as console lines and JSON objects, and the tables of their summary."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from rich.table import Table
from structlog.dev import ConsoleRenderer

from runtime.logs import PLAIN_COLUMNS
from runtime.text import escape_unprintable
from sensorctl.logs.parser import LogEvent
from sensorctl.logs.summary import LogSummary, store_duration_ms
from sensorctl.output import safe_text

MAX_REASON_CHARACTERS = 80
RENDERER = ConsoleRenderer(columns=PLAIN_COLUMNS, sort_keys=False)
Rows = Iterable[tuple[Any, ...]]


def console_line(event: LogEvent) -> str:
    """Return the service's console line, escaped, with its name in front as in `docker compose logs`."""
    fields = {
        "timestamp": format_timestamp(event.timestamp),
        "level": event.level,
        "event": event.event,
        **event.details,
    }
    text = str(RENDERER(None, event.level, fields))
    return "\n".join(escape_unprintable(f"{event.service:<14} | {line}") for line in text.split("\n"))


def json_record(event: LogEvent) -> dict[str, Any]:
    """Return the event with the field names of the services' JSON format."""
    return {
        "timestamp": format_timestamp(event.timestamp),
        "service": event.service,
        "level": event.level,
        "event": event.event,
        **event.details,
    }


def format_timestamp(timestamp: datetime) -> str:
    """Return the timestamp as the services write it."""
    return timestamp.isoformat().replace("+00:00", "Z")


def summary_tables(summary: LogSummary) -> Iterator[Table]:
    """Yield the tables that have rows: services, warnings and errors, slowest stores, events."""
    yield _table("Services", SERVICE_COLUMNS, _service_rows(summary))
    if summary.issues:
        yield _table("Warnings and errors", ISSUE_COLUMNS, _issue_rows(summary))
    if summary.slowest_stores:
        yield _table("Slowest stores", STORE_COLUMNS, _store_rows(summary))
    if summary.events:
        rows = ((*kind, times) for kind, times in sorted(summary.events.items()))
        yield _table("Events", ("service", "event", "count"), rows)


def summary_record(summary: LogSummary, unparsed_lines: Counter[str]) -> dict[str, Any]:
    """Return the summary and the number of unparsed lines per service as a JSON object."""
    return {
        "services": [
            {"service": name, **vars(service)} for name, service in sorted(summary.services.items())
        ],
        "events": [
            {"service": service, "event": event, "count": times}
            for (service, event), times in sorted(summary.events.items())
        ],
        "issues": [
            {"service": service, "event": event, **vars(issue)}
            for (service, event), issue in sorted(summary.issues.items())
        ],
        "slowest_stores": [json_record(event) for event in summary.slowest_stores],
        "unparsed_lines": unparsed_lines,
    }


SERVICE_COLUMNS = ("service", "events", "starts", "warnings", "errors", "first", "last")
ISSUE_COLUMNS = ("service", "level", "event", "count", "last", "reason")
STORE_COLUMNS = ("service", "at", "store ms", "latency ms", "readings", "sensor")


def _service_rows(summary: LogSummary) -> Rows:
    for name, service in sorted(summary.services.items()):
        first, last = _format_short(service.first), _format_short(service.last)
        yield name, service.events, service.starts, service.warnings, service.errors, first, last


def _issue_rows(summary: LogSummary) -> Rows:
    for (service, event), issue in sorted(summary.issues.items()):
        reason = issue.reason[:MAX_REASON_CHARACTERS]
        yield service, issue.level, event, issue.count, _format_short(issue.last), reason


def _store_rows(summary: LogSummary) -> Rows:
    for event in summary.slowest_stores:
        details = event.details
        latency = details.get("latency_ms", details.get("max_latency_ms", ""))
        yield (
            event.service, _format_short(event.timestamp), store_duration_ms(event), latency,
            details.get("readings", 1), details.get("sensor", ""),
        )  # fmt: skip


def _table(title: str, columns: Iterable[str], rows: Rows) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*map(safe_text, row))
    return table


def _format_short(timestamp: datetime | None) -> str:
    return "" if timestamp is None else f"{timestamp:%Y-%m-%d %H:%M:%S}"
