"""How wrong times are reported: of sensors that are hours behind their arrival, and ahead of the clock."""

from collections.abc import Sequence

from db.queries.time_shifts import ReadingsAhead, TimeShift
from runtime.text import quantity

MAX_NAMED = 5
TIME_SHIFT_HINT = (
    "if they send local times without an offset, set NAIVE_TIME_ZONE of the consumers to their zone, such as "
    "America/New_York, or let them send the offset; otherwise set their clocks. Readings that are stored "
    "already keep their times"
)


AHEAD_HINT = (
    "the clock of the consumers' machine was ahead. Limits and anomalies leave these readings out, but the "
    "last hour and charts show them: docs/operations/troubleshooting.md says how to delete them"
)


def describe_time_shifts(shifts: Sequence[TimeShift]) -> str:
    """Return which sensors have shifted times, and by how much."""
    named = ", ".join(f"{shift.sensor_id} by {shift.hours:g} h" for shift in shifts[:MAX_NAMED])
    others = f" and {len(shifts) - MAX_NAMED} others" if len(shifts) > MAX_NAMED else ""
    return f"times are constantly behind their arrival: {named}{others}"


def describe_readings_ahead(ahead: ReadingsAhead) -> str:
    """Return how many readings are ahead of the clock, and how far."""
    readings, sensors = quantity(ahead.readings, "reading"), quantity(ahead.sensors, "sensor")
    return f"ahead of the clock: {readings} of {sensors}, up to {ahead.last_measured_at:%Y-%m-%d %H:%M:%S %Z}"
