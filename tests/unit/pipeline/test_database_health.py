"""The health check of the database, at the start and between messages."""

import pytest

from db.errors import StoreUnavailable
from pipeline.database_health import DatabaseHealthCheck
from pipeline.telemetry import PipelineTelemetry
from runtime.errors import ShutdownRequested
from runtime.lifecycle import ShutdownSignal
from tests.unit.fakes import EventRecorder, FakeStore

DATABASE_DOWN = StoreUnavailable("Connection refused")


def health_check(*errors: Exception) -> tuple[DatabaseHealthCheck, FakeStore, EventRecorder]:
    store, events = FakeStore(*errors), EventRecorder(PipelineTelemetry)
    return DatabaseHealthCheck(store, events), store, events  # type: ignore[arg-type]


@pytest.mark.usefixtures("quick_retries")
def test_the_start_waits_for_the_database() -> None:
    check, store, events = health_check(DATABASE_DOWN, DATABASE_DOWN)

    check.wait(ShutdownSignal(), timeout_seconds=0)

    assert store.checks == 3
    assert events.names == ["dependency_down", "dependency_down", "database_up"]
    assert len(events.calls_to("progress")) == 2


@pytest.mark.usefixtures("quick_retries")
def test_the_wait_for_the_database_ends_at_the_time_out() -> None:
    check, _, events = health_check(*[DATABASE_DOWN] * 10_000)

    with pytest.raises(StoreUnavailable, match="Connection refused"):
        check.wait(ShutdownSignal(), timeout_seconds=0.05)

    assert "database_up" not in events.names


def test_a_shutdown_request_ends_the_wait_for_the_database() -> None:
    check, _, _ = health_check(*[DATABASE_DOWN] * 10_000)
    stop = ShutdownSignal()
    stop.set()

    with pytest.raises(ShutdownRequested):
        check.wait(stop, timeout_seconds=0)


@pytest.mark.parametrize(
    ("seconds", "checks"),
    [pytest.param(0.0, 3, id="interval over"), pytest.param(60.0, 1, id="within the interval")],
)
def test_while_idle_the_database_is_checked_at_intervals(
    monkeypatch: pytest.MonkeyPatch, seconds: float, checks: int
) -> None:
    check, store, _ = health_check()
    check.wait(ShutdownSignal(), timeout_seconds=0)
    store.checks = 1
    monkeypatch.setattr("pipeline.database_health.CHECK_SECONDS", seconds)

    check.when_idle()
    check.when_idle()

    assert store.checks == checks


def test_the_start_and_the_end_of_an_outage_while_idle_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.database_health.CHECK_SECONDS", 0)
    check, _, events = health_check(DATABASE_DOWN)

    check.when_idle()
    check.when_idle()

    assert events.names == ["dependency_down", "database_up"]
