"""What the analysis is compared with."""

import math
import random

import pytest

from evaluation import baselines
from evaluation.baselines import Scored
from evaluation.series import Series
from evaluation.trees import half_space_trees
from limits.model import Reading

HOUR = 3_600.0


def series(values: list[float], interval: float = HOUR) -> Series:
    return Series(name="test", readings=[Reading(interval * row, value) for row, value in enumerate(values)])


def test_the_constant_band_is_learned_from_the_first_15_percent() -> None:
    values = [19.0, 21.0, 20.0] + [20.0] * 16 + [22.0]

    scores = list(baselines.constant_band(series(values).readings))

    assert scores[:3] == [0, 0, 0]
    assert scores[-1] == pytest.approx(2 / math.sqrt(2 / 3))


def test_the_rolling_day_has_mean_and_spread_of_the_24_hours_before() -> None:
    values = [random.Random(row).uniform(15, 25) for row in range(100)]

    found = list(baselines.day_statistics(series(values).readings))

    assert found[11] == (0, 0), "fewer than 12 readings are no day"
    day = values[90 - 23 : 90]
    mean = sum(day) / 23
    assert found[90][0] == pytest.approx(mean)
    assert found[90][1] == pytest.approx(math.sqrt(sum((v - mean) ** 2 for v in day) / 23))


def test_a_value_that_never_changed_has_a_spread_above_zero() -> None:
    assert list(baselines.rolling_day(series([20.0] * 20 + [20.5]).readings))[-1] == pytest.approx(50)


def test_half_space_trees_score_after_their_first_window_and_reproducibly() -> None:
    readings = series([20 + math.sin(row / 4) for row in range(260)]).readings

    scores = list(half_space_trees(readings))

    assert set(scores[:250]) == {0.0}
    assert all(0 < score < 1 for score in scores[250:])
    assert scores == list(half_space_trees(readings))


def test_an_alarm_is_the_start_of_a_time_above_the_threshold() -> None:
    scored = Scored(series([0.0] * 10, 60.0), [0, 5, 5, 0, 5, 0, 0, 0, 0, 0])
    assert scored.alarms(1) == [60], "an hour below ends it"

    hourly = Scored(series([0.0] * 10), [0, 5, 5, 0, 5, 0, 0, 0, 5, 0])
    assert hourly.alarms(1) == [HOUR, 8 * HOUR], "so do three intervals"


def test_a_threshold_is_calibrated_to_a_rate_of_alarms() -> None:
    generator = random.Random(1)
    scored = [Scored(series([0.0] * 2_400), [generator.random() for _ in range(2_400)]) for _ in range(3)]

    threshold = baselines.calibrate(scored, 0.1)

    assert sum(len(each.alarms(threshold)) for each in scored) == 30, "0.1 a day for 3 sensors and 100 days"


def test_a_threshold_is_found_for_a_number_of_alarms() -> None:
    scored = Scored(series([0.0] * 40), [10.0 * (row % 10 == 5) + row / 40 for row in range(40)])

    threshold = baselines.threshold_for(scored, 3, first_row=10)

    assert len([at for at in scored.alarms(threshold) if at >= 10 * HOUR]) == 3


def test_random_alarms_are_at_times_of_readings_and_reproducible() -> None:
    whole = series([0.0] * 100)

    alarms = baselines.random_alarms(whole, 5, seed=3, first_row=20)

    assert len(set(alarms)) == 5
    assert min(alarms) >= 20 * HOUR
    assert alarms == baselines.random_alarms(whole, 5, seed=3, first_row=20)
    assert alarms != baselines.random_alarms(whole, 5, seed=4, first_row=20)
