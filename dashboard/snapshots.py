"""Snapshots of the system's status, and the difference between two of them."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from dashboard.history import HistoryBuffer
from dashboard.models import History, Point
from monitoring.model import SystemStatus

STATUS = TypeAdapter(SystemStatus)
JsonObject = dict[str, Any]
# Sent whole whenever they differ. Of the sensors, maybe hundreds, only those that changed are sent.
PARTS = ("services", "queue", "throughput", "problems")


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The status at one moment. `parts` and `sensors` are JSON objects; sensors are None while unknown."""

    sequence: int
    status: SystemStatus
    point: Point
    history: History
    parts: JsonObject
    sensors: dict[str, JsonObject] | None


class SnapshotStore:
    """Holds the latest snapshot. One thread publishes, any number read."""

    def __init__(self) -> None:
        self.latest: Snapshot | None = None
        self.closed = False
        self._history = HistoryBuffer()

    def publish(self, status: SystemStatus) -> None:
        """Make this status the latest snapshot."""
        # The page requests minutes separately, for the charts in view only.
        document = json.loads(STATUS.dump_json(status, exclude={"sensors": {"__all__": {"minutes"}}}))
        sensors = document["sensors"]
        self.latest = Snapshot(
            sequence=self.latest.sequence + 1 if self.latest else 1,
            status=status,
            point=self._history.add(status),
            history=self._history.history(),
            parts={name: document[name] for name in PARTS},
            sensors=None if sensors is None else {sensor["sensor_id"]: sensor for sensor in sensors},
        )

    def close(self) -> None:
        """End every stream of snapshots."""
        self.closed = True


def describe_state(snapshot: Snapshot) -> JsonObject:
    """Return everything that a new client needs."""
    return {
        "at": snapshot.status.at.isoformat(),
        **snapshot.parts,
        "sensors": None if snapshot.sensors is None else list(snapshot.sensors.values()),
        "history": snapshot.history.model_dump(),
    }


def describe_change(previous: Snapshot, snapshot: Snapshot) -> JsonObject:
    """Return what differs for a client that has received `previous`.

    `sensors` lists those that changed and `removed` the IDs that disappeared. `sensors` is None while they
    are unknown; the first change after that lists all of them.
    """
    change: JsonObject = {"at": snapshot.status.at.isoformat(), "point": snapshot.point.model_dump()}
    change |= {name: part for name, part in snapshot.parts.items() if part != previous.parts[name]}
    if snapshot.sensors is None:
        return change | {"sensors": None}
    known = previous.sensors or {}
    change["sensors"] = [sensor for id_, sensor in snapshot.sensors.items() if sensor != known.get(id_)]
    change["removed"] = [id_ for id_ in known if id_ not in snapshot.sensors]
    return change
