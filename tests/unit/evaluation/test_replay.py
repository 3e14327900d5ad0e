"""Readings through the analysis, and the incidents that come out."""

from dataclasses import replace

from analysis.anomaly import Anomaly, AnomalyKind
from evaluation.replay import analyse, by_kind, times
from evaluation.series import Series
from evaluation.simulation import Signal, simulate


def anomaly(kind: AnomalyKind, started_at: float, detected_at: float) -> Anomaly:
    return Anomaly(
        kind=kind,
        started_at=started_at,
        detected_at=detected_at,
        score=1,
        observed=1,
        expected=1,
        lower=1,
        upper=1,
        model_version="x",
        reason="x",
    )


SPIKE = anomaly(AnomalyKind.SPIKE, 60, 60)


def test_an_incident_counts_once_also_if_another_kind_explains_it() -> None:
    superseded = replace(SPIKE, superseded_by=AnomalyKind.LEVEL_SHIFT)
    shift = anomaly(AnomalyKind.LEVEL_SHIFT, 60, 120)

    assert times([superseded, shift]) == [60]
    assert by_kind([superseded, shift]) == "1 level-shift"


def test_several_incidents_at_one_reading_are_one_alarm() -> None:
    assert times([SPIKE, anomaly(AnomalyKind.UNUSUAL, 0, 60), anomaly(AnomalyKind.SPIKE, 300, 300)]) == [
        60,
        300,
    ]
    assert by_kind([]) == "none"


def test_a_spike_in_a_series_is_found_at_its_reading() -> None:
    readings = simulate(Signal.ROOM, interval=300, days=2, seed=1)
    at, temperature = readings[500]
    readings[500] = readings[500]._replace(temperature=temperature + 20)

    found = analyse(Series(name="room", readings=readings))

    assert at in times(found)
    assert [each.kind for each in found if each.started_at == at] == [AnomalyKind.SPIKE]
