"""What the page shows at the moment, and what changed of it since a client saw it last."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from dashboard.history import Ring
from dashboard.models import History, Point
from monitoring.model import SystemStatus

OVERVIEW = TypeAdapter(SystemStatus)
Plain = dict[str, Any]
# Sent whole whenever they differ; sensors, of which there may be hundreds, one by one.
PARTS = ("services", "queue", "throughput", "problems")


@dataclass(frozen=True)
class Snapshot:
    """One look at the system. `parts` and `sensors` are as JSON has them; sensors are None while unknown."""

    number: int
    overview: SystemStatus
    point: Point
    history: History
    parts: Plain
    sensors: dict[str, Plain] | None


class SnapshotStore:
    """Holds the latest frame. One thread shows frames, any number look at them."""

    def __init__(self) -> None:
        self.frame: Snapshot | None = None
        self.closed = False
        self._ring = Ring()

    def show(self, overview: SystemStatus) -> None:
        """From now on this is what is."""
        plain = json.loads(OVERVIEW.dump_json(overview, exclude={"sensors": {"__all__": {"minutes"}}}))
        sensors = plain["sensors"]
        self.frame = Snapshot(
            number=self.frame.number + 1 if self.frame else 1,
            overview=overview,
            point=self._ring.add(overview),
            history=self._ring.history(),
            parts={name: plain[name] for name in PARTS},
            sensors=None if sensors is None else {sensor["sensor_id"]: sensor for sensor in sensors},
        )

    def close(self) -> None:
        """Nothing will be shown any more: whoever waits shall go."""
        self.closed = True


def state(frame: Snapshot) -> Plain:
    """All that a client needs who has seen nothing."""
    return {
        "at": frame.overview.at.isoformat(),
        **frame.parts,
        "sensors": None if frame.sensors is None else list(frame.sensors.values()),
        "history": frame.history.model_dump(),
    }


def change(had: Snapshot, now: Snapshot) -> Plain:
    """What differs for a client who has seen an earlier frame.

    `sensors` are those that changed and `gone` those that are not there any more; when nothing is known of
    sensors any more `sensors` is None, and when something is known again they are all there.
    """
    changed: Plain = {"at": now.overview.at.isoformat(), "point": now.point.model_dump()}
    changed |= {name: part for name, part in now.parts.items() if part != had.parts[name]}
    before = had.sensors or {}
    if now.sensors is None:
        return changed | {"sensors": None}
    changed["sensors"] = [sensor for id_, sensor in now.sensors.items() if sensor != before.get(id_)]
    changed["gone"] = [id_ for id_ in before if id_ not in now.sensors]
    return changed
