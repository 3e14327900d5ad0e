"""What the page shows at the moment, and what changed of it since a client saw it last."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from dashboard.history import Ring
from dashboard.models import History, Point
from overview.model import Overview

OVERVIEW = TypeAdapter(Overview)
Plain = dict[str, Any]
# Sent whole whenever they differ; sensors, of which there may be hundreds, one by one.
PARTS = ("services", "queue", "flow", "problems")


@dataclass(frozen=True)
class Frame:
    """One look at the system. `parts` and `sensors` are as JSON has them; sensors are None while unknown."""

    number: int
    overview: Overview
    point: Point
    history: History
    parts: Plain
    sensors: dict[str, Plain] | None


class Board:
    """Holds the latest frame. One thread shows frames, any number look at them."""

    def __init__(self) -> None:
        self.frame: Frame | None = None
        self.closed = False
        self._ring = Ring()

    def show(self, overview: Overview) -> None:
        """From now on this is what is."""
        plain = json.loads(OVERVIEW.dump_json(overview, exclude={"sensors": {"__all__": {"minutes"}}}))
        sensors = plain["sensors"]
        self.frame = Frame(
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


def state(frame: Frame) -> Plain:
    """All that a client needs who has seen nothing."""
    return {
        "at": frame.overview.at.isoformat(),
        **frame.parts,
        "sensors": None if frame.sensors is None else list(frame.sensors.values()),
        "history": frame.history.model_dump(),
    }


def change(had: Frame, now: Frame) -> Plain:
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
