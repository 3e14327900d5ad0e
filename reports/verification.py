"""Check a report by its JSON: compute every figure again from the readings in it."""

import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

from reports.measures.sensor import measure_sensor
from reports.model import Report, SensorFields, SensorInput, SensorReport
from reports.render.json_report import document_digest, read_json
from reports.samples import Samples

# Of one number to another; processors differ in the last digits of e^x.
_TOLERANCE = 1e-9


class Difference(NamedTuple):
    """A value of the report that is not what its readings give; `place` is its path in the JSON."""

    place: str
    reported: object
    computed: object

    def __str__(self) -> str:
        return f"{self.place}: the report has {self.reported}; computed again, it is {self.computed}"


def verify_report(content: bytes) -> list[Difference]:
    """Return the values of a report's JSON that its readings do not give.

    Raises:
        ValueError: When it is not the JSON of a report.
    """
    report = read_json(content)
    differences = [
        difference
        for index, sensor in enumerate(report.sensors)
        for difference in _differences(f"sensors[{index}]", sensor, _measured_again(report, sensor))
    ]
    digest = document_digest(report)
    if digest != report.document_sha256:
        differences.append(Difference("document_sha256", report.document_sha256, digest))
    return differences


def _measured_again(report: Report, sensor: SensorReport) -> SensorReport:
    described = {each.name: getattr(sensor, each.name) for each in fields(SensorFields)}
    return measure_sensor(SensorInput(**described, samples=_ordered(sensor.samples)), report.request)


def _ordered(samples: Samples) -> Samples:
    return Samples.of(zip(samples.times, samples.temperatures, strict=True))


def _differences(place: str, reported: Any, computed: Any) -> Iterator[Difference]:
    if isinstance(reported, Samples) or reported == computed:
        if reported != computed:
            in_order = f"{len(computed)} readings, in order and of the period"
            yield Difference(place, f"{len(reported)} readings", in_order)
    elif is_dataclass(reported) and type(reported) is type(computed):
        for each in fields(reported):
            name = each.name
            yield from _differences(f"{place}.{name}", getattr(reported, name), getattr(computed, name))
    elif isinstance(reported, tuple) and isinstance(computed, tuple) and len(reported) == len(computed):
        for index, (one, other) in enumerate(zip(reported, computed, strict=True)):
            yield from _differences(f"{place}[{index}]", one, other)
    elif isinstance(reported, tuple) and isinstance(computed, tuple):
        yield Difference(place, f"{len(reported)} entries", f"{len(computed)}")
    elif not _is_close(reported, computed):
        yield Difference(place, reported, computed)


def _is_close(reported: object, computed: object) -> bool:
    return (
        isinstance(reported, float)
        and isinstance(computed, float)
        and math.isclose(reported, computed, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
    )
