"""Account for every published reading while the system runs: stored, dead, in flight or lost.

A run numbers its readings from 1, so a number below the run's highest that is not in the table is missing.
Messages in the queue cannot be inspected without consuming them. Therefore missing readings are looked up in
the dead-letter queue, and again in both places once every message that was in the queue at the start has left
it (DrainEstimator in messaging/management/queue_stats.py determines that). A reading that is missing even
then is lost. Until then it may be in flight; at most as many are in flight as are still in the queue.
"""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from db.queries.sequences import Sequences
from messaging.dead_letters.dead_letter import Origin
from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.management.admin import queue_depth
from messaging.management.client import Management
from messaging.management.queue_stats import DrainEstimator, QueueStats, read_queue_stats
from messaging.topology import Topology
from sensorctl.reconcile.balance import Balance
from sensorctl.settings import OperatorSettings

POLL_INTERVAL_SECONDS = 1.0


@dataclass(frozen=True)
class Reconciliation:
    """The balance, the queue's figures, and an upper bound of the missing readings that are in flight.

    `in_flight` is None if it could not be determined in time.
    """

    balance: Balance
    queue: QueueStats
    in_flight: int | None

    @property
    def lost(self) -> int:
        """Return the number of readings that are certainly lost."""
        return 0 if self.in_flight is None else max(0, self.balance.missing - self.in_flight)

    @property
    def balanced(self) -> bool:
        """Return whether every published reading is accounted for."""
        return self.balance.missing == 0 or (self.in_flight is not None and self.lost == 0)


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
        balance = Balance(sequences.runs(since), sequences.retained_since())
        balance.extend_with_dead(_dead_origins(settings, since), whole_runs=since is None)
        balance.acknowledge(sequences.acknowledged())
        _resolve_stored(balance, sequences)
        return _await_missing(settings, balance, sequences, wait_seconds, on_missing)


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
    balance: Balance,
    sequences: Sequences,
    wait_seconds: float,
    on_missing: Callable[[int], None],
) -> Reconciliation:
    management, topology = Management(settings), Topology(settings.queue_name)
    estimator, deadline = DrainEstimator(), time.monotonic() + wait_seconds
    queue, in_flight = read_queue_stats(management, topology), None
    while balance.missing and in_flight != 0 and time.monotonic() < deadline:
        on_missing(balance.missing)
        started_at = time.monotonic()
        time.sleep(POLL_INTERVAL_SECONDS)
        queue = read_queue_stats(management, topology)
        in_flight = estimator.update(queue, queue_depth(settings))
        _resolve_stored(balance, sequences)
        # Pause for as long as the queries took, so that a large table is not scanned without a break.
        time.sleep(max(0.0, time.monotonic() - started_at - POLL_INTERVAL_SECONDS))
    if balance.missing:
        balance.resolve_dead(_dead_origins(settings, None))
        _resolve_stored(balance, sequences)
    return Reconciliation(balance, queue, in_flight)


def _resolve_stored(balance: Balance, sequences: Sequences) -> None:
    if run_ids := balance.incomplete_run_ids():
        balance.resolve_stored(sequences.runs_by_id(run_ids))


def _dead_origins(settings: OperatorSettings, since: datetime | None) -> set[Origin]:
    """Return the origins of the dead letters that were dead-lettered after `since` or at an unknown time."""
    with open_dead_letter_queue(settings) as queue:
        return {
            letter.origin
            for letter in queue.peek()
            if letter.origin and (since is None or letter.dead_at is None or letter.dead_at > since)
        }
