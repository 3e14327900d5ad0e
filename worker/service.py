"""The main loop of the worker: claims jobs, follows their processes, and waits while the database is down."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Any, NamedTuple, Protocol

from db.errors import StoreUnavailable
from db.workflows.worker_store import ClaimedJob
from runtime.errors import ShutdownRequested
from runtime.lifecycle import ShutdownSignal
from runtime.retry import retry
from runtime.version import VERSION
from worker.attempt import Attempt, Limits, Process
from worker.context import Interruption
from worker.store import LeaseStore
from worker.telemetry import WorkerTelemetry

WAIT_SECONDS = 0.5
REPORT_SECONDS = 5.0
# A ticket or the end of a job starts a claim at once; this finds jobs whose tickets are lost, whose delay is
# over, or whose worker is.
POLL_SECONDS = 10.0
# Docker and the native stack leave 10 seconds before they kill the process.
SHUTDOWN_SECONDS = 9.0


class Tickets(Protocol):
    """Messages that wake the worker (worker.tickets implements it)."""

    def waitables(self) -> list[Any]:
        """Return what becomes ready when a ticket arrives."""

    def receive(self) -> int:
        """Return how many tickets have arrived since the last call; they are held until `settle`."""

    def settle(self, claimed: int, *, is_full: bool) -> None:
        """Ack what was received: all, or as many as jobs were claimed if no place is free for more.

        While it is full, other workers get the tickets.
        """


class WorkerOptions(NamedTuple):
    """Who the worker is, what it runs, and after how long without a job it exits (0: never)."""

    name: str
    kinds: Sequence[str]
    jobs: int
    limits: Limits
    connect_timeout_seconds: float = 0
    idle_exit_seconds: float = 0


class WorkerService:
    """Runs jobs until the shutdown. For one thread."""

    def __init__(
        self,
        options: WorkerOptions,
        store: LeaseStore,
        start: Callable[[ClaimedJob], Process],
        tickets: Tickets,
        telemetry: WorkerTelemetry,
        stop: ShutdownSignal,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options, self._store, self._start = options, store, start
        self._tickets, self._telemetry, self._stop, self._clock = tickets, telemetry, stop, clock
        self._attempts: list[Attempt] = []
        self._report_at = self._claim_at = float("-inf")
        self._idle_since: float | None = None

    def run(self) -> None:
        """Run jobs until the shutdown, which a worker that may exit requests itself when it is idle.

        Jobs that are running then are given back.

        Raises:
            StoreUnavailable: When the database was never reached within the time-out.
        """
        with suppress(ShutdownRequested):
            self._await_database(self._options.connect_timeout_seconds)
            while not self._stop.is_set():
                self.step()
                self._wait()
        self._shut_down()

    def step(self) -> None:
        """Do once what is due; after a statement that failed, wait while the database is down.

        Raises:
            ShutdownRequested: When the shutdown is requested while it waits.
        """
        try:
            self._advance()
            self._settle_ended()
            for attempt in self._attempts:
                attempt.renew_if_due(self._store, self._clock())
            if self._clock() >= self._report_at:
                self._report()
            self._claim_if_due()
            self._exit_if_idle()
        except StoreUnavailable as error:
            self._telemetry.database_down(error, 0)
            self._await_database()

    def _exit_if_idle(self) -> None:
        limit, now = self._options.idle_exit_seconds, self._clock()
        if self._attempts or self._idle_since is None:
            self._idle_since = now
        elif limit and now - self._idle_since >= limit:
            self._telemetry.idle(now - self._idle_since)
            self._stop.set()

    def _advance(self) -> None:
        self._telemetry.progress()
        for attempt in self._attempts:
            attempt.advance(self._clock())

    def _settle_ended(self) -> None:
        for attempt in list(self._attempts):
            if outcome := attempt.settle(self._store):
                self._remove(attempt)
                self._telemetry.ended(attempt, outcome, self._clock() - attempt.started_at)

    def _remove(self, attempt: Attempt) -> None:
        self._attempts.remove(attempt)
        attempt.process.close()
        self._claim_at = float("-inf")
        self._telemetry.running(len(self._attempts))

    def _claim_if_due(self) -> None:
        received = self._tickets.receive()
        free = self._options.jobs - len(self._attempts)
        if received or (free and self._clock() >= self._claim_at):
            claimed = self._claim(free)
            self._tickets.settle(claimed, is_full=claimed == free)

    def _claim(self, free: int) -> int:
        claimed = 0
        while claimed < free and not self._stop.is_set():
            options = self._options
            job = self._store.claim(options.name, options.kinds, options.limits.lease)
            if job is None:
                self._claim_at = self._clock() + POLL_SECONDS
                break
            claimed += 1
            self._attempts.append(Attempt(job, self._start(job), options.limits, self._clock()))
            self._telemetry.claimed(job)
            self._telemetry.running(len(self._attempts))
        return claimed

    def _report(self) -> None:
        self._store.report(self._options.name, self._options.kinds, VERSION)
        self._report_at = self._clock() + REPORT_SECONDS
        self._telemetry.database_up()

    def _await_database(self, timeout_seconds: float = 0) -> None:
        attempts = retry(
            sleep=self._sleep,
            on_failure=self._telemetry.database_down,
            max_elapsed_seconds=timeout_seconds,
        )
        attempts(self._report)
        self._claim_at = float("-inf")

    def _sleep(self, seconds: float) -> None:
        """Wait, and follow the processes meanwhile."""
        deadline = self._clock() + seconds
        while (remaining := deadline - self._clock()) > 0:
            self._advance()
            self._stop.sleep(min(remaining, WAIT_SECONDS))

    def _wait(self) -> None:
        """Wait until something happens, or for a short time."""
        waitables = [item for attempt in self._attempts for item in attempt.process.waitables()]
        wait([*self._tickets.waitables(), *waitables], WAIT_SECONDS)

    def _shut_down(self) -> None:
        """Give back every job, and kill those that do not stop; what is not given back, its lease returns."""
        for attempt in self._attempts:
            attempt.interrupt(Interruption.SHUTDOWN, self._clock())
        while self._attempts and self._stop.seconds_since_set() < SHUTDOWN_SECONDS:
            self._advance()
            try:
                self._settle_ended()
            except StoreUnavailable as error:
                self._telemetry.database_down(error, 0)
                break
            self._wait()
        for attempt in self._attempts:
            attempt.process.kill()
