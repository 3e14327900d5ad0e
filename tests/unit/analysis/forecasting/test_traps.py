"""What made forecasts wrong elsewhere: long runs, gaps, changed rates, constants and faulty values."""

import math
import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.forecast_parameters import ForecastParameters
from analysis.forecasting import ACTIVE, Forecaster, replay
from analysis.models.season import Season

MONDAY = 1_767_571_200.0  # 2026-01-05T00:00Z
HALF_HOUR = 1800.0
DAY = 86_400.0

Readings = list[tuple[float, float]]


def office(interval: float, days: float, seed: int = 1) -> Iterator[tuple[float, float]]:
    rng = random.Random(seed)
    weather = 0.0
    for number in range(int(days * DAY / interval)):
        at = MONDAY + number * interval
        weather += -0.02 * weather + rng.gauss(0, 0.1)
        occupied = 2.0 if (at - MONDAY) % (7 * DAY) < 5 * DAY and 8 <= at % DAY / 3600 < 18 else 0.0
        yield at, round(20 + occupied + math.sin(2 * math.pi * at / DAY) + weather + rng.gauss(0, 0.05), 2)


def fed(readings: Readings) -> Forecaster:
    forecaster = Forecaster(ForecastParameters())
    for reading in readings:
        forecaster.add(*reading)
    return forecaster


def furthest(forecaster: Forecaster, now: float, usual: float = 20.0) -> float:
    return max(abs(value - usual) for _, forecast in forecaster.band(now) for value in forecast)


@pytest.mark.parametrize(("interval", "years"), [(3600.0, 0.7), (HALF_HOUR, 0.15)])
def test_forecasts_stay_within_reason_over_years(interval: float, years: float) -> None:
    forecaster = Forecaster(ForecastParameters())
    worst = 0.0
    for number, reading in enumerate(office(interval, 365 * years)):
        forecaster.add(*reading)
        if number % 997 == 996:
            worst = max(worst, furthest(forecaster, reading[0]))

    assert worst < 12


def test_intervals_hold_and_skill_is_not_negative_on_a_season() -> None:
    scores = [score for score in replay(office(HALF_HOUR, 60)) if score.kind == ACTIVE]

    assert {score.horizon for score in scores} == {"step", "1h", "6h", "24h"}
    assert all(0.93 < score.coverage < 0.97 for score in scores)
    assert all(score.skill > -0.02 for score in scores)
    assert next(score.skill for score in scores if score.horizon == "6h") > 0.3


def test_a_random_walk_is_left_to_the_last_value() -> None:
    rng = random.Random(3)
    value, readings = 20.0, []
    for number in range(48 * 40):
        value += rng.gauss(0, 0.1)
        readings.append((MONDAY + number * HALF_HOUR, value))

    assert all(score.skill > -0.02 for score in replay(readings) if score.kind == ACTIVE)


@pytest.mark.parametrize("gap", [1.0, 3.0, 30.0])
def test_a_gap_of_days_keeps_forecasts_within_reason(gap: float) -> None:
    readings = list(office(HALF_HOUR, 20))
    later = [(at + gap * DAY, value) for at, value in office(HALF_HOUR, 2, seed=2)]
    forecaster = fed(readings)

    for at, value in later:
        forecaster.add(at + 20 * DAY, value)
        assert furthest(forecaster, at + 20 * DAY) < 12


def test_no_forecast_is_compared_across_a_gap() -> None:
    forecaster = fed(list(office(HALF_HOUR, 3)))
    forecaster.add(MONDAY + 10 * DAY, 20.0)

    [closed] = forecaster.add(MONDAY + 10 * DAY + HALF_HOUR, 20.0).closed

    assert closed.forecasts == {}


def test_a_changed_rate_keeps_forecasts_within_reason() -> None:
    forecaster = fed(list(office(3600.0, 20)))
    at = MONDAY + 20 * DAY
    for interval, count in ((10.0, 2000), (6 * 3600.0, 20), (60.0, 500)):
        for _ in range(count):
            at += interval
            forecaster.add(at, 20.0)
        assert furthest(forecaster, at) < 12


def test_a_constant_signal_is_forecast_exactly() -> None:
    forecaster = fed([(MONDAY + number * 600.0, 21.3) for number in range(6 * 24 * 20)])

    assert furthest(forecaster, MONDAY + 20 * DAY, usual=21.3) < 0.05
    assert all(row.coverage == 1 for row in forecaster.evaluations())


@pytest.mark.parametrize("interval", [60.0, HALF_HOUR, 3600.0])
@pytest.mark.parametrize("fault", [-127.0, 85.0, 1e6])
def test_one_faulty_value_does_not_widen_the_intervals(interval: float, fault: float) -> None:
    readings = list(office(interval, 12 if interval > 60 else 1))
    before, after = fed(readings), fed(readings)
    at = readings[-1][0]
    after.add(at + interval, fault)
    for number in range(2, 12):
        for forecaster in (before, after):
            forecaster.add(at + number * interval, readings[-1][1])

    def widths(forecaster: Forecaster) -> list[float]:
        return [forecast.high - forecast.low for _, forecast in forecaster.band(at + 11 * interval)]

    assert furthest(after, at + 11 * interval) < 15
    assert all(b < 1.6 * a + 0.2 for a, b in zip(widths(before), widths(after), strict=True))


def test_weekly_terms_are_not_used_before_fourteen_days() -> None:
    season = Season(ForecastParameters().season)
    first = int(MONDAY / HALF_HOUR)
    for number in range(14 * 48 + 1):
        season.learn(first + number, 20 + (number // 48 % 7), 20.0)

    assert season.weekly(first + 14 * 48, first + 14 * 48 - 1) == 0
    assert season.weekly(first + 14 * 48, first + 14 * 48) != 0


intervals = st.sampled_from([1.0, 60.0, 599.0, 1800.0, 3600.0, 9000.0, 90_000.0, 700_000.0])
steps = st.lists(st.tuples(intervals, st.floats(-130, 130, width=32)), min_size=2, max_size=80)


@settings(max_examples=60, deadline=None)
@given(steps, st.data())
def test_a_restored_forecaster_continues_as_if_nothing_happened(
    parts: list[tuple[float, float]], data: st.DataObject
) -> None:
    at, readings = MONDAY, []
    for interval, value in parts:
        at += interval
        readings.append((at, value))
    split = data.draw(st.integers(1, len(readings) - 1))
    expected = fed(readings[:split])
    restored = Forecaster(ForecastParameters())
    restored.restore(expected.state())

    for reading in readings[split:]:
        assert restored.add(*reading) == expected.add(*reading)
    assert restored.state() == expected.state()
    assert restored.band(at) == expected.band(at)
    assert all(math.isfinite(value) for _, forecast in expected.band(at) for value in forecast)
