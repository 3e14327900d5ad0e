"""How sensors are reported whose times are a constant number of hours behind their arrival."""

from collections.abc import Sequence

from db.queries.time_shifts import TimeShift

MAX_NAMED = 5
TIME_SHIFT_HINT = (
    "if they send local times without an offset, set NAIVE_TIME_ZONE of the consumers to their zone, such as "
    "America/New_York, or let them send the offset; otherwise set their clocks. Readings that are stored "
    "already keep their times"
)


def describe_time_shifts(shifts: Sequence[TimeShift]) -> str:
    """Return which sensors have shifted times, and by how much."""
    named = ", ".join(f"{shift.sensor_id} by {shift.hours:g} h" for shift in shifts[:MAX_NAMED])
    others = f" and {len(shifts) - MAX_NAMED} others" if len(shifts) > MAX_NAMED else ""
    return f"times are constantly behind their arrival: {named}{others}"
