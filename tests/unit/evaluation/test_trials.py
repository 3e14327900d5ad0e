"""The trials of the detectors, with few of them."""

import pytest

from analysis.anomaly import AnomalyKind
from evaluation.injection import Injection
from evaluation.simulation import Signal, simulate
from evaluation.trials import SHORT_INJECTIONS, measure_false_alarms, measure_recall


def test_a_signal_is_the_same_for_the_same_seed() -> None:
    first, second = (simulate(Signal.FRIDGE, interval=60.0, days=1, seed=7) for _ in range(2))

    assert first == second
    assert first != simulate(Signal.FRIDGE, interval=60.0, days=1, seed=8)


@pytest.mark.parametrize("signal", Signal)
def test_injected_anomalies_are_found(signal: Signal) -> None:
    recalls = measure_recall(signal, 3600.0, SHORT_INJECTIONS, trials=20)

    assert {each.trials for each in recalls.values()} == {20}
    for injection in SHORT_INJECTIONS:
        assert recalls[injection].share >= (0.75 if injection is Injection.HALF_SPIKE else 0.9), injection


def test_false_alarms_come_at_about_the_stated_rate() -> None:
    found = measure_false_alarms(Signal.OUTDOORS, 3600.0, sensors=4, days=40)

    assert found.days == pytest.approx(4 * 40, rel=0.01)
    assert 0.02 < found.alarms / found.days < 0.2


def test_a_coarse_sensor_is_not_stuck_at_night() -> None:
    found = measure_false_alarms(Signal.ROOM, 300.0, sensors=2, days=15, resolution=0.5)

    assert found.kinds[AnomalyKind.STUCK] <= 1
