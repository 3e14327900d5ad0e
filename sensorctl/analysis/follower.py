"""Follows anomalies: what starts, ends, is marked, or turns out to be none."""

import time
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple, NoReturn

from db.queries.anomalies import Anomalies, AnomalyFilter
from db.queries.statements import Row
from runtime.json_values import dump_json
from sensorctl.analysis.views import event_line
from sensorctl.output import console, to_json

POLL_INTERVAL_SECONDS = 1.0
MAX_SHOWN = 10_000


class Change(StrEnum):
    """What happened to an anomaly."""

    OPEN = "open"  # when following started
    STARTED = "started"
    ENDED = "ended"
    MARKED = "marked"
    UNMARKED = "unmarked"
    WITHDRAWN = "withdrawn"


class Event(NamedTuple):
    """What happened, and the anomaly as it is then."""

    change: Change
    anomaly: Row


class AnomalyFollower:
    """Returns what was shown first, and then what changed since the last call."""

    def __init__(self, source: Anomalies, selection: AnomalyFilter) -> None:
        self._source, self._selection = source, selection
        self._last_id = 0
        self._followed: dict[int, Row] = {}

    def start(self) -> list[Event]:
        """Return the selected anomalies, the oldest first."""
        self._last_id = self._source.last_id()
        rows = self._source.read(self._selection, MAX_SHOWN)
        self._last_id = max([self._last_id, *(row["anomaly_id"] for row in rows)])
        self._follow(rows)
        return [
            Event(Change.OPEN if row["ended_at"] is None else Change.ENDED, row)
            for row in sorted(rows, key=lambda row: (row["started_at"], row["anomaly_id"]))
        ]

    def poll(self) -> list[Event]:
        """Return what changed since the last call."""
        rows = self._source.changes(self._selection, self._last_id, self._followed, MAX_SHOWN)
        found = {row["anomaly_id"] for row in rows}
        gone = [row for number, row in self._followed.items() if number not in found]
        events = [event for row in rows for event in self._changes(row)]
        if len(rows) < MAX_SHOWN:
            events = [*(Event(Change.WITHDRAWN, row) for row in gone), *events]
            self._followed.clear()
        self._last_id = max([self._last_id, *found])
        self._follow(rows)
        return events

    def _follow(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if row["ended_at"] is None:
                self._followed[row["anomaly_id"]] = row
            else:
                self._followed.pop(row["anomaly_id"], None)

    def _changes(self, row: Row) -> Iterator[Event]:
        before = self._followed.get(row["anomaly_id"])
        if before is None:
            yield Event(Change.STARTED, row)
        if (before is None or before["ended_at"] is None) and row["ended_at"] is not None:
            yield Event(Change.ENDED, row)
        if before is not None and before["marked_at"] != row["marked_at"]:
            yield Event(Change.MARKED if row["verdict"] else Change.UNMARKED, row)


def follow(follower: AnomalyFollower, *, as_json: bool) -> NoReturn:
    """Print one line per event, until Ctrl-C."""
    events = follower.start()
    while True:
        for event in events:
            if as_json:
                print(dump_json({"event": event.change, **event.anomaly}, default=to_json), flush=True)
            else:
                console().print(event_line(event.change, event.anomaly), soft_wrap=True)
        time.sleep(POLL_INTERVAL_SECONDS)
        events = follower.poll()
