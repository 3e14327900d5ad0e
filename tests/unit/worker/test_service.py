"""The main loop of the worker claims, follows and gives back jobs, whatever happens to the database."""

from collections.abc import Callable

import pytest

from db.errors import StoreUnavailable
from db.workflows.worker_store import ClaimedJob
from runtime.errors import ShutdownRequested
from runtime.health import Health
from runtime.lifecycle import ShutdownSignal
from runtime.version import VERSION
from tests.unit.fake_worker import OUTAGE, FakeJobStore, FakeProcess, FakeTickets, claimed_job
from tests.unit.fakes import FakeClock
from worker import service as service_module
from worker.attempt import Limits
from worker.context import Interruption
from worker.outcome import Outcome
from worker.service import WorkerOptions, WorkerService
from worker.telemetry import BROKER, DATABASE, WorkerTelemetry

OPTIONS = WorkerOptions("worker-1", ("dummy",), jobs=2, limits=Limits(30, 30, 5))


class FakeStop(ShutdownSignal):
    """Its waits take no time, and advance the clock; the shutdown is requested at a time."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock
        self.at = float("inf")

    def wait(self, seconds: float) -> bool:
        self.clock.now += seconds
        if self.clock.now >= self.at:
            self.set()
        return self.is_set()


class Harness:
    """A worker with fakes for everything around it."""

    def __init__(self, options: WorkerOptions = OPTIONS) -> None:
        self.clock = FakeClock()
        self.stop = FakeStop(self.clock)
        self.store = FakeJobStore()
        self.tickets = FakeTickets()
        self.health = Health(BROKER, DATABASE)
        self.processes: list[FakeProcess] = []
        telemetry = WorkerTelemetry(self.health, options.kinds)
        self.service = WorkerService(
            options, self.store, self.start, self.tickets, telemetry, self.stop, self.clock
        )

    def start(self, _job: ClaimedJob) -> FakeProcess:
        self.processes.append(FakeProcess())
        return self.processes[-1]

    def step(self, seconds: float = 1) -> None:
        self.clock.now += seconds
        self.service.step()


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Harness:
    harness = Harness()
    monkeypatch.setattr(service_module, "wait", lambda _waitables, seconds: harness.stop.wait(seconds))
    return harness


def test_it_claims_as_many_jobs_as_may_run(worker: Harness) -> None:
    worker.store.ready.extend(claimed_job() for _ in range(3))
    worker.step()
    assert len(worker.processes) == 2
    assert worker.store.named("claim") == [("worker-1", ("dummy",), 30)] * 2


def test_it_reports_itself_every_five_seconds(worker: Harness) -> None:
    for _ in range(10):
        worker.step()
    assert worker.store.named("report") == [("worker-1", ("dummy",), VERSION)] * 2


def test_without_tickets_it_looks_for_jobs_every_ten_seconds(worker: Harness) -> None:
    for _ in range(21):
        worker.step()
    assert len(worker.store.named("claim")) == 3


def test_a_ticket_starts_a_claim_and_is_acked(worker: Harness) -> None:
    worker.step()
    worker.store.ready.append(claimed_job())
    worker.tickets.held = 1
    worker.step()
    assert len(worker.processes) == 1
    assert worker.tickets.settled == [(0, False), (1, False)]


def test_a_ticket_for_a_job_that_another_worker_has_is_acked(worker: Harness) -> None:
    worker.step()
    worker.tickets.held = 1
    worker.step()
    assert worker.tickets.settled[-1] == (0, False)


def test_a_worker_that_is_full_leaves_tickets_to_others(worker: Harness) -> None:
    worker.store.ready.extend(claimed_job() for _ in range(3))
    worker.step()
    worker.tickets.held = 1
    worker.step()
    assert worker.tickets.settled == [(2, True), (0, True)]


def test_the_end_of_a_job_starts_a_claim(worker: Harness) -> None:
    worker.store.ready.extend(claimed_job() for _ in range(3))
    worker.step()
    worker.processes[0].end(Outcome.SUCCEEDED)
    worker.step()
    assert len(worker.processes) == 3
    assert worker.processes[0].closed


def test_an_outage_of_the_database_loses_nothing(worker: Harness) -> None:
    worker.store.ready.append(claimed_job())
    worker.step()
    worker.processes[0].end(None)
    worker.store.fail_next("fail", OUTAGE)
    worker.store.fail_next("report", OUTAGE, OUTAGE)
    worker.step()
    worker.step()
    assert len(worker.store.named("fail")) == 2
    assert worker.processes[0].closed
    assert not worker.health.problems().get(DATABASE)


def test_an_outage_while_it_claims_keeps_the_tickets(worker: Harness) -> None:
    worker.step()
    worker.tickets.held = 1
    worker.store.fail_next("claim", OUTAGE)
    worker.step()
    assert worker.tickets.held == 1
    worker.step()
    assert worker.tickets.settled[-1] == (0, False)


def test_while_the_database_is_down_stalled_jobs_are_killed(worker: Harness) -> None:
    worker.store.ready.append(claimed_job())
    worker.step()
    worker.store.fail_next("renew", OUTAGE)
    worker.store.fail_next("report", *[OUTAGE] * 12)
    worker.step(6)
    assert worker.processes[0].received == [Interruption.LEASE_LOST, "SIGTERM", "SIGKILL"]


def test_a_shutdown_ends_the_wait_for_the_database(worker: Harness) -> None:
    worker.store.fail_next("report", *[OUTAGE] * 100)
    worker.stop.at = worker.clock.now + 60
    with pytest.raises(ShutdownRequested):
        worker.step()


def test_a_database_that_is_never_reached_ends_the_process() -> None:
    worker = Harness(OPTIONS._replace(connect_timeout_seconds=0.001))
    worker.store.fail_next("report", *[OUTAGE] * 100)
    with pytest.raises(StoreUnavailable):
        worker.service.run()


def run_until_shutdown(worker: Harness, on_interrupt: Callable[[FakeProcess], None]) -> None:
    """Run a worker with a job, request the shutdown 3 seconds later, and let the job react to it."""
    worker.store.ready.append(claimed_job())
    worker.stop.at = worker.clock.now + 3
    start = worker.start

    def start_and_react(job: ClaimedJob) -> FakeProcess:
        process = start(job)
        process.on_interrupt = lambda _: on_interrupt(process)
        return process

    worker.service._start = start_and_react
    worker.service.run()


def test_at_the_shutdown_jobs_give_themselves_back(worker: Harness) -> None:
    run_until_shutdown(worker, lambda process: process.end(Outcome.RELEASED))
    assert worker.processes[0].received == [Interruption.SHUTDOWN]
    assert not worker.store.named("release")
    assert worker.processes[0].closed


def test_at_the_shutdown_a_job_that_does_not_stop_is_killed_and_given_back(worker: Harness) -> None:
    run_until_shutdown(worker, lambda _: None)
    assert worker.processes[0].received == [Interruption.SHUTDOWN, "SIGTERM", "SIGKILL"]
    assert worker.store.named("release") == [("shutdown",)]


def test_at_the_shutdown_a_database_that_is_down_is_not_awaited(worker: Harness) -> None:
    worker.store.fail_next("release", OUTAGE)
    run_until_shutdown(worker, lambda process: process.end(None))
    assert worker.processes[0].received == [Interruption.SHUTDOWN, "SIGKILL"]


def test_no_job_is_claimed_after_the_shutdown_was_requested(worker: Harness) -> None:
    worker.store.ready.append(claimed_job())
    worker.stop.set()
    worker.step()
    assert not worker.processes


def test_a_worker_that_may_exit_does_so_after_a_time_without_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Harness(OPTIONS._replace(idle_exit_seconds=60))
    monkeypatch.setattr(service_module, "wait", lambda _waitables, seconds: worker.stop.wait(seconds))
    # given a job that takes longer than that
    worker.store.ready.append(claimed_job())
    worker.step()
    for _ in range(100):
        worker.processes[0].reports = 1
        worker.step()
    assert not worker.stop.is_set()
    # when it has ended
    worker.processes[0].end(Outcome.SUCCEEDED)
    ended_at = worker.clock.now
    worker.service.run()
    # then the worker exits when it has waited long enough for another
    assert 60 <= worker.clock.now - ended_at < 65
