"""Account for every published reading while the system runs: stored, dead, in flight or lost.

A run numbers its readings from 1, so a number below the run's highest that is not in the table is missing.
Messages in the queue cannot be inspected without consuming them. Therefore missing readings are looked up in
the dead-letter queue, and again in both places once every message that was in the queue at the start has left
it (DrainEstimator in messaging/management/queue_stats.py determines that). A reading that is missing even
then is lost. Until then it may be in flight; at most as many are in flight as are still in the queue.

Readings that workflows fetched have no sequence numbers. Of each workflow, their number is compared.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.queries.fetched import read_fetched
from db.queries.sequences import Sequences
from messaging.dead_letters.dead_letter import Origin
from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.management.admin import queue_depth
from messaging.management.client import Management
from messaging.management.queue_stats import DrainEstimator, QueueStats, read_queue_stats
from messaging.topology import Topology
from sensorctl.reconcile.balance import Balance
from sensorctl.reconcile.fetched import FetchedBalance, balance_fetched, count_dead
from sensorctl.settings import OperatorSettings

POLL_INTERVAL_SECONDS = 1.0


@dataclass(frozen=True)
class Reconciliation:
    """The balance, the queue's figures, and an upper bound of the missing readings that are in flight.

    `in_flight` is None if it could not be determined in time. `fetched` are the workflows that fetched
    readings.
    """

    balance: Balance
    queue: QueueStats
    in_flight: int | None
    fetched: Sequence[FetchedBalance] = ()

    @property
    def missing(self) -> int:
        """Return the number of readings that were found nowhere."""
        return self.balance.missing + self.not_found

    @property
    def not_found(self) -> int:
        """Return the number of fetched readings that were found nowhere."""
        return sum(each.not_found for each in self.fetched)

    @property
    def lost(self) -> int:
        """Return the number of readings that are certainly lost."""
        if self.in_flight is None:
            return 0
        # The bound holds for both together; without more knowledge, it is that of each.
        return max(0, self.balance.missing - self.in_flight)

    @property
    def unexplained(self) -> int:
        """Return the number of fetched readings that are certainly not stored under their workflow's ID."""
        return 0 if self.in_flight is None else max(0, self.not_found - self.in_flight)

    @property
    def balanced(self) -> bool:
        """Return whether every published reading is accounted for."""
        if self.missing == 0:
            return True
        return self.in_flight is not None and self.lost == self.unexplained == 0


def run_reconciliation(
    settings: OperatorSettings,
    *,
    since: datetime | None = None,
    wait_seconds: float,
    on_missing: Callable[[int], None],
) -> Reconciliation:
    """Reconcile, waiting at most `wait_seconds` for missing readings; report their number to `on_missing`.

    Raises:
        StoreUnavailable: When the database is unavailable.
        BrokerUnavailable: When the broker or its management API is unavailable.
    """
    with closing(Sequences(settings)) as sequences:
        retained_since = sequences.retained_since()
        balance = Balance(sequences.runs(since), retained_since)
        dead = _dead_letters(settings, since)
        balance.extend_with_dead(dead.origins, whole_runs=since is None)
        balance.acknowledge(sequences.acknowledged())
        _resolve_stored(balance, sequences)

        def read_balances(dead: "_DeadLetters") -> list[FetchedBalance]:
            return balance_fetched(read_fetched(settings, since, retained_since), dead.imports)

        result = Reconciliation(balance, _read_queue(settings), None, read_balances(dead))
        return _await_missing(settings, result, sequences, wait_seconds, on_missing, read_balances)


def acknowledge_losses(settings: OperatorSettings, result: Reconciliation, reason: str) -> int:
    """Record the missing readings as known losses, and return their number.

    Raises:
        StoreUnavailable: When the database is unavailable.
    """
    with closing(Sequences(settings)) as sequences:
        for run in result.balance.runs.values():
            sequences.acknowledge(run.key, run.missing, reason)
    return result.balance.missing


def _await_missing(
    settings: OperatorSettings,
    result: Reconciliation,
    sequences: Sequences,
    wait_seconds: float,
    on_missing: Callable[[int], None],
    read_balances: Callable[["_DeadLetters"], Sequence[FetchedBalance]],
) -> Reconciliation:
    estimator, deadline = DrainEstimator(), time.monotonic() + wait_seconds
    balance, queue, in_flight = result.balance, result.queue, result.in_flight
    while result.missing and in_flight != 0 and time.monotonic() < deadline:
        on_missing(result.missing)
        started_at = time.monotonic()
        time.sleep(POLL_INTERVAL_SECONDS)
        queue = _read_queue(settings)
        in_flight = estimator.update(queue, queue_depth(settings))
        _resolve_stored(balance, sequences)
        # Pause for as long as the queries took, so that a large table is not scanned without a break.
        time.sleep(max(0.0, time.monotonic() - started_at - POLL_INTERVAL_SECONDS))
    if not result.missing:
        return result
    dead = _dead_letters(settings, None)
    balance.resolve_dead(dead.origins)
    _resolve_stored(balance, sequences)
    return Reconciliation(balance, queue, in_flight, read_balances(dead))


def _read_queue(settings: OperatorSettings) -> QueueStats:
    """Return the figures of the queue."""
    return read_queue_stats(Management(settings), Topology(settings.queue_name))


def _resolve_stored(balance: Balance, sequences: Sequences) -> None:
    if run_ids := balance.incomplete_run_ids():
        balance.resolve_stored(sequences.runs_by_id(run_ids))


@dataclass(frozen=True)
class _DeadLetters:
    """What dead letters say about where they are from."""

    origins: set[Origin]
    imports: Mapping[UUID, int]


def _dead_letters(settings: OperatorSettings, since: datetime | None) -> _DeadLetters:
    """Return those that were dead-lettered after `since` or at an unknown time."""
    with open_dead_letter_queue(settings) as queue:
        letters = [
            (letter.origin, letter.import_id)
            for letter in queue.peek()
            if since is None or letter.dead_at is None or letter.dead_at > since
        ]
    return _DeadLetters({origin for origin, _ in letters if origin}, count_dead(each for _, each in letters))
