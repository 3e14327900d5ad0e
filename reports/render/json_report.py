"""A report as canonical JSON, with all its readings, so that its figures can be computed again.

Keys are sorted, times are in UTC, numbers are the shortest that are read back unchanged. The same request of
the same readings gives the same bytes, except for `made_at`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from itertools import islice, product
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reports.model import Report, ReportExcursion, ReportGap, SensorReport
from reports.samples import Samples
from runtime.validation_messages import validation_message

# What document_sha256 does not cover.
NOT_COVERED = ("made_at", "document_sha256")
_ADAPTER = TypeAdapter(Report)
# Earlier versions do not have these fields: without a value they are left out, also of digests.
_ADDED_TO_INPUTS = ("program", "time_zone")
_ADDED_TO_ACKNOWLEDGEMENTS = ("threshold",)
# Of a sensor there may be millions, so that each is written alone.
_ITEMS: dict[str, TypeAdapter[Any]] = {
    "excursions": TypeAdapter(ReportExcursion),
    "gaps": TypeAdapter(ReportGap),
}
_WRITTEN_TOGETHER = 10_000


def render_json(report: Report) -> bytes:
    """Return the report as JSON."""
    return b"".join(_encode(report))


def read_json(content: bytes) -> Report:
    """Return the report of a JSON that `render_json` made.

    Raises:
        ValueError: When it is not JSON, or not that of a report.
    """
    try:
        return _ADAPTER.validate_json(content)
    except ValidationError as error:
        detail: dict[str, Any] = dict(error.errors(include_url=False)[0])
        place = ".".join(map(str, detail["loc"]))
        reason = validation_message(detail)
        raise ValueError(f"{place}: {reason}" if place else reason) from None


def document_digest(report: Report) -> str:
    """Return the SHA-256 of the JSON without the time of making and this digest itself."""
    total = sha256()
    for part in _encode(report, NOT_COVERED):
        total.update(part)
    return total.hexdigest()


def _encode(report: Report, without: Sequence[str] = ()) -> Iterator[bytes]:
    """Yield the JSON in parts, because millions of readings as one text are several times as large."""
    long = {"sensors": {"__all__": {"samples", *_ITEMS}}}
    document = _ADAPTER.dump_python(report, mode="json", exclude=long)
    acknowledgements = [each for sensor in document["sensors"] for each in sensor["acknowledgements"]]
    _leave_out(document["inputs"], _ADDED_TO_INPUTS)
    _leave_out(acknowledgements, _ADDED_TO_ACKNOWLEDGEMENTS)
    sensors = zip(document.pop("sensors"), report.sensors, strict=True)
    members: dict[str, Iterable[str]] = {
        name: [_dump(value)] for name, value in document.items() if name not in without
    }
    members["sensors"] = _array(_sensor(fields, each) for fields, each in sensors)
    for text in _object(members):
        yield text.encode()
    yield b"\n"


def _leave_out(items: Iterable[dict[str, Any]], names: Sequence[str]) -> None:
    """Remove these members of the items where they have no value."""
    for item, name in product(items, names):
        if item[name] is None:
            del item[name]


def _sensor(fields: dict[str, Any], sensor: SensorReport) -> Iterator[str]:
    members: dict[str, Iterable[str]] = {name: [_dump(value)] for name, value in fields.items()}
    for name, adapter in _ITEMS.items():
        members[name] = _array(map(partial(_item, adapter), getattr(sensor, name)))
    return _object(members | {"samples": _samples(sensor.samples)})


def _item(adapter: TypeAdapter[Any], item: object) -> list[str]:
    return [_dump(adapter.dump_python(item, mode="json"))]


def _samples(samples: Samples) -> Iterator[str]:
    columns = {"times": samples.times, "temperatures": samples.shortest_temperatures()}
    return _object({name: _numbers(each) for name, each in columns.items()})


def _object(members: Mapping[str, Iterable[str]]) -> Iterator[str]:
    yield "{"
    for number, name in enumerate(sorted(members)):
        yield f"{',' if number else ''}{_dump(name)}:"
        yield from members[name]
    yield "}"


def _array(items: Iterable[Iterable[str]]) -> Iterator[str]:
    yield "["
    for number, item in enumerate(items):
        yield "," if number else ""
        yield from item
    yield "]"


def _numbers(numbers: Iterable[float]) -> Iterator[str]:
    parts = iter(numbers)
    return _array([_dump(part)[1:-1]] for part in iter(lambda: list(islice(parts, _WRITTEN_TOGETHER)), []))


def _dump(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
