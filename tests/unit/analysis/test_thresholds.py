from random import Random

import pytest

from analysis.parameters import DAY_SECONDS, BudgetParameters, ThresholdParameters
from analysis.thresholds import AlarmBudget, TailThreshold

RATE = 0.1


def scores(seed: int, days: float, interval: float = 600.0) -> list[tuple[float, float]]:
    """Return scores with an exponential tail of mean 1, and their times."""
    generator = Random(seed)
    return [
        (number * interval, generator.expovariate(1.0)) for number in range(int(days * 86_400 / interval))
    ]


def test_the_threshold_is_the_prior_before_the_sensor_is_known() -> None:
    threshold = TailThreshold(RATE, 9.0, ThresholdParameters())
    threshold.observe(0.0, 1.0)

    assert threshold.value == 9.0


def test_the_tail_of_block_maxima_gives_the_stated_rate() -> None:
    # 144 scores per day, of which one in 1440 exceeds the logarithm of that.
    values = []
    for seed in range(20):
        threshold = TailThreshold(RATE, 7.3, ThresholdParameters())
        for at, score in scores(seed, 60):
            threshold.observe(at, score)
        values.append(threshold.value)

    assert sum(values) / len(values) == pytest.approx(7.3, abs=0.5)


def test_an_anomaly_raises_the_threshold_only_a_little() -> None:
    plain, disturbed = (TailThreshold(RATE, 7.3, ThresholdParameters()) for _ in range(2))
    for at, score in scores(1, 14):
        plain.observe(at, score)
        disturbed.observe(at, 1000.0 if at == 7 * DAY_SECONDS else score)

    assert plain.value < disturbed.value < 1.2 * plain.value


def test_equal_maxima_do_not_make_the_threshold_equal_to_them() -> None:
    threshold = TailThreshold(RATE, 2.0, ThresholdParameters())
    for block in range(57):
        threshold.observe(block * ThresholdParameters().block_seconds, 2.0)

    assert threshold.value > 2.1


def test_the_budget_returns_when_alarms_come_at_the_stated_rate() -> None:
    budget = AlarmBudget(RATE, BudgetParameters())
    budget.advance(0.0)
    budget.spend()
    raised = budget.factor

    assert raised == pytest.approx(1.221, abs=0.001)
    assert budget.advance(5 * DAY_SECONDS) < raised
    assert budget.advance(10 * DAY_SECONDS) == pytest.approx(1.0)


def test_the_budget_is_limited_on_both_sides() -> None:
    budget = AlarmBudget(RATE, BudgetParameters())
    for _ in range(50):
        budget.spend()

    assert budget.advance(0.0) == BudgetParameters().max_factor
    assert budget.advance(10_000 * DAY_SECONDS) == BudgetParameters().min_factor
