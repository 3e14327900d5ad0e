import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limits.model import EndReason, Excursion, Limit, LimitKind, Reading
from limits.schedule import parse_schedule
from limits.series import SensorSeries
from tests.unit.limits.plain import PlainExcursion, plain_excursions

MINUTE = 60.0
START = 1_764_000_000.0


def high(threshold: float = 8, **options: float) -> Limit:
    return Limit(limit_id=1, kind=LimitKind.HIGH, threshold=threshold, **options)  # type: ignore[arg-type]


def minutes(*temperatures: float) -> list[Reading]:
    return [Reading(START + n * MINUTE, temperature) for n, temperature in enumerate(temperatures)]


def evaluate(limit: Limit, readings: list[Reading], expected: float | None = None) -> list[Excursion]:
    series = SensorSeries([limit], expected)
    series.feed(readings)
    evaluation = series.evaluations[0]
    return evaluation.ended + ([evaluation.open] if evaluation.open else [])


def test_the_figures_of_an_excursion_equal_a_computation_by_hand() -> None:
    # It crosses 8 °C halfway between 7 and 9 and between 10 and 6; the area is a triangle of half a minute
    # below 1 K, a trapezoid of a minute from 1 to 2 K, and a triangle of half a minute below 2 K.
    [excursion] = evaluate(high(), minutes(7, 9, 10, 6))

    assert excursion.started_at == START + 30
    assert excursion.ended_at == START + 150
    assert (excursion.peak, excursion.peak_at) == (10, START + 120)
    assert excursion.degree_minutes == pytest.approx(0.25 + 1.5 + 0.5)
    assert excursion.end_reason is EndReason.RECOVERED


def test_a_low_limit_mirrors_a_high_limit() -> None:
    limit = Limit(limit_id=1, kind=LimitKind.LOW, threshold=2)

    [excursion] = evaluate(limit, minutes(3, 1, 0, 4))

    assert (excursion.started_at, excursion.ended_at) == (START + 30, START + 150)
    assert (excursion.peak, excursion.peak_temperature) == (0, 0)
    assert excursion.degree_minutes == pytest.approx(2.25)


@pytest.mark.parametrize(("delay", "found"), [(120, 1), (121, 0)])
def test_it_is_one_once_it_lasts_as_long_as_the_delay(delay: float, found: int) -> None:
    assert len(evaluate(high(delay_seconds=delay), minutes(7, 9, 10, 6))) == found


def test_an_excursion_that_lasts_is_open_and_known_until_its_last_reading() -> None:
    [excursion] = evaluate(high(delay_seconds=60), minutes(7, 9, 10))

    assert (excursion.ended_at, excursion.end_reason, excursion.last_at) == (None, None, START + 120)
    assert excursion.degree_minutes == pytest.approx(1.75)


def test_with_hysteresis_it_ends_where_the_value_has_come_back_by_as_much() -> None:
    [excursion] = evaluate(high(hysteresis=1), minutes(7, 9, 7.5, 9, 7.5, 6.5))

    assert excursion.ended_at == START + 270
    # A triangle of half a minute below 1 K, and three of two thirds of a minute. Between the threshold and
    # the hysteresis nothing is integrated.
    assert excursion.degree_minutes == pytest.approx(0.25 + 3 * 1 / 3)


def test_during_the_delay_the_value_must_stay_beyond_the_threshold() -> None:
    assert evaluate(high(hysteresis=1, delay_seconds=150), minutes(7, 9, 7.5, 9, 7.5, 6.5)) == []


def test_a_gap_ends_it_as_unknown_and_is_not_integrated() -> None:
    readings = [*minutes(7, 7, 9), Reading(START + 300, 9), Reading(START + 360, 7)]

    first, second = evaluate(high(), readings)

    assert (first.ended_at, first.end_reason) == (START + 120, EndReason.UNKNOWN)
    assert first.degree_minutes == pytest.approx(0.25)
    assert second.started_at == START + 300
    assert second.degree_minutes == pytest.approx(0.25)


def test_exactly_two_and_a_half_intervals_are_no_gap() -> None:
    readings = [*minutes(7, 7, 9), Reading(START + 270, 9), Reading(START + 330, 7)]

    assert len(evaluate(high(), readings)) == 1


def test_the_expected_interval_decides_instead_of_the_usual_one() -> None:
    readings = [*minutes(7, 7, 9), Reading(START + 270, 9), Reading(START + 330, 7)]

    assert len(evaluate(high(), readings, expected=59)) == 2
    assert len(evaluate(high(), [readings[0], readings[2]], expected=30)) == 1


def test_a_rate_is_the_largest_change_within_the_window() -> None:
    limit = Limit(limit_id=1, kind=LimitKind.RATE, threshold=2, window_seconds=5 * MINUTE)

    [excursion] = evaluate(limit, minutes(4, 4, 5, 8, 8, 8, 8, 8, 8, 8))

    # 1 K after two minutes and 4 K after three, until the readings of 4 °C and 5 °C leave the window.
    assert excursion.started_at == START + 140
    assert (excursion.peak, excursion.peak_temperature) == (4, 8)
    assert excursion.ended_at == pytest.approx(START + 7 * MINUTE + 20)


def test_a_slow_change_is_no_excursion_of_a_rate() -> None:
    limit = Limit(limit_id=1, kind=LimitKind.RATE, threshold=2, window_seconds=5 * MINUTE)

    assert evaluate(limit, minutes(*(n * 0.4 for n in range(20)))) == []


def test_outside_its_schedule_a_limit_does_not_hold() -> None:
    limit = Limit(
        limit_id=1,
        kind=LimitKind.HIGH,
        threshold=8,
        schedule=parse_schedule("08:00-09:00, 10:00-24:00", "UTC"),
    )
    midnight = START - START % 86_400
    readings = [Reading(midnight + hour * 3600 + 1800, 9) for hour in range(12)]

    first, second = evaluate(limit, readings)

    assert (first.started_at, first.ended_at) == (midnight + 8 * 3600, midnight + 9 * 3600)
    assert first.end_reason is EndReason.SCHEDULE
    assert (second.started_at, second.ended_at) == (midnight + 10 * 3600, None)
    assert first.degree_minutes == pytest.approx(60)


TEMPERATURES = st.integers(0, 24).map(lambda n: n / 2)
STEPS = st.sampled_from([0, 1, 10, 30, 60, 60, 60, 60, 120, 600, 7200])
LIMITS = st.builds(
    Limit,
    limit_id=st.just(1),
    kind=st.sampled_from([LimitKind.HIGH, LimitKind.LOW, LimitKind.RATE]),
    threshold=st.sampled_from([2.0, 4.25, 8.0]),
    delay_seconds=st.sampled_from([0.0, 45.0, 200.0]),
    hysteresis=st.sampled_from([0.0, 0.75, 2.0]),
    window_seconds=st.sampled_from([90.0, 300.0]),
    schedule=st.sampled_from([None, parse_schedule("mon-sun 10:00-15:30, tue 22:00-02:00", "Europe/Zurich")]),
)


@st.composite
def series(draw: st.DrawFn) -> list[Reading]:
    at = START
    readings = []
    for step, temperature in draw(st.lists(st.tuples(STEPS, TEMPERATURES), max_size=40)):
        at += step
        readings.append(Reading(at, temperature))
    return sorted(readings)


def approximate(excursions: list[PlainExcursion]) -> list[object]:
    return [
        pytest.approx((e.started_at, e.ended_at or 0, e.peak, e.degree_minutes), abs=1e-5) for e in excursions
    ]


@given(LIMITS, series(), st.none() | st.just(60.0))
def test_it_equals_the_plain_computation(
    limit: Limit, readings: list[Reading], expected: float | None
) -> None:
    found = evaluate(limit, readings, expected)

    plain = plain_excursions(limit, readings, expected)
    assert [(e.started_at, e.ended_at or 0, e.peak, e.degree_minutes) for e in found] == approximate(plain)
    assert [e.end_reason for e in found] == [e.end_reason for e in plain]


@given(LIMITS, series(), st.integers(0, 40))
def test_it_continues_from_a_stored_state(limit: Limit, readings: list[Reading], cut: int) -> None:
    whole, first, second = (SensorSeries([limit]) for _ in range(3))
    whole.feed(readings)
    first.feed(readings[:cut])

    second.restore(json.loads(json.dumps(first.dump())))
    second.feed(readings[cut:])

    assert first.evaluations[0].ended + second.evaluations[0].ended == whole.evaluations[0].ended
    assert second.evaluations[0].open == whole.evaluations[0].open
    assert second.dump() == whole.dump()
