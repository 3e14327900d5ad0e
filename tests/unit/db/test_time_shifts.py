"""Which delays of a sensor's readings are those of local times without an offset."""

from datetime import timedelta

import pytest

from db.queries.time_shifts import Delays, TimeShift, find_time_shifts

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("median", "hours"),
    [
        (5 * HOUR + 2 * SECOND, 5.0),
        (4.5 * HOUR - 2 * MINUTE, 4.5),
        (8 * HOUR + 3 * MINUTE, 8.0),
        (0.5 * HOUR, 0.5),
    ],
)
def test_a_constant_delay_of_half_hours_is_a_shift(median: timedelta, hours: float) -> None:
    assert find_time_shifts([Delays("attic", median, MINUTE, HOUR)]) == [TimeShift("attic", hours)]


@pytest.mark.parametrize(
    ("median", "spread", "span"),
    [
        pytest.param(2 * SECOND, SECOND, HOUR, id="on time"),
        pytest.param(5 * HOUR + 4 * MINUTE, SECOND, HOUR, id="not near half an hour"),
        pytest.param(5 * HOUR, 6 * MINUTE, HOUR, id="not constant"),
        pytest.param(5 * HOUR, 2 * MINUTE, 2 * MINUTE, id="a backlog or an import"),
        pytest.param(5 * HOUR, timedelta(), timedelta(), id="one reading"),
    ],
)
def test_other_delays_are_no_shift(median: timedelta, spread: timedelta, span: timedelta) -> None:
    assert find_time_shifts([Delays("attic", median, spread, span)]) == []
