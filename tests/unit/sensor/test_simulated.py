"""The simulated temperatures: its daily cycle, noise, drift and faults."""

import itertools
import statistics
from datetime import UTC, datetime
from typing import Any

import pytest

from sensor.sources.measurement import Measurement
from sensor.sources.simulated import FAULT_READINGS, SPIKE_DEGREES, Simulation

MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
HOUR = 3600.0


def take(count: int, **options: Any) -> list[Measurement]:
    arguments = {"start": MIDNIGHT, "interval_seconds": 1.0, "seed": 42, **options}
    return list(itertools.islice(Simulation(**arguments), count))


def values(count: int, **options: Any) -> list[float]:
    return [measurement.temperature for measurement in take(count, **options)]


def test_the_same_seed_and_start_give_the_same_measurements() -> None:
    faults = {"spike_probability": 0.1, "stuck_probability": 0.01, "dropout_probability": 0.01}

    assert take(500, **faults) == take(500, **faults)
    assert take(500, **faults) != take(500, **faults, seed=43)


def test_a_simulation_can_be_iterated_again_from_the_start() -> None:
    simulation = Simulation(start=MIDNIGHT, interval_seconds=1, seed=1)

    first, again = itertools.islice(simulation, 10), itertools.islice(simulation, 10)

    assert list(first) == list(again)


def test_without_a_seed_simulations_differ() -> None:
    assert values(20, seed=None) != values(20, seed=None)


def test_one_measurement_without_a_time_is_due_per_interval() -> None:
    measurements = take(4, interval_seconds=2.5)

    assert [measurement.due_seconds for measurement in measurements] == [0, 2.5, 5, 7.5]
    assert {measurement.measured_at for measurement in measurements} == {None}


@pytest.mark.parametrize(("first_hour", "warmest", "coldest"), [(0, 15, 3), (9, 6, 18), (15, 0, 12)])
def test_the_day_is_warmest_at_three_in_the_afternoon(first_hour: int, warmest: int, coldest: int) -> None:
    day = values(
        24,
        start=MIDNIGHT.replace(hour=first_hour),
        interval_seconds=HOUR,
        noise=0,
        mean=20,
        daily_swing=4,
    )

    assert day.index(max(day)) == warmest
    assert day.index(min(day)) == coldest
    assert (max(day), min(day)) == (24, 16)


def test_noise_has_the_configured_standard_deviation() -> None:
    temperatures = values(5000, daily_swing=0, noise=0.5, mean=21)

    assert statistics.stdev(temperatures) == pytest.approx(0.5, rel=0.1)
    assert statistics.fmean(temperatures) == pytest.approx(21, abs=0.05)


def test_drift_accumulates_per_day() -> None:
    temperatures = values(49, interval_seconds=HOUR, daily_swing=0, noise=0, mean=20, drift_per_day=2)

    assert (temperatures[0], temperatures[24], temperatures[48]) == (20, 22, 24)


def test_spikes_are_single_outliers_in_both_directions() -> None:
    temperatures = values(5000, daily_swing=0, noise=0, mean=20, spike_probability=0.02)

    spikes = [value for value in temperatures if value != 20]
    assert set(spikes) == {20 - SPIKE_DEGREES, 20 + SPIKE_DEGREES}
    assert len(spikes) / len(temperatures) == pytest.approx(0.02, rel=0.5)


def test_a_stuck_sensor_repeats_its_last_value() -> None:
    temperatures = values(5000, noise=0.5, stuck_probability=0.01)

    runs = [len(list(run)) for _, run in itertools.groupby(temperatures)]
    stuck = [length for length in runs if length > 5]
    assert len(stuck) > 10
    assert min(stuck) == FAULT_READINGS + 1, "the first value and its repetitions"


def test_a_dropout_leaves_a_gap() -> None:
    dues = [measurement.due_seconds for measurement in take(5000, dropout_probability=0.01)]

    gaps = [later - earlier for earlier, later in itertools.pairwise(dues)]
    assert set(gaps) <= {1, *(FAULT_READINGS * times + 1 for times in range(1, 6))}
    assert FAULT_READINGS + 1 in gaps


def test_there_are_no_faults_by_default() -> None:
    temperatures = values(2000, daily_swing=0, noise=0.1, mean=20)

    assert max(abs(value - 20) for value in temperatures) < 1
    assert len(set(temperatures)) > 100
