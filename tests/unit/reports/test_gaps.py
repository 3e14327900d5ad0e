"""The usual interval, gaps and coverage, and periods with few readings or none."""

import pytest

from reports.explanations import IntervalSource, Unmeasured
from tests.unit.reports.readings_of_a_sensor import at, every, high, measure


def test_a_complete_hour_is_covered_although_its_ends_are_between_readings() -> None:
    report = measure([(minute + 2.5, 5.0) for minute in range(0, 60, 5)])

    assert report.coverage == 1
    assert report.gaps == ()
    assert report.measured_seconds == 55 * 60
    assert (report.first_measured_at, report.last_measured_at) == (at(2.5), at(57.5))


def test_a_gap_is_longer_than_two_and_a_half_intervals() -> None:
    readings = [(0, 5), (10, 5), (20, 5), (45, 5), (50, 5)]

    assert measure(readings, interval_seconds=600).gaps == ()
    [gap] = measure(readings, interval_seconds=599).gaps
    assert (gap.start, gap.end) == (at(20), at(45))


@pytest.mark.parametrize("seconds", [0.011, 0.023, 0.7, 60])
def test_exactly_two_and_a_half_intervals_are_no_gap(seconds: float) -> None:
    # 2.5 * 0.011 s as binary numbers is a little less than 27,500 µs.
    last = round(2.5 * seconds * 1e6) / 60e6
    report = measure([(0, 5), (last, 5)], interval_seconds=seconds, minutes=last + seconds / 60)

    assert report.gaps == ()


def test_gaps_at_the_start_and_the_end_of_the_period() -> None:
    report = measure([(30, 5), (31, 5), (32, 5)], minutes=60)

    assert [(gap.start, gap.end) for gap in report.gaps] == [(at(0), at(30)), (at(32), at(60))]
    assert report.coverage == pytest.approx(2 / 60)


def test_nothing_in_a_gap_counts() -> None:
    report = measure([(0, 4), (10, 4), (20, 4), (60, 20), (70, 20)], minutes=80)

    assert report.mean == pytest.approx((20 * 4 + 10 * 20) / 30)
    assert report.measured_seconds == 30 * 60
    assert report.coverage == pytest.approx(1 - 40 / 80)


@pytest.mark.parametrize(
    ("sensor", "requested", "interval", "source"),
    [
        (None, None, 300, IntervalSource.MEDIAN),
        (120, None, 120, IntervalSource.SENSOR),
        (120, 60.0, 60, IntervalSource.REQUEST),
    ],
)
def test_where_the_usual_interval_comes_from(
    sensor: float | None, requested: float | None, interval: float, source: IntervalSource
) -> None:
    readings = [(0, 5), (5, 5), (5, 5), (10, 5), (17, 5), (20, 5)]
    report = measure(
        readings, sensor={"expected_interval_seconds": sensor}, interval_seconds=requested, minutes=25
    )

    assert (report.interval_seconds, report.interval_source) == (interval, source)


def test_no_readings() -> None:
    report = measure([], high(8))

    assert (report.readings, report.coverage, report.measured_seconds) == (0, 0, 0)
    assert [(gap.start, gap.end) for gap in report.gaps] == [(at(0), at(60))]
    assert (report.minimum, report.maximum, report.mean, report.standard_deviation) == (None,) * 4
    assert report.interval_seconds is None
    assert report.no_mean_kinetic_temperature is Unmeasured.NO_MEASURED_TIME
    assert report.outside[0].seconds == 0


def test_one_reading_is_shown_and_gives_no_mean() -> None:
    report = measure([(30, 5)], high(8))

    assert (report.readings, report.coverage, report.mean) == (1, 0, None)
    assert report.minimum == report.maximum
    assert report.minimum is not None
    assert (report.minimum.temperature, report.minimum.measured_at) == (5, at(30))
    assert [(gap.start, gap.end) for gap in report.gaps] == [(at(0), at(30)), (at(30), at(60))]


def test_two_readings_of_one_time_give_no_interval() -> None:
    report = measure([(30, 5), (30, 6)])

    assert (report.readings, report.interval_seconds, report.mean) == (2, None, None)


def test_all_in_gaps() -> None:
    report = measure(every(10, [5, 6, 7]), interval_seconds=60, minutes=30)

    assert (report.readings, report.coverage, report.mean) == (3, 0, None)
    assert len(report.gaps) == 3
    assert report.maximum is not None
    assert report.maximum.temperature == 7


def test_readings_outside_the_period_do_not_count() -> None:
    report = measure([(-10, 50), (0, 5), (10, 5), (20, 5), (30, 50)], minutes=30)

    assert report.readings == 3
    assert report.maximum is not None
    assert report.maximum.temperature == 5
    assert len(report.samples) == 3
