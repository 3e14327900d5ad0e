"""Models of one sensor's temperature."""

import math
import random
import sys

import pytest

from analysis.binary import StateError
from analysis.forecast_parameters import ForecastParameters
from analysis.models.last_value import LastValue
from analysis.models.model import Model, UnknownModel
from analysis.models.registry import KINDS, create_model
from analysis.models.seasonal import Seasonal

MONDAY = 1_767_571_200.0  # 2026-01-05T00:00Z
DAY = 86_400.0
HALF_HOUR = 1800.0


def daily(at: float) -> float:
    return 20 + 3 * math.sin(2 * math.pi * at / DAY)


def learn_days(model: Model, days: float, seed: int = 1) -> float:
    rng = random.Random(seed)
    times = [MONDAY + HALF_HOUR * number for number in range(int(48 * days))]
    for at in times:
        model.learn(at, daily(at) + rng.gauss(0, 0.1))
    return times[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_forecast_before_anything_was_learned(kind: str) -> None:
    with pytest.raises(LookupError, match="No reading"):
        create_model(kind, ForecastParameters()).forecast(MONDAY)


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_continues_from_a_state_of_at_most_two_kilobytes(kind: str) -> None:
    model = create_model(kind, ForecastParameters())
    for hour in range(400):
        model.learn(MONDAY + 3600 * hour, daily(3600 * hour))
    restored = create_model(kind, ForecastParameters())
    restored.restore(model.state())

    assert len(model.state()) <= 2048
    for lead in (600, 3600, 7 * 3600, DAY, 3 * DAY):
        assert restored.forecast(MONDAY + 400 * 3600 + lead) == model.forecast(MONDAY + 400 * 3600 + lead)


def test_the_state_of_another_kind_is_refused() -> None:
    with pytest.raises(StateError, match="state of 'last-value', and 'seasonal' is expected"):
        Seasonal(ForecastParameters()).restore(LastValue(ForecastParameters()).state())


def test_a_foreign_state_is_refused() -> None:
    with pytest.raises(StateError, match="no state of the analysis"):
        Seasonal(ForecastParameters()).restore(b"\x80\x04pickle")


def test_the_season_is_learned_within_days() -> None:
    model = Seasonal(ForecastParameters())
    last = learn_days(model, 8)

    for lead in (3600, 6 * 3600, 15 * 3600, DAY):
        assert model.forecast(last + lead).mean == pytest.approx(daily(last + lead), abs=0.8)


def test_before_two_days_nothing_seasonal_is_expected() -> None:
    model = Seasonal(ForecastParameters())
    last = learn_days(model, 1.9)

    changes = {model.forecast(last + DAY + HALF_HOUR * step).mean for step in range(48)}

    assert len(changes) == 1


def test_river_is_refused_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "river.time_series", None)

    with pytest.raises(UnknownModel, match="needs the package river, which is not installed"):
        create_model("river", ForecastParameters())


def test_river_learns_a_season_and_keeps_its_forecasts_in_range() -> None:
    model = create_model("river", ForecastParameters())
    last = learn_days(model, 8)

    assert model.forecast(last + 6 * 3600).mean == pytest.approx(daily(last + 6 * 3600), abs=1)
    model.learn(last + 40 * DAY, 1e9)
    assert all(abs(model.forecast(last + 40 * DAY + 3600 * hour).mean) < 100 for hour in range(30))
