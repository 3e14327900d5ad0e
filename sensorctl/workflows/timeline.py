"""One workflow's timeline: what happened, when, by whom, in which attempt, and how long it took."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from rich.table import Table
from rich.text import Text

from db.queries.statements import Row
from jobs.states import ENDED
from runtime.text import format_duration
from sensorctl.output import format_time, safe_text

STYLES = {
    "failed": "red",
    "failure": "red",
    "cancelled": "yellow",
    "succeeded": "green",
    "worker-lost": "red",
    "needs-answer": "yellow",
}
# With these an attempt ends.
STOPPED = ENDED | {"ready", "paused", "pending"}
INTERRUPTIONS = frozenset({"worker-lost", "failure", "released", "needs-answer"})


class Entry(NamedTuple):
    """An event, with the number of its job, how long after the request it was, and what took how long."""

    event: Row
    job: int | None
    after: timedelta
    took: timedelta | None


class Timeline:
    """Turns the events of one workflow, in their order, into entries."""

    def __init__(self, jobs: Iterable[Row]) -> None:
        self._numbers = {str(job["job_id"]): job["position"] for job in jobs}
        self._requested_at: datetime | None = None
        self._running_since: dict[UUID | None, datetime] = {}

    def entries(self, events: Iterable[Row]) -> Iterator[Entry]:
        """Return the entries of the next events."""
        for event in events:
            self._requested_at = self._requested_at or event["at"]
            number = self._numbers.get(str(event["job_id"])) if event["job_id"] else None
            yield Entry(event, number, event["at"] - self._requested_at, self._took(event))

    def _took(self, event: Row) -> timedelta | None:
        """Return how long an attempt, or the workflow, ran until this event ended it."""
        job = event["job_id"]
        if event["state"] == "running":
            self._running_since[job] = event["at"]
        elif event["event"] in INTERRUPTIONS or event["state"] in STOPPED:
            started_at = self._running_since.pop(job, None)
            return None if started_at is None else event["at"] - started_at
        return None


def timeline_table(entries: Iterable[Entry]) -> Table:
    """Return one row per event."""
    table = Table(title="Timeline (times in UTC)", title_justify="left")
    table.add_column("at", no_wrap=True)
    table.add_column("after", justify="right", no_wrap=True)
    table.add_column("job", justify="right", no_wrap=True)
    table.add_column("attempt", justify="right", no_wrap=True)
    table.add_column("what", overflow="fold")
    table.add_column("took", justify="right", no_wrap=True)
    table.add_column("by", overflow="fold")
    for entry in entries:
        event = entry.event
        table.add_row(
            format_time(event["at"]),
            f"+{format_duration(entry.after)}",
            "" if entry.job is None else str(entry.job),
            str(event["attempt"] or ""),
            _what(event),
            "" if entry.took is None else format_duration(entry.took),
            safe_text(event["actor"] or ""),
        )
    return table


def timeline_line(entry: Entry) -> Text:
    """Return an entry as one line."""
    event = entry.event
    line = Text.assemble(format_time(event["at"]), "  ")
    line.append("workflow" if entry.job is None else f"job {entry.job}")
    line.append(f", attempt {event['attempt']}: " if event["attempt"] else ": ")
    line.append_text(_what(event))
    if entry.took is not None:
        line.append(f", after {format_duration(entry.took)}")
    if event["actor"]:
        line.append(", by ").append_text(safe_text(event["actor"]))
    return line


def describe_detail(detail: Mapping[str, Any] | None) -> str:
    """Return what an event says besides its state, as text; a message comes first."""
    fields = dict(detail or {})
    counts = fields.pop("counts", None) or {}
    texts = [str(fields.pop(name)) for name in ("message", "error", "reason") if fields.get(name)]
    failures, most = fields.pop("failures", None), fields.pop("max_failures", None)
    if failures:
        texts.append(f"failure {failures} of {most}" if most else f"failure {failures}")
    if retry_seconds := fields.pop("retry_seconds", None):
        texts.append(f"tried again in {format_duration(timedelta(seconds=retry_seconds))}")
    if texts:  # which has the counts in words
        counts = {}
    done, total = fields.pop("done", None), fields.pop("total", None)
    if done:
        texts.append(f"{done:,} of {total:,}" if total else f"{done:,} done")
    texts += [f"{name} {value:,}" for name, value in counts.items() if isinstance(value, int)]
    texts += [f"{name} {_text(value)}" for name, value in fields.items() if value not in (None, {}, [])]
    return ", ".join(texts)


def _what(event: Row) -> Text:
    name, state = event["event"], event["state"]
    title = name if state in (None, name) or name == "progress" else f"{name} → {state}"
    text = safe_text(title)
    text.stylize(STYLES.get(name) or STYLES.get(state or "", "bold"))
    detail = describe_detail(event["detail"])
    return text.append(": ", style="none").append_text(safe_text(detail)) if detail else text


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
