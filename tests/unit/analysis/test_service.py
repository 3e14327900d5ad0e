"""The loop of the analysis: waiting for the lock of the process that analyses."""

from datetime import UTC, datetime
from typing import Any

import pytest

from analysis.service import AnalysisService
from analysis.telemetry import AnalysisTelemetry
from db.analysis.store import Saved
from db.analysis.stored import SavedPosition
from db.errors import StoreUnavailable
from db.feed import Position
from runtime.errors import ShutdownRequested
from runtime.lifecycle import ShutdownSignal
from tests.unit.fakes import EventRecorder

DOWN = StoreUnavailable("Connection refused")


class FakeLock:
    """A store whose attempts to take the lock have these outcomes, and then request the shutdown."""

    def __init__(self, stop: ShutdownSignal, *outcomes: bool | StoreUnavailable) -> None:
        self.stop, self.outcomes = stop, list(outcomes)

    def lock(self) -> bool:
        outcome = self.outcomes.pop(0)
        if not self.outcomes:
            self.stop.set()
        if isinstance(outcome, StoreUnavailable):
            raise outcome
        return outcome


class FakeStates:
    """A store that has the lock, and whose states are none yet."""

    def lock(self) -> bool:
        return True

    def load(self) -> Saved:
        return Saved(SavedPosition(Position(0, 0, datetime.min.replace(tzinfo=UTC)), 0.0), {}, {}, [], [])


def run(*outcomes: bool | StoreUnavailable) -> EventRecorder:
    stop, events = ShutdownSignal(), EventRecorder(AnalysisTelemetry)
    store: Any = FakeLock(stop, *outcomes)
    service = AnalysisService(store, lambda: None, events, stop, connect_timeout_seconds=0.001)  # type: ignore[arg-type,return-value]
    with pytest.raises(ShutdownRequested):
        service.run()
    return events


@pytest.mark.usefixtures("quick_retries")
def test_an_outage_longer_than_the_connect_time_out_does_not_end_a_standby(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("analysis.service.STANDBY_SECONDS", 0)

    events = run(False, DOWN, DOWN, DOWN, False)

    assert events.names == ["standing_by", *["database_down"] * 3, "standing_by"]


@pytest.mark.usefixtures("quick_retries")
def test_a_database_that_is_never_reached_ends_the_process_after_the_connect_time_out() -> None:
    with pytest.raises(StoreUnavailable):
        run(*[DOWN] * 1_000)


@pytest.mark.usefixtures("quick_retries")
def test_a_database_that_permits_no_step_is_tried_with_growing_delays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a database from which states can be loaded, and that is frozen or locked for what a step does
    stop, events = ShutdownSignal(), EventRecorder(AnalysisTelemetry)
    outcomes: list[StoreUnavailable | None] = [DOWN, DOWN, DOWN, None]

    class FakeFollowing:
        def __init__(self, *_: Any, **_options: Any) -> None: ...

        def step(self) -> bool:
            if error := outcomes.pop(0):
                raise error
            stop.set()
            return False

        def checkpoint(self) -> None: ...

    monkeypatch.setattr("analysis.service.Following", FakeFollowing)
    monkeypatch.setattr("runtime.retry.MAX_JITTER_SECONDS", 0)
    store: Any = FakeStates()
    AnalysisService(store, lambda: None, events, stop).run()  # type: ignore[arg-type,return-value]

    first, second, third = (retry_seconds for _, retry_seconds in events.calls_to("database_down"))
    assert 0 < first < second < third
    assert events.names == [*["database_down"] * 3, "analysing"]
