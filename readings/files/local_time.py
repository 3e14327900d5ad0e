"""Local times without an offset: the order of the rows shows which pass of a repeated hour a time is in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from readings.files.json_bodies import local_record, with_time
from readings.files.problems import Problem
from readings.files.records import Body, Item, Record, Rejected
from readings.times import resolve_local

# By the number of an item of the file, from 0: 0 for the first pass of a repeated hour, 1 for the second.
Passes = Mapping[int, int]
# Months pass between two repeated hours.
MAX_REPEATED = timedelta(hours=12)
OFFSET_HINT = (
    "if its clock is not changed for daylight saving time, set --time-zone to its offset, such as +01:00"
)


@dataclass
class _Sensor:
    """The rows of one sensor so far: the last time, and the rows within the current repeated hour.

    `rises` and `falls` are whether times became later or earlier outside repeated hours.
    """

    last: datetime | None = None
    rises: bool = False
    falls: bool = False
    repeated: list[tuple[int, datetime]] = field(default_factory=list)

    def step(self, local: datetime) -> None:
        """Record a time of which at least this or the last one is outside a repeated hour."""
        if self.last is not None:
            self.rises |= local > self.last
            self.falls |= local < self.last


def find_passes(items: Iterable[Item], zone: tzinfo) -> Passes:
    """Return the passes of all records in a repeated hour for which the order of the file shows them.

    The rows of a sensor are in the order of time, or the newest is first. Where they go back across the
    hour, the second pass begins (with the newest first, the first one). An hour in which they do not, or do
    so more than once, is left out.
    """
    sensors: dict[str | None, _Sensor] = {}
    passes: dict[int, int] = {}
    for number, item in enumerate(items):
        record = _local_record(item)
        if record is not None:
            sensor = sensors.setdefault(record.sensor, _Sensor())
            is_repeated = len(resolve_local(record.measured_at, zone)) > 1
            passes |= _add(number, record.measured_at, sensor, is_repeated=is_repeated)
    for sensor in sensors.values():
        passes |= _settle(sensor)
    return passes


def starts_local(items: Iterable[Item]) -> bool:
    """Return whether the time of the first row or message has no offset."""
    first = next((item for item in items if isinstance(item, Record | Body)), None)
    return first is not None and _local_record(first) is not None


def _local_record(item: Item) -> Record | None:
    """Return the record of a row or a message, if its time has no offset."""
    record = local_record(item) if isinstance(item, Body) else item
    return record if isinstance(record, Record) and record.measured_at.tzinfo is None else None


def _add(number: int, local: datetime, sensor: _Sensor, *, is_repeated: bool) -> dict[int, int]:
    """Record a row; return the passes of a repeated hour that ends before it."""
    continues = is_repeated and sensor.repeated and abs(local - sensor.repeated[-1][1]) < MAX_REPEATED
    if not continues:
        sensor.step(local)
    settled = {} if continues else _settle(sensor)
    if is_repeated:
        sensor.repeated.append((number, local))
    sensor.last = local
    return settled


def _settle(sensor: _Sensor) -> dict[int, int]:
    """Return the passes of the rows in the current repeated hour, which is over."""
    rows, sensor.repeated = sensor.repeated, []
    boundary = _boundary([local for _, local in rows], sensor) if rows else None
    if boundary is None:
        return {}
    turn, is_descending = boundary
    return {number: int((i >= turn) != is_descending) for i, (number, _) in enumerate(rows)}


def _boundary(locals_: list[datetime], sensor: _Sensor) -> tuple[int, bool] | None:
    """Return where the other pass starts, and whether the newest row is first; None if that is unknown."""
    back = [i for i in range(1, len(locals_)) if locals_[i] <= locals_[i - 1]]
    forth = [i for i in range(1, len(locals_)) if locals_[i] >= locals_[i - 1]]
    if sensor.rises and sensor.falls:
        return None
    if len(back) == 1 and not sensor.falls and (sensor.rises or len(forth) != 0):
        return back[0], False
    if len(forth) == 1 and not sensor.rises and (sensor.falls or len(back) != 0):
        return forth[0], True
    return None


def resolve_times(items: Iterable[Item], zone: tzinfo, passes: Passes) -> Iterator[Item]:
    """Yield the items, with the times of records in UTC; a time that is none or two moments is rejected.

    Messages keep their times, which are parsed later, but for those in a repeated hour whose pass is known.
    """
    has_fixed_offset = zone.utcoffset(None) is not None
    for number, item in enumerate(items):
        if isinstance(item, Body) and number in passes:
            yield _with_pass(item, zone, passes[number])
        elif not isinstance(item, Record) or item.measured_at.tzinfo is not None:
            yield item
        elif has_fixed_offset:
            yield item._replace(measured_at=item.measured_at.replace(tzinfo=zone))
        else:
            yield _resolve(item, zone, passes.get(number))


def _with_pass(body: Body, zone: tzinfo, number: int) -> Body:
    record = local_record(body)
    if record is None:
        return body
    timed = with_time(body, resolve_local(record.measured_at, zone)[number])
    return timed._replace(notes=(*timed.notes, Problem.REPEATED_HOUR))


def _resolve(record: Record, zone: tzinfo, number: int | None) -> Record | Rejected:
    moments = resolve_local(record.measured_at, zone)
    if len(moments) == 1:
        return record._replace(measured_at=moments[0])
    local = record.measured_at.isoformat(" ")
    if not moments:
        return Rejected(
            record.line,
            f"measured_at is {local}, which the clocks in {zone} skip: {OFFSET_HINT}",
            Problem.SKIPPED_HOUR,
        )
    if number is None:
        return Rejected(
            record.line,
            f"measured_at is {local}, which occurs twice in {zone}, and the order of the rows does not show "
            f"which one it is: {OFFSET_HINT}",
            Problem.UNDECIDED_HOUR,
        )
    notes = (*record.notes, Problem.REPEATED_HOUR)
    return record._replace(measured_at=moments[number], notes=notes)
