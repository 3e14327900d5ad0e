"""Simulated locations, and the drift of one of their sensors."""

from random import Random
from statistics import correlation

import pytest

from evaluation.groups import HISTORY_DAYS, PER_DAY, location, measure_group_drift, weekly_deviation
from evaluation.simulation import Signal


def test_the_sensors_of_a_location_follow_one_temperature() -> None:
    sensors = location(Signal.OUTDOORS, Random(1), seed=1)

    assert 3 <= len(sensors) <= 8
    assert {len(values) for values in sensors} == {(HISTORY_DAYS + 6) * PER_DAY}
    assert correlation(sensors[0], sensors[1]) > 0.9
    assert sensors == location(Signal.OUTDOORS, Random(1), seed=1)


def test_the_weekly_deviation_is_that_of_the_history() -> None:
    history = [float(number % 2) for number in range(HISTORY_DAYS * PER_DAY)]

    assert weekly_deviation([*history, *([1_000.0] * 10)]) == pytest.approx(0.5)


def test_drift_is_found_against_neighbours() -> None:
    found = measure_group_drift(Signal.ROOM, trials=1, seed=1)

    assert (found.trials, found.found) == (1, 1)
    assert found.clean_days >= 3 * HISTORY_DAYS
