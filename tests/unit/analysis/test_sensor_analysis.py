import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.anomaly import AnomalyKind
from analysis.binary import StateError, StateWriter
from analysis.models.codec import seal
from analysis.parameters import Parameters
from analysis.sensor_analysis import SensorAnalysis
from limits.model import Reading
from tests.unit.analysis.signals import NOISE, START, analyse, changed, raised, room


def test_a_quiet_room_has_no_anomaly() -> None:
    assert list(analyse(room(1500))) == []


def test_a_spike_is_found_at_its_reading_and_ends_with_the_next() -> None:
    readings = room(400)
    spiked = changed(readings, 300, 26.8)

    [(found, started), (returned, ended)] = analyse(spiked)

    assert (found, returned) == (300, 301)
    assert started.kind is ended.kind is AnomalyKind.SPIKE
    assert (started.started_at, ended.ended_at) == (readings[300].measured_at, readings[301].measured_at)
    assert started.observed == 26.8
    assert started.lower < started.expected < started.upper < 26.8
    assert started.reason.startswith("26.8 °C where ")
    assert "a spike of 3.8 K" in started.reason


def test_a_spike_of_half_the_size_is_found_with_the_next_reading_at_the_latest() -> None:
    readings = room(2000)
    neighbours = (readings[1804].temperature + readings[1806].temperature) / 2

    findings = list(analyse(changed(readings, 1805, neighbours + 6.5 * NOISE)))

    assert findings[0][0] <= 1806
    assert {(each.kind, each.started_at) for _, each in findings} == {
        (AnomalyKind.SPIKE, readings[1805].measured_at)
    }
    assert findings[-1][1].ended_at == readings[1806].measured_at


def test_a_step_that_stays_becomes_a_level_shift_with_the_second_reading() -> None:
    shifted = raised(room(500), 300, 3.0)

    spike, withdrawn, shift, accepted = analyse(shifted)

    assert (spike[0], withdrawn[0], shift[0]) == (300, 301, 301)
    assert withdrawn[1].superseded_by is AnomalyKind.LEVEL_SHIFT
    assert shift[1].kind is AnomalyKind.LEVEL_SHIFT
    assert shift[1].started_at == spike[1].started_at
    assert accepted[1].kind is AnomalyKind.LEVEL_SHIFT
    assert accepted[1].ended_at == shifted[330].measured_at  # half an hour


def test_a_level_that_returns_ends_the_level_shift_without_another_alarm() -> None:
    readings = raised(raised(room(500), 300, 3.0), 310, -3.0)

    findings = [each for _, each in analyse(readings)]

    assert [each.kind for each in findings][2:] == [AnomalyKind.LEVEL_SHIFT, AnomalyKind.LEVEL_SHIFT]
    assert findings[-1].ended_at == readings[310].measured_at


def test_a_stuck_value_is_found_within_ten_readings_and_ends_when_it_changes() -> None:
    readings = changed(room(400), 300, *[round(room(400)[300].temperature, 3)] * 30)

    changes = list(analyse(readings))
    found = [(number, each.kind, each.ended_at is None) for number, each in changes]

    assert found[0][0] <= 309
    repeats = found[0][0] - 300
    assert f" °C for {repeats + 1} readings ({repeats} min): " in changes[0][1].reason
    assert {kind for _, kind, _ in found} == {AnomalyKind.STUCK}
    assert found[-1] == (330, AnomalyKind.STUCK, False)


def test_a_spike_a_level_shift_and_a_stuck_value_are_found_soon_after_a_start_at_one_second() -> None:
    readings = changed(room(200, interval=1.0), 60, 46.0)
    readings = raised(readings, 100, 4.0)
    readings = changed(readings, 150, *[readings[150].temperature] * 20)
    found: dict[AnomalyKind, int] = {}

    for number, anomaly in analyse(readings):
        found.setdefault(anomaly.kind, number)

    assert found[AnomalyKind.SPIKE] == 60
    assert found[AnomalyKind.LEVEL_SHIFT] == 101
    assert found[AnomalyKind.STUCK] <= 159


def test_coarse_values_that_repeat_for_hours_are_not_stuck() -> None:
    assert [each for each in analyse(room(3000, decimals=0)) if each[1].kind is AnomalyKind.STUCK] == []


@pytest.mark.parametrize("value", [-127.0, 85.0, 0.0, 999.0])
def test_a_fault_value_is_a_dropout_from_its_first_reading_to_the_next_normal_one(value: float) -> None:
    readings = changed(room(400), 300, value, value)

    [(found, started), (returned, ended)] = analyse(readings)

    assert (found, returned) == (300, 302)
    assert started.kind is ended.kind is AnomalyKind.DROPOUT
    assert f"{value:g} °C where 2" in started.reason


def test_zero_is_normal_where_it_is_near() -> None:
    cold = [Reading(at, round(value - 21, 1)) for at, value in room(1500)]

    assert [each for each in analyse(cold) if each[1].kind is AnomalyKind.DROPOUT] == []


def test_a_sensor_that_becomes_restless_does_not_flood() -> None:
    readings = [
        Reading(at, value + (12 * (value - 21.0) if number >= 500 else 0.0))
        for number, (at, value) in enumerate(room(3000, swing=0.0))
    ]

    started = {(each.kind, each.started_at) for _, each in analyse(readings) if not each.superseded_by}

    assert 1 <= len(started) <= 12


def test_a_value_that_alternates_is_one_spike_at_a_time_and_becomes_normal() -> None:
    readings = room(600)
    alternating = [
        Reading(at, value + (8.0 if number % 2 else -8.0)) if number >= 300 else Reading(at, value)
        for number, (at, value) in enumerate(readings)
    ]
    analysis = SensorAnalysis()

    started = {(each.kind, each.started_at) for _, each in analyse(alternating, analysis)}

    assert len(started) <= 30
    assert analysis.open == []


def test_a_late_reading_is_counted_and_skipped() -> None:
    analysis = SensorAnalysis()
    readings = room(100)
    list(analyse(readings, analysis))
    before = analysis.state()

    assert analysis.add(Reading(readings[50].measured_at, 99.0)) == []
    assert analysis.late == 1
    assert len(analysis.state()) == len(before)


@pytest.mark.parametrize("false_alarms_per_day", [0.1, 10.0])
def test_a_sensor_whose_readings_are_months_apart_is_analysed(false_alarms_per_day: float) -> None:
    analysis = SensorAnalysis(Parameters(false_alarms_per_day=false_alarms_per_day))

    readings = room(8, interval=60 * 86_400.0)

    # Fewer readings than permitted alarms.
    assert list(analyse(readings, analysis)) == []
    assert analysis.last_at == readings[-1].measured_at


def test_a_gap_is_no_step() -> None:
    readings = raised(room(400), 300, 5.0)
    gap = [each for number, each in enumerate(readings) if not 300 <= number < 320]

    assert list(analyse(gap)) == []


@given(
    cut=st.integers(0, 119),
    events=st.lists(st.tuples(st.integers(0, 119), st.sampled_from([-127.0, 0.0, 5.0, 25.0, 21.0]))),
)
def test_a_restored_analysis_continues_identically(cut: int, events: list[tuple[int, float]]) -> None:
    readings = room(120)
    for number, value in events:
        readings = changed(readings, number, value, value)[:120] if number < 119 else readings
    whole, first, second = SensorAnalysis(), SensorAnalysis(), SensorAnalysis()
    expected = list(analyse(readings, whole))

    found = list(analyse(readings[:cut], first))
    second.restore(first.state())
    found += [(cut + number, each) for number, each in analyse(readings[cut:], second)]

    assert found == expected
    assert second.state() == whole.state()


def test_a_state_of_another_version_is_refused() -> None:
    with pytest.raises(StateError, match="version 9"):
        SensorAnalysis().restore(seal("sensor", StateWriter(9)))


def test_an_incomplete_state_is_refused() -> None:
    analysis = SensorAnalysis()
    analysis.add(Reading(START, 20.0))
    with pytest.raises(StateError, match="damaged"):
        SensorAnalysis().restore(analysis.state()[:-1])
