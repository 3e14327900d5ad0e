"""The parts of the main loop that need no database."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analysis import lock_keeping, rebuilding
from analysis.analyzer import Analyzer
from analysis.anomaly import Anomaly, AnomalyKind
from analysis.lag import LagMeter
from analysis.rebuilding import Rebuilding, Row
from limits.model import Reading

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)


class Memory:
    """A sensor's analysis that remembers each reading, and reports those above 100 °C."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.open: tuple[Anomaly, ...] = ()

    @property
    def last_at(self) -> float | None:
        return self.readings[-1].measured_at if self.readings else None

    forecaster = None

    @property
    def closed(self) -> tuple[()]:
        return ()

    def add(self, reading: Reading) -> list[Anomaly]:
        self.readings.append(reading)
        return [anomaly(reading)] if reading.temperature > 100 else []

    def state(self) -> bytes:
        return repr([tuple(reading) for reading in self.readings]).encode()

    def restore(self, stored: bytes) -> None:
        if not stored:
            raise ValueError("the state is incomplete")
        self.readings = [Reading(0, float(stored))]


def anomaly(reading: Reading) -> Anomaly:
    at, observed = reading
    return Anomaly(
        kind=AnomalyKind.SPIKE, started_at=at, ended_at=None, detected_at=at, score=2, observed=observed,
        expected=20, lower=19, upper=21, model_version="x", reason="high",
    )  # fmt: skip


class Stored:
    """Stored readings: the transaction, and the reading."""

    def __init__(self, rows: Iterable[tuple[int, Row]]) -> None:
        self.rows = list(rows)
        self.read: list[list[Row]] = []
        self.statements = 0

    def keep_lock(self) -> None:
        self.statements += 1

    def read_history(
        self, window: tuple[float, float], until_xid: int, sensors: Collection[str], most: int
    ) -> list[Row]:
        since, until = window
        found = [row for xid, row in self.rows if since <= row[1] < until and xid < until_xid]
        self.read.append(sorted((row for row in found if row[0] in sensors), key=lambda row: row[1])[:most])
        return self.read[-1]

    def read_recent(self, old_before: datetime, xids: tuple[int, int], sensors: Collection[str]) -> list[Row]:
        assert old_before == MIDNIGHT
        return [row for xid, row in self.rows if xids[0] <= xid < xids[1] and row[0] in sensors]

    def next_measured(self, since: float) -> float | None:
        return min((row[1] for _, row in self.rows if row[1] >= since), default=None)


def test_a_late_reading_is_left_out_and_counted() -> None:
    analyzer = Analyzer(Memory)
    added = analyzer.add_all([("a", 1.0, 20.0), ("a", 3.0, 21.0), ("a", 2.0, 22.0), ("b", 2.0, 23.0)])
    assert (added.readings, added.late) == (3, 1)
    assert analyzer.last_at("a") == 3.0
    assert analyzer.last_at("c") is None


def test_an_incident_is_returned_once_as_it_is_now() -> None:
    analyzer = Analyzer(Memory)
    analyzer.add_all([("a", 1.0, 101.0), ("a", 2.0, 20.0), ("b", 1.0, 102.0)])
    assert [(name, found.observed) for name, found in analyzer.take_found()] == [("a", 101), ("b", 102)]
    assert analyzer.take_found() == []


def test_a_state_is_restored_when_a_reading_arrives_and_one_that_is_unusable_starts_again() -> None:
    analyzer = Analyzer(Memory, {"a": b"20", "b": b"", "c": b"20"})
    analyzer.add_all([("a", 1.0, 21.0), ("b", 1.0, 22.0)])
    changed = analyzer.changed()
    assert {name: each.state for name, each in changed.items()} == {
        "a": b"[(0, 20.0), (1.0, 21.0)]",
        "b": b"[(1.0, 22.0)]",
    }
    assert analyzer.unusable == {"b": "the state is incomplete"}
    assert analyzer.sensors == 3
    analyzer.saved()
    assert analyzer.changed() == {}


def test_a_rebuild_reads_the_history_in_order_and_then_what_was_stored_since() -> None:
    # given readings that were stored out of order, with years between them, and some after the start
    year = 365 * 86_400.0
    stored = Stored(
        [
            (7, ("a", 3 * year, 3.0)),
            (8, ("a", 1.0, 1.0)),
            (8, ("b", 2.0, 9.0)),
            (9, ("a", 2.0, 2.0)),
            (10, ("a", 3 * year + 5, 5.0)),
            (11, ("a", 3 * year + 4, 4.0)),  # late
            (12, ("a", 3 * year + 6, 6.0)),
        ]
    )
    rebuilding = Rebuilding(Memory, {"a": float("-inf"), "b": 3.0}, [1], 10, MIDNIGHT)
    # when it is at the position 12, and then at 13
    assert rebuilding.step(stored, 12, 60)
    assert rebuilding.step(stored, 13, 60)
    # then it has read them in this order, without those before the time from which on it was requested
    learned = rebuilding.analyzer.take("a")
    assert isinstance(learned, Memory)
    assert [each.temperature for each in learned.readings] == [1.0, 2.0, 3.0, 5.0, 6.0]
    assert rebuilding.analyzer.take("b") is None


def test_a_rebuild_of_a_sensor_without_readings_ends() -> None:
    rebuilding = Rebuilding(Memory, {"a": float("-inf")}, [1], 10, MIDNIGHT)
    assert rebuilding.step(Stored([]), 10, 60)
    assert Rebuilding(Memory, {}, [1], 10, MIDNIGHT).step(Stored([]), 10, 60)


def test_a_step_of_a_rebuild_is_bounded() -> None:
    stored = Stored((1, ("a", float(number * 86_400), 1.0)) for number in range(5))
    rebuilding = Rebuilding(Memory, {"a": float("-inf")}, [1], 10, MIDNIGHT)
    steps = 1
    while not rebuilding.step(stored, 10, 0):
        steps += 1
    assert steps > len(stored.rows)
    assert rebuilding.readings == len(stored.rows)


def test_a_rebuild_reads_a_dense_history_in_parts_and_keeps_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    # given many readings within a window, five of them at one moment
    monkeypatch.setattr(rebuilding, "MANY_READINGS", 3)
    monkeypatch.setattr(lock_keeping, "SECONDS_PER_STATEMENT", 0.0)
    times = [0.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 3.0, 4.0]
    stored = Stored((1, (f"s{number}", at, 20.0)) for number, at in enumerate(times))
    learned = Rebuilding(Memory, {f"s{number}": 0.0 for number in range(9)}, [1], 10, MIDNIGHT)
    # when it is read
    assert learned.step(stored, 10, 60)
    # then never more at once than that moment has, each once, and statements keep the lock meanwhile
    assert max(map(len, stored.read)) <= 6
    assert learned.readings == len(times)
    assert all(learned.analyzer.last_at(f"s{number}") == at for number, at in enumerate(times))
    assert stored.statements == len(times)


def test_the_lag_is_since_the_first_transaction_that_is_not_read() -> None:
    lag = LagMeter(100, 0.0)
    assert lag.update(100, 100, 10.0) is None
    assert lag.update(110, 120, 20.0) == 20.0
    assert lag.update(110, 130, 30.0) == 20.0
    assert lag.update(125, 130, 40.0) == 30.0
    assert lag.update(130, 130, 50.0) is None


def test_after_a_restart_the_lag_is_since_the_last_checkpoint() -> None:
    lag = LagMeter(100, 7.0)
    assert lag.update(100, 500, 20.0) == pytest.approx(7.0)
    assert lag.update(400, 500, 21.0) == 20.0


def drift(found_at: float, ended_at: float | None = None) -> Anomaly:
    return replace(
        anomaly(Reading(found_at, 101.0)), kind=AnomalyKind.DRIFT, started_at=5.0, ended_at=ended_at
    )


def test_a_drift_that_was_reported_ends_also_if_the_sensor_has_found_an_earlier_one_since() -> None:
    # given a drift against the neighbours that is reported, before a restart or not
    analyzer = Analyzer(Memory)
    analyzer.add_drifts([("a", drift(10.0))])
    continued = Analyzer(Memory, drifts=[("a", 5.0)])
    for each in (analyzer, continued):
        each.take_found()
        # when the sensor is learned again, which finds that it drifted before, and then the drift ends
        learned = Memory()
        learned.open = (drift(9.0),)
        each.replace("a", learned)
        each.add_drifts([("a", drift(10.0, ended_at=20.0))])
        # then that is reported
        assert [found.ended_at for _, found in each.take_found()] == [20.0]
        # and another one is still the same incident as that of the sensor
        each.add_drifts([("a", replace(drift(30.0), started_at=25.0))])
        assert each.take_found() == []
