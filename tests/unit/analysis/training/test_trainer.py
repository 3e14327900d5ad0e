"""When a model gets a new version, and how it is trained again."""

import datetime as dt
import math

import pytest

from analysis.forecast_parameters import ForecastParameters
from analysis.forecasting.evaluation import Evaluation
from analysis.forecasting.forecaster import Forecaster
from analysis.training.decision import Day, Stage, TrainingParameters, Version, decide
from analysis.training.retraining import retrain
from analysis.training.trainer import DueVersion, Trainer

FIRST = dt.date(2026, 1, 1)


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def days(*errors: float, start: int = 0) -> list[Day]:
    return [Day(day(start + number), error) for number, error in enumerate(errors)]


def evaluation(number: int, mae: float = 0.5, kind: str = "seasonal", horizon: str = "6h") -> Evaluation:
    return Evaluation(kind, horizon, day(number), 48, mae, 1.0, 0.95, 1.0)


@pytest.mark.parametrize(
    ("active", "history", "stage"),
    [
        (None, 1, Stage.FIRST_DAY),
        (Stage.FIRST_DAY, 2, None),
        (Stage.FIRST_DAY, 3, Stage.DAILY_SEASON),
        (Stage.DAILY_SEASON, 14, None),
        (Stage.DAILY_SEASON, 15, Stage.WEEKLY_SEASON),
        (None, 20, Stage.WEEKLY_SEASON),
        (Stage.WEEKLY_SEASON, 40, None),
    ],
)
def test_each_stage_of_history_is_a_version(active: Stage | None, history: int, stage: Stage | None) -> None:
    version = Version(1, active, FIRST, 0.5) if active else None
    decision = decide(version, FIRST, days(0.5, start=history - 1), TrainingParameters())
    assert (decision.stage if decision else None) == stage
    assert decision is None or not decision.retrain


def test_a_model_is_trained_again_when_its_errors_grew_on_each_of_some_days() -> None:
    active = Version(3, Stage.WEEKLY_SEASON, day(20), 0.6)
    decision = decide(active, FIRST, days(0.6, 0.6, 0.9, 1.0, start=21), TrainingParameters())
    assert decision is not None
    assert decision.retrain
    assert decision.reason == (
        "errors grew: 0.95 times those of the last value, 0.60 when version 3 was trained"
    )


@pytest.mark.parametrize(
    ("trained_on", "errors"),
    [(20, (0.9, 0.6)), (20, (0.6, 0.9)), (22, (0.9, 0.9)), (20, (0.7, 0.7))],
    ids=["recovered", "a single day", "trained recently", "little"],
)
def test_a_model_is_not_trained_again_for_less(trained_on: int, errors: tuple[float, ...]) -> None:
    active = Version(3, Stage.WEEKLY_SEASON, day(trained_on), 0.6)
    assert decide(active, FIRST, days(*errors, start=23), TrainingParameters()) is None


def test_a_day_counts_when_it_is_over_and_only_once() -> None:
    trainer = Trainer({}, {})
    assert trainer.evaluate("a", [evaluation(0)]) == []
    [due] = trainer.evaluate("a", [evaluation(0), evaluation(1)])
    assert (due.sensor_id, due.kind, due.trained_on) == ("a", "seasonal", FIRST)
    trainer.trained(due, 1)
    assert trainer.active("a", "seasonal") == Version(1, Stage.FIRST_DAY, FIRST, 0.5)
    assert trainer.evaluate("a", [evaluation(0), evaluation(1)]) == []
    assert trainer.evaluate("a", [evaluation(1), evaluation(2)]) == []
    [due] = trainer.evaluate("a", [evaluation(2), evaluation(3)])
    assert due.decision.stage is Stage.DAILY_SEASON


def test_the_last_value_and_other_horizons_have_no_versions() -> None:
    rows = [
        evaluation(number, kind=kind, horizon=horizon)
        for number in range(3)
        for kind, horizon in (("last-value", "6h"), ("active", "6h"), ("seasonal", "1h"))
    ]
    assert Trainer({}, {}).evaluate("a", rows) == []


def test_the_history_before_a_restart_counts() -> None:
    trainer = Trainer(
        {("a", "seasonal"): Version(2, Stage.DAILY_SEASON, day(3), 0.5)}, {("a", "seasonal"): FIRST}
    )
    [due] = trainer.evaluate("a", [evaluation(14), evaluation(15)])
    assert due == DueVersion("a", "seasonal", due.decision, day(14))
    assert due.decision.stage is Stage.WEEKLY_SEASON


def test_a_trained_model_knows_the_history_and_how_good_it_is() -> None:
    start = 20_000 * 86_400
    half_hours = [(start + 1800.0 * n, 20 + 3 * math.sin(2 * math.pi * n / 48)) for n in range(10 * 48)]
    parameters = ForecastParameters()

    trained = retrain("seasonal", half_hours, 2, parameters)

    assert trained is not None
    assert trained.relative_error < 0.5
    forecaster = Forecaster(parameters)
    forecaster.add(*half_hours[-1])
    forecaster.install("seasonal", 4, trained.state)
    assert forecaster.versions["seasonal"] == 4
    assert retrain("seasonal", half_hours[:3], 2, parameters) is None
    assert retrain("seasonal", [], 2, parameters) is None
