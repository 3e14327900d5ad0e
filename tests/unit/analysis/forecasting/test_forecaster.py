"""The forecasts of one sensor."""

import random

import pytest

from analysis.binary import StateError
from analysis.forecast_parameters import ForecastParameters
from analysis.forecasting import ACTIVE, Forecaster, replay
from analysis.models.model import UnknownModel

MONDAY = 1_767_571_200.0  # 2026-01-05T00:00Z
HALF_HOUR = 1800.0

Readings = list[tuple[float, float]]


def noise(count: int, interval: float, seed: int = 1) -> Readings:
    rng = random.Random(seed)
    return [(MONDAY + interval * number, 20 + rng.gauss(0, 0.1)) for number in range(count)]


def fed(readings: Readings) -> Forecaster:
    forecaster = Forecaster(ForecastParameters())
    for at, value in readings:
        forecaster.add(at, value)
    return forecaster


def test_nothing_is_expected_of_the_first_reading() -> None:
    forecaster = Forecaster(ForecastParameters())

    assert forecaster.add(MONDAY, 20.0).forecast is None


def test_before_the_first_reading_there_is_no_band() -> None:
    assert Forecaster(ForecastParameters()).band(MONDAY) == []


def test_a_half_hour_closes_with_the_first_reading_after_it() -> None:
    forecaster = Forecaster(ForecastParameters())
    for minute, value in enumerate([20.0, 20.2]):
        assert forecaster.add(MONDAY + 60 * minute, value).closed == ()

    [closed] = forecaster.add(MONDAY + HALF_HOUR, 21.0).closed

    assert closed.bin.mean == pytest.approx(20.1)
    assert closed.bin.at == MONDAY + 30
    assert (closed.bin.readings, closed.bin.latest) == (2, 20.2)


def test_a_reading_per_hour_is_a_half_hour_of_its_own() -> None:
    forecaster = fed(noise(4, 3600))

    [closed] = forecaster.add(MONDAY + 4 * 3600, 20.0).closed

    assert closed.bin.at == MONDAY + 3 * 3600
    assert set(closed.forecasts) == {"1h"}


def test_the_band_is_for_the_half_hours_of_the_next_day() -> None:
    band = fed(noise(100, 60)).band(MONDAY + 100 * 60)

    assert [at for at, _ in band][:2] == [MONDAY + 4 * HALF_HOUR, MONDAY + 5 * HALF_HOUR]
    assert len(band) == 48
    assert all(forecast.low <= forecast.mean <= forecast.high for _, forecast in band)


def test_what_is_forecast_of_readings_does_not_depend_on_the_band() -> None:
    plain, shown = Forecaster(ForecastParameters()), Forecaster(ForecastParameters())
    for at, value in noise(3 * 96, HALF_HOUR / 2):
        assert plain.add(at, value) == shown.add(at, value)
        shown.band(at)
    assert plain.state() == shown.state()


def test_evaluations_are_per_day_and_forgotten_when_drained() -> None:
    forecaster = fed(noise(3 * 48, HALF_HOUR))

    days = {row.day.day for row in forecaster.drain_evaluations()}

    assert days == {5, 6, 7}
    assert {row.day.day for row in forecaster.drain_evaluations()} == {7}


def test_each_model_and_the_active_one_are_scored_at_each_horizon() -> None:
    scores = {(score.kind, score.horizon): score for score in replay(noise(5 * 48, HALF_HOUR))}

    assert {horizon for kind, horizon in scores if kind == ACTIVE} == {"step", "1h", "6h", "24h"}
    assert scores["last-value", "24h"].skill == 0
    assert scores["last-value", "24h"].forecasts == 5 * 48 - 1 - 48


def test_a_restored_forecaster_continues_identically() -> None:
    readings = noise(500, 400.0)
    forecaster = fed(readings[:250])
    restored = Forecaster(ForecastParameters())
    restored.restore(forecaster.state())

    assert [restored.add(*reading) for reading in readings[250:]] == [
        forecaster.add(*reading) for reading in readings[250:]
    ]
    assert restored.state() == forecaster.state()


def test_a_damaged_state_is_refused() -> None:
    state = bytearray(fed(noise(10, 60)).state())
    state[-1] ^= 1

    with pytest.raises(StateError, match="damaged"):
        Forecaster(ForecastParameters()).restore(bytes(state))


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(UnknownModel, match="no model 'oracle'; there are last-value"):
        Forecaster(ForecastParameters(), ["oracle"])


def test_a_forecast_for_the_next_day_changes_nothing() -> None:
    forecasters = [Forecaster(ForecastParameters()) for _ in range(2)]
    generator = random.Random(4)
    for number in range(400):
        at, value = 60.0 * number, 20 + generator.gauss(0, 1)  # from 1970 on: some clocks were never set
        for forecaster in forecasters:
            forecaster.add(at, value)
        if number % 50 == 0:
            forecasters[0].band(at)
    assert forecasters[0].state() == forecasters[1].state()
