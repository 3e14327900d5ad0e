"""The sensors of one location: virtual values, drift against the neighbours, and robustness."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.anomaly import Anomaly, AnomalyKind
from analysis.binary import StateError
from analysis.neighbours.group import GroupResult
from analysis.neighbours.location import Location

START = 20_000 * 86_400.0
HALF_HOUR = 1800.0
PER_DAY = 48
Values = NDArray[np.float64]


def weather(days: int, sensors: int, seed: int = 1, noise: float = 0.1) -> Values:
    """A daily cycle that all sensors see, each with a gain, an offset and noise of its own."""
    rng = np.random.default_rng(seed)
    time = np.arange(days * PER_DAY) / PER_DAY
    common = 2.0 * np.sin(2 * np.pi * time) + 1.5 * np.sin(2 * np.pi * time / 9.3)
    gains, offsets = rng.uniform(0.7, 1.3, sensors), rng.uniform(18.0, 24.0, sensors)
    values: Values = common[:, None] * gains + offsets + rng.normal(0.0, noise, (len(time), sensors))
    return values


def feed(location: Location, values: Values, first: int = 0) -> list[GroupResult]:
    """Send the values half hour by half hour; NaN is not sent."""
    return [
        result
        for number, row in enumerate(values)
        for sensor, value in enumerate(row)
        if not np.isnan(value)
        for result in location.add(str(sensor), START + (first + number) * HALF_HOUR, float(value))
    ]


def drifts(results: list[GroupResult]) -> list[tuple[str, Anomaly]]:
    return [drift for result in results for drift in result.drifts]


def ramp(values: Values, sensor: int, since_day: float, per_day: float) -> Values:
    """Let a sensor drift."""
    time = np.arange(len(values)) / PER_DAY
    changed = values.copy()
    changed[:, sensor] += per_day * np.maximum(time - since_day, 0.0)
    return changed


def test_a_silent_sensor_has_a_virtual_value_whose_interval_holds_what_it_would_have_measured() -> None:
    truth = weather(days=12, sensors=4)
    sent = truth.copy()
    sent[8 * PER_DAY :, 2] = np.nan

    results = feed(Location(), sent)

    virtual = {result.at: result.virtual["2"] for result in results if "2" in result.virtual}
    found = [virtual.get(START + (number + 1) * HALF_HOUR) for number in range(8 * PER_DAY, len(truth))]
    known = [(value, truth[8 * PER_DAY + place, 2]) for place, value in enumerate(found) if value]
    assert len(known) > 180
    held = [value.value.low <= true <= value.value.high for value, true in known]
    assert 0.9 <= sum(held) / len(held) <= 1.0
    assert max(abs(value.value.mean - true) for value, true in known) < 1.0
    assert known[0][0].neighbours == ("0", "1", "3")


def test_a_drift_is_found_and_no_other_sensor_is_accused() -> None:
    values = ramp(weather(days=18, sensors=4), sensor=1, since_day=12, per_day=0.3)

    found = drifts(feed(Location(), values))

    assert {sensor for sensor, _ in found} == {"1"}
    first = found[0][1]
    assert first.kind is AnomalyKind.DRIFT
    assert START + 11 * 86_400 < first.started_at < first.detected_at < START + 16 * 86_400
    assert first.score >= 1.0
    assert first.observed > first.upper
    assert len({drift.started_at for _, drift in found}) == 1
    assert "K from what 3 neighbours explain" in first.reason


def test_of_three_sensors_the_one_that_drifts_is_accused() -> None:
    values = ramp(weather(days=17, sensors=3), sensor=2, since_day=10, per_day=-0.5)
    assert {sensor for sensor, _ in drifts(feed(Location(), values))} == {"2"}


def test_two_sensors_say_nothing_of_each_other() -> None:
    values = ramp(weather(days=14, sensors=2), sensor=1, since_day=8, per_day=2.0)
    values[-10:, 0] = np.nan
    results = feed(Location(), values)
    assert not drifts(results)
    assert not any(result.virtual for result in results)


def test_a_drift_that_returns_ends() -> None:
    values = weather(days=17, sensors=4)
    values[10 * PER_DAY : 14 * PER_DAY, 0] += 2.0

    found = drifts(feed(Location(), values))

    ends = [drift.ended_at for _, drift in found if drift.ended_at]
    assert len(ends) == 1
    assert START + 14 * 86_400 < ends[0] < START + 16 * 86_400


def test_a_sensor_that_stays_different_is_accepted_after_two_weeks() -> None:
    values = weather(days=27, sensors=4)
    values[10 * PER_DAY :, 0] += 2.0

    found = drifts(feed(Location(), values))

    assert [drift.ended_at is None for _, drift in found][-1] is False
    assert len({drift.started_at for _, drift in found}) == 1
    assert found[-1][1].ended_at == pytest.approx(found[0][1].detected_at + 14 * 86_400, abs=1)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda column: np.where(np.arange(len(column)) % 7 == 0, -127.0, column),
        lambda column: np.full(len(column), 21.5),
        lambda column: column + 30.0,
        lambda column: np.random.default_rng(3).uniform(-50, 100, len(column)),
    ],
    ids=["dropouts", "constant", "shifted", "random"],
)
def test_a_broken_neighbour_does_not_accuse_the_healthy_ones(break_it: Callable[[Values], Values]) -> None:
    values = weather(days=14, sensors=4)
    values[10 * PER_DAY :, 3] = break_it(values[10 * PER_DAY :, 3])
    assert {sensor for sensor, _ in drifts(feed(Location(), values))} <= {"3"}


def test_missing_half_hours_and_clocks_that_differ_raise_no_alarm() -> None:
    values = weather(days=15, sensors=5)
    values[np.random.default_rng(5).random(values.shape) < 0.3] = np.nan
    values[::2, 4] = np.nan  # sends once an hour
    assert not drifts(feed(Location(), values))


def test_equal_and_constant_sensors_are_harmless_for_long() -> None:
    values = weather(days=20, sensors=5)
    values[:, 1] = values[:, 0]
    values[:, 2] = 20.0
    values[:, 4] = 2 * values[:, 3] - 20.0
    location = Location()
    results = feed(location, np.tile(values, (2, 1)))
    assert not drifts(results)
    last = feed(location, weather(days=1, sensors=5)[:, 1:], first=2 * len(values))
    assert last
    assert all(np.isfinite(virtual.value).all() for result in last for virtual in result.virtual.values())


def test_the_state_continues_exactly() -> None:
    values = ramp(weather(days=18, sensors=4), sensor=1, since_day=12, per_day=0.3)
    values[300:340, 2] = np.nan
    whole, halves, middle = Location(), Location(), 13 * PER_DAY + 1
    expected = feed(whole, values)

    before = feed(halves, values[:middle, :])
    restored = Location()
    restored.restore(halves.state())

    assert before + feed(restored, values[middle:], first=middle) == expected
    assert restored.state() == whole.state()
    assert len(whole.state()) < 2_048 * 4


def test_the_state_of_another_version_is_refused() -> None:
    state = Location().state()
    with pytest.raises(StateError, match="version 9"):
        Location().restore(b"\x09\x00" + state[2:])


def test_a_sensor_that_joins_is_a_neighbour_after_two_days_and_leaves_after_two_weeks() -> None:
    values = weather(days=30, sensors=4)
    values[: 8 * PER_DAY, 3] = np.nan
    values[12 * PER_DAY :, 3] = np.nan
    values[11 * PER_DAY, 0] = np.nan

    location = Location()
    results = feed(location, values)

    assert not drifts(results)
    [virtual] = [result.virtual["0"] for result in results if "0" in result.virtual]
    assert virtual.neighbours == ("1", "2", "3")
    assert location.sensors == {"0", "1", "2"}


def test_more_sensors_than_fit_make_further_groups() -> None:
    location = Location()
    feed(location, weather(days=1, sensors=20))
    assert [len(one.group.members) for one in location.feeds] == [16, 4]


def test_the_order_within_a_half_hour_changes_nothing_but_who_is_waited_for() -> None:
    values = weather(days=4, sensors=4)
    late = Location()
    for number, row in enumerate(values):
        for sensor in (3, 1, 0, 2):
            late.add(str(sensor), START + number * HALF_HOUR + 300 * sensor, float(row[sensor]))
    usual = Location()
    feed(usual, values)
    assert late.feeds[0].group.half_hour == usual.feeds[0].group.half_hour
    assert late.sensors == usual.sensors


def test_a_drift_ends_when_too_few_neighbours_remain() -> None:
    values = ramp(weather(days=17, sensors=3), sensor=1, since_day=12, per_day=0.5)
    location = Location()
    before, middle = drifts(feed(location, values[: 16 * PER_DAY])), 16 * PER_DAY
    assert [drift.ended_at for _, drift in before][-1] is None

    location.remove("2", START + middle * HALF_HOUR)
    values[:, 2] = np.nan
    ended = drifts(feed(location, values[middle:], first=middle))

    assert [(sensor, drift.ended_at is None) for sensor, drift in ended] == [("1", False)]
    assert location.open_drifts() == []


def test_a_removed_sensor_ends_its_drift() -> None:
    values = ramp(weather(days=17, sensors=4), sensor=1, since_day=12, per_day=0.5)
    location = Location()
    found = drifts(feed(location, values))
    ended = location.remove("1", START + 17 * 86_400)
    assert [(sensor, replace(drift, ended_at=None)) for sensor, drift in ended] == [
        (sensor, drift) for sensor, drift in found[-1:]
    ]
    assert "1" not in location.sensors
