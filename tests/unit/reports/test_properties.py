"""What holds for the figures of any readings."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.model import ReportLimit, SensorReport
from tests.unit.reports.readings_of_a_sensor import high, low, measure

Readings = list[tuple[float, float]]

# In seconds and tenths of a degree, so that equal times and temperatures are frequent.
readings = st.lists(
    st.tuples(
        st.integers(0, 3599).map(lambda seconds: seconds / 60), st.integers(-50, 300).map(lambda t: t / 10)
    ),
    max_size=40,
)
temperatures = st.integers(0, 250).map(lambda tenths: tenths / 10)
intervals = st.one_of(st.none(), st.integers(10, 900))


def close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-3)


@settings(deadline=None)
@given(readings, temperatures, intervals)
def test_the_figures_of_a_sensor_agree_with_each_other(
    given_readings: Readings, limit: float, interval: float | None
) -> None:
    report = measure(given_readings, high(limit), low(limit), interval_seconds=interval)

    above, below = report.outside
    assert report.readings == len(given_readings)
    assert 0 <= report.coverage <= 1
    assert close(report.coverage, 1 - sum(gap.seconds for gap in report.gaps) / 3600)
    assert report.measured_seconds <= 3600 * report.coverage + 1e-6
    assert above.seconds + below.seconds <= report.measured_seconds + 1e-3
    for outside in report.outside:
        own = [each for each in report.excursions if each.limit == outside.limit]
        assert len(own) == outside.excursions
        assert sum(each.seconds for each in own) == pytest.approx(outside.seconds)
        assert all(one.end <= other.start for one, other in pairwise(own))
    if report.mean is not None:
        # What is above the limit, less what is below it, is the area between the mean and the limit.
        area = (report.mean - limit) * report.measured_seconds / 60
        assert close(above.degree_minutes - below.degree_minutes, area)


@settings(deadline=None)
@given(readings, intervals)
def test_means_are_between_the_extremes(given_readings: Readings, interval: float | None) -> None:
    report = measure(given_readings, interval_seconds=interval)

    if report.mean is None:
        assert report.measured_seconds == 0
        return
    assert report.minimum
    assert report.maximum
    assert report.mean_kinetic_temperature is not None
    coldest, warmest = report.minimum.temperature, report.maximum.temperature
    assert coldest - 1e-9 <= report.mean <= report.mean_kinetic_temperature + 1e-9 <= warmest + 2e-9
    assert report.standard_deviation is not None
    assert 0 <= report.standard_deviation <= (warmest - coldest) / 2 + 1e-9


@settings(deadline=None)
@given(readings, temperatures, intervals)
def test_a_low_limit_is_a_high_limit_of_the_negative_temperatures(
    given_readings: Readings, limit: float, interval: float | None
) -> None:
    # Times are distinct: of readings at one time the colder is first, which is not mirrored.
    distinct = list(dict(given_readings).items())
    mirrored = [(minute, -temperature) for minute, temperature in distinct]

    below = measure(distinct, low(limit), interval_seconds=interval)
    above = measure(mirrored, high(-limit), interval_seconds=interval)

    turned = [replace(each, limit=high(-limit), peak=-each.peak) for each in below.excursions]
    assert turned == list(above.excursions)
    assert replace(below.outside[0], limit=high(-limit)) == above.outside[0]


def without_lines(report: SensorReport) -> list[float | None]:
    return [report.mean, report.coverage, report.measured_seconds] + [
        value for each in report.outside for value in (each.seconds, each.degree_minutes)
    ]


@settings(deadline=None)
@given(readings, temperatures, st.data())
def test_a_reading_on_the_line_between_two_changes_no_integral(
    given_readings: Readings, limit: float, data: st.DataObject
) -> None:
    distinct = sorted(dict(given_readings).items())
    if len(distinct) < 2:
        return
    index = data.draw(st.integers(0, len(distinct) - 2))
    (first, start), (second, end) = distinct[index : index + 2]
    middle = ((first + second) / 2, (start + end) / 2)
    limits: tuple[ReportLimit, ...] = (high(limit), low(limit))

    # Nothing is a gap, so that the new reading closes none.
    before = measure(distinct, *limits, interval_seconds=3600)
    after = measure([*distinct, middle], *limits, interval_seconds=3600)

    assert without_lines(after) == pytest.approx(without_lines(before), abs=1e-3)


@settings(deadline=None)
@given(readings, st.permutations(range(40)), temperatures)
def test_the_order_in_which_readings_arrive_does_not_matter(
    given_readings: Readings, order: list[int], limit: float
) -> None:
    shuffled = [given_readings[index] for index in order if index < len(given_readings)]

    assert measure(shuffled, high(limit)) == measure(given_readings, high(limit))
