"""How long a sensor was outside its limits, all together."""

from collections.abc import Sequence
from typing import NamedTuple

from reports.model import Outside, ReportLimit, SensorReport


class OutsideAll(NamedTuple):
    """The time outside the lowest high limit and the highest low one, and its excursions.

    What is outside another limit of the kind is outside these too, so the times of others are not added.
    """

    seconds: float
    excursions: int
    limits: tuple[ReportLimit, ...]


def outside_all(sensor: SensorReport) -> OutsideAll:
    """Return how long the sensor was outside its strictest limits."""
    high = _of_kind(sensor, "high")
    low = _of_kind(sensor, "low")
    strictest = (
        *([min(high, key=lambda each: each.limit.threshold)] if high else []),
        *([max(low, key=lambda each: each.limit.threshold)] if low else []),
    )
    return OutsideAll(
        seconds=sum(each.seconds for each in strictest),
        excursions=sum(each.excursions for each in strictest),
        limits=tuple(each.limit for each in strictest),
    )


def _of_kind(sensor: SensorReport, kind: str) -> Sequence[Outside]:
    return [each for each in sensor.outside if each.limit.kind == kind]
