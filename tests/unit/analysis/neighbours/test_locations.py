"""All locations together, as the analysis of all sensors uses them."""

from functools import partial

import numpy as np
import pytest

from analysis.analyzer import Analyzer
from analysis.anomaly import Anomaly, AnomalyKind
from analysis.neighbours.locations import Locations
from analysis.sensor_analysis import SensorAnalysis

START = 20_000 * 86_400.0
DAYS = 14
SENSORS = ("a", "b", "c", "d", "alone")
ROOMS = {"a": "hall", "b": "hall", "c": "hall", "d": "hall", "alone": None}


def readings(days: int = DAYS) -> list[tuple[str, float, float]]:
    """Every half hour; c drifts by 0.4 K per day after eight days, and b is offline in the last hours."""
    rng = np.random.default_rng(1)
    times = np.arange(days * 48) / 48
    common = 2 * np.sin(2 * np.pi * times) + np.cumsum(rng.normal(0, 0.02, len(times)))
    rows = []
    for day, level in zip(times, common, strict=True):
        for number, sensor in enumerate(SENSORS):
            value = 20 + number + level + rng.normal(0, 0.1)
            if sensor == "c":
                value += 0.4 * max(0.0, day - 8)
            if sensor != "b" or day < DAYS - 0.2:
                rows.append((sensor, START + day * 86_400, round(value, 2)))
    return rows


def analyzer(locations: Locations) -> Analyzer:
    return Analyzer(SensorAnalysis, None, locations)


def drifts(found: list[tuple[str, Anomaly]]) -> list[tuple[str, Anomaly]]:
    return [
        (sensor_id, anomaly)
        for sensor_id, anomaly in found
        if anomaly.kind is AnomalyKind.DRIFT and anomaly.model_version == "neighbours-1"
    ]


@pytest.fixture(scope="module")
def analysed() -> tuple[Locations, list[tuple[str, Anomaly]]]:
    locations = Locations()
    locations.place(ROOMS, START)
    found = analyzer(locations)
    found.add_all(readings())
    return locations, found.take_found()


def test_a_drift_is_found_by_readings_of_neighbours_and_reported_once(
    analysed: tuple[Locations, list[tuple[str, Anomaly]]],
) -> None:
    locations, found = analysed
    assert {sensor_id for sensor_id, _ in drifts(found)} == {"c"}
    assert len({anomaly.started_at for _, anomaly in drifts(found)}) == 1
    assert locations.drift("c") == drifts(found)[-1][1]
    open_drifts = [a for s, a in found if s == "c" and a.kind is AnomalyKind.DRIFT and a.ended_at is None]
    assert len(open_drifts) == 1


def test_an_offline_sensor_has_a_virtual_value(
    analysed: tuple[Locations, list[tuple[str, Anomaly]]],
) -> None:
    locations, _ = analysed
    assert locations.virtual_changed
    [(sensor_id, virtual)] = locations.take_virtual().items()
    assert sensor_id == "b"
    assert virtual.neighbours == ("a", "d")


def test_the_states_continue_and_one_of_another_version_starts_again() -> None:
    rows = readings(days=10)
    whole, first = Locations(), Locations()
    whole.place(ROOMS, START)
    first.place(ROOMS, START)
    one = analyzer(whole)
    one.add_all(rows)
    middle = len(rows) // 2
    two = analyzer(first)
    two.add_all(rows[:middle])

    second = Locations(states=first.changed())
    second.place(ROOMS, START)
    states = {sensor_id: saved.state for sensor_id, saved in two.changed().items()}
    three = Analyzer(partial(SensorAnalysis), states, second)
    three.add_all(rows[middle:])

    assert second.changed() == whole.changed()
    second.saved()
    assert not second.changed()
    assert not Locations(states={"hall": b"\x09\x00"}).changed()


def test_a_sensor_that_is_moved_leaves_its_neighbours(
    analysed: tuple[Locations, list[tuple[str, Anomaly]]],
) -> None:
    locations = analysed[0]
    [(sensor_id, ended)] = locations.place(ROOMS | {"c": "roof"}, START + DAYS * 86_400)
    assert (sensor_id, ended.ended_at) == ("c", START + DAYS * 86_400)
    assert locations.drift("c") is None


def test_a_stored_virtual_value_is_dropped_when_its_sensor_sends_again_or_has_gone() -> None:
    # given what is stored when another process takes over: two sensors were offline, one has left since
    locations = Locations()
    locations.place(ROOMS, START)
    analyzer(locations).add_all(readings())
    stored = locations.take_virtual()
    continued = Locations(None, locations.changed(), stored | {"gone": stored["b"]})
    assert not continued.virtual_changed
    # when it places the sensors
    continued.place(ROOMS, START)
    # then that of the one that has left is dropped
    assert continued.virtual_changed
    assert set(continued.take_virtual()) == {"b"}
    # when the other one sends again
    end = START + DAYS * 86_400
    analyzer(continued).add_all(
        [(name, end + step * 1800, 22.0) for step in range(3) for name in ("a", "b", "c", "d")]
    )
    # then its value is dropped as well
    assert continued.virtual_changed
    assert continued.take_virtual() == {}
