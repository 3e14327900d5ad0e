from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limits.follow import SensorLimits
from limits.model import Limit, LimitKind, Reading
from tests.unit.limits.plain import plain_excursions
from tests.unit.limits.stored import StoredSensor
from tests.unit.limits.test_series import LIMITS, MINUTE, START, TEMPERATURES, high, minutes, series


def check(stored: StoredSensor) -> None:
    for limit in stored.sensor.limits:
        plain = plain_excursions(limit, stored.readings_stored, stored.sensor.expected_interval_seconds)
        found = stored.excursions[limit.limit_id]
        assert [(e.started_at, e.ended_at or 0, e.peak, e.degree_minutes) for e in found] == [
            pytest.approx((e.started_at, e.ended_at or 0, e.peak, e.degree_minutes), abs=1e-5) for e in plain
        ]


@st.composite
def deliveries(draw: st.DrawFn) -> list[Sequence[Reading] | str]:
    """Readings in batches: mostly in order, some late, some twice; and restarts between them."""
    readings = draw(series())
    order = sorted(
        (n + draw(st.sampled_from([0, 0, 0, 0, 1, 2, 5, 30])), reading) for n, reading in enumerate(readings)
    )
    steps: list[Sequence[Reading] | str] = []
    at = 0
    while at < len(order):
        size = draw(st.integers(1, 6))
        start = max(0, at - draw(st.sampled_from([0, 0, 0, 2])))
        steps.append([reading for _, reading in order[start : at + size]])
        if draw(st.sampled_from([False, False, False, True])):
            steps.append("restart")
        at += size
    return steps


def two_limits() -> st.SearchStrategy[tuple[Limit, ...]]:
    low = Limit(limit_id=2, kind=LimitKind.LOW, threshold=3, hysteresis=0.5)
    return st.tuples(LIMITS) | st.tuples(LIMITS, st.just(low))


@given(two_limits(), deliveries(), st.none() | st.just(60.0))
def test_excursions_are_exact_whatever_the_order_of_delivery(
    limits: tuple[Limit, ...], steps: list[Sequence[Reading] | str], expected: float | None
) -> None:
    stored = StoredSensor(SensorLimits(limits, expected))
    for step in steps:
        if isinstance(step, str):
            stored.restart()
        else:
            stored.deliver(step)
            check(stored)


@given(LIMITS, series(), st.integers(0, 40), st.integers(0, 10), TEMPERATURES)
def test_excursions_are_exact_after_readings_were_changed(
    limit: Limit, readings: list[Reading], start: int, length: int, temperature: float
) -> None:
    stored = StoredSensor(SensorLimits((limit,)))
    for reading in readings:
        stored.deliver([reading])
    changed = readings[start : start + length]
    if changed:
        stored.change(changed[0].measured_at, changed[-1].measured_at, temperature)
    check(stored)


def test_long_series_are_continued_from_checkpoints() -> None:
    stored = StoredSensor(SensorLimits((high(8, hysteresis=0.5, delay_seconds=120),)))
    readings = [Reading(START + n * 5, 8 + (n // 40 % 3) - 1 + 0.1 * (n % 7)) for n in range(600)]
    for n in range(0, 600, 7):
        stored.deliver(readings[n : n + 7])
        if n % 70 == 0:
            stored.restart()
    check(stored)
    assert len(stored.excursions[1]) == 5


def test_a_late_reading_can_split_an_excursion_of_the_past() -> None:
    stored = StoredSensor(SensorLimits((high(),)))
    readings = [*minutes(*[7.0] * 15, 9, 9, 9), *(Reading(START + n * MINUTE, 7.0) for n in range(18, 120))]
    for reading in readings:
        stored.deliver([reading])
    assert len(stored.excursions[1]) == 1

    stored.deliver([Reading(START + 16 * MINUTE + 30, 7.0)])

    check(stored)
    assert len(stored.excursions[1]) == 2
