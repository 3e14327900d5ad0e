"""The loop of the analysis: waiting for the lock of the process that analyses."""

from typing import Any

import pytest

from analysis.service import AnalysisService
from analysis.telemetry import AnalysisTelemetry
from db.errors import StoreUnavailable
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
