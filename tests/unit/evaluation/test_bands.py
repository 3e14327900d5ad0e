"""Simple forecasts to compare with."""

import pytest

from evaluation.bands import constant, previous_day
from evaluation.series import Series
from limits.model import Reading

HOUR = 3_600.0


def series(values: list[float]) -> Series:
    return Series(name="test", readings=[Reading(HOUR * row, value) for row, value in enumerate(values)])


def test_a_constant_band_forecasts_what_it_saw_at_the_start() -> None:
    found = constant(series([19.0, 21.0, 20.0, *([20.0] * 16), 30.0]), HOUR)

    assert found.forecasts == 16, "the reading before it is learned"
    assert found.coverage == pytest.approx(15 / 16)
    assert found.mae == pytest.approx(10 / 16)
    assert found.width == pytest.approx(2 * 1.96 * (2 / 3) ** 0.5, abs=1e-3)
    assert found.skill == pytest.approx(0), "the last value is wrong once as well, by as much"


def test_the_day_before_is_that_before_the_forecast_is_made() -> None:
    values = [20.0] * 30 + [26.0] * 10

    next_reading, later = previous_day(series(values), 0), previous_day(series(values), 6 * HOUR)

    assert next_reading.forecasts == 40 - 12 - 1
    assert later.forecasts == 40 - 12 - 6
    assert later.skill == pytest.approx(1 - later.mae * later.forecasts / (6 * 6.0))


def test_without_a_forecast_nothing_is_evaluated() -> None:
    assert previous_day(series([20.0] * 5), 0).forecasts == 0
