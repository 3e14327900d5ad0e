"""The rows of a file become readings, as a consumer parses them."""

from datetime import UTC, datetime, tzinfo

from readings.errors import (
    DeadLetterReason,
    ImpossibleTemperature,
    InvalidReading,
    RepeatedTime,
    SkippedTime,
    UnsetClock,
)
from readings.files.problems import Problem
from readings.files.records import Body, Record
from readings.model import Reading
from readings.parsing import ParseContext, parse_fields, parse_reading

_PROBLEMS: dict[type[InvalidReading], Problem] = {
    ImpossibleTemperature: Problem.IMPOSSIBLE,
    UnsetClock: Problem.UNSET_CLOCK,
    SkippedTime: Problem.SKIPPED_HOUR,
    RepeatedTime: Problem.UNDECIDED_HOUR,
}


def parse_item(item: Record | Body, zone: tzinfo) -> Reading:
    """Return the reading that a consumer parses from the row's message.

    Raises:
        InvalidReading: When it is none.
    """
    context = ParseContext(zone, datetime.now(UTC), is_history=True)
    if isinstance(item, Body):
        return parse_reading(item.body, context)
    fields = {
        "sensor_id": item.sensor,
        "measured_at": item.measured_at.isoformat(),
        "temperature": item.temperature,
        "unit": item.unit.value,
        **item.extras,
    }
    return parse_fields(fields, context)


def find_problem(error: InvalidReading) -> Problem:
    """Return what is wrong with a row that is no reading."""
    if error.reason is DeadLetterReason.FUTURE_TIME:
        return Problem.FUTURE
    return _PROBLEMS.get(type(error), Problem.INVALID)
