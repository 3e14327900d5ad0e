"""Where every reading is: published = stored + dead + in the queue + in flight, while the system runs.

What can be known: a run numbers its readings from 1, so that a number below the run's highest that is
not in the table is missing. Messages in the queue cannot be looked at without taking them. So what was
missing at one moment is looked for in the dead queue, and then again in both places once every message
that was in the queue at that moment has left it (messaging.flow.Passage says how that is known). What is
missing even then is lost. Until then it may be on its way: at most as many as are still in the queue.
"""

import time
from collections.abc import Callable
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

POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Reconciliation:
    """The books, the queue's numbers, and how much of what is missing may be on its way.

    `on_the_way` is None when that could not be known in the time that was given.
    """

    balance: Balance
    flow: QueueStats
    on_the_way: int | None

    @property
    def lost(self) -> int:
        """So many readings at least are nowhere."""
        return 0 if self.on_the_way is None else max(0, self.balance.missing - self.on_the_way)

    @property
    def balanced(self) -> bool:
        """Whether every reading that was published is accounted for."""
        return self.balance.missing == 0 or (self.on_the_way is not None and self.lost == 0)


def reconcile(
    settings: OperatorSettings,
    *,
    since: datetime | None = None,
    wait_seconds: float,
    tell: Callable[[int], None],
) -> Reconciliation:
    """Balance the books, waiting at most `wait_seconds` for what is missing; `tell` hears how much that is.

    Raises StoreUnavailable and BrokerUnavailable.
    """
    sequences = Sequences(settings)
    try:
        books = Balance(sequences.runs(since))
        books.add_dead(_dead(settings, since), whole_runs=since is None)
        _look_again(books, sequences)
        return _wait(settings, books, sequences, wait_seconds, tell)
    finally:
        sequences.close()


def _wait(
    settings: OperatorSettings,
    books: Balance,
    sequences: Sequences,
    wait_seconds: float,
    tell: Callable[[int], None],
) -> Reconciliation:
    management, topology = Management(settings), Topology(settings.queue_name)
    passage, deadline = DrainEstimator(), time.monotonic() + wait_seconds
    flow, on_the_way = read_queue_stats(management, topology), None
    while books.missing and on_the_way != 0 and time.monotonic() < deadline:
        tell(books.missing)
        began = time.monotonic()
        time.sleep(POLL_SECONDS)
        flow = read_queue_stats(management, topology)
        on_the_way = passage.update(flow, queue_depth(settings))
        _look_again(books, sequences)
        # A large table is not read all the time.
        time.sleep(max(0.0, time.monotonic() - began - POLL_SECONDS))
    if books.missing:
        books.find_dead(_dead(settings, None))
        _look_again(books, sequences)
    return Reconciliation(books, flow, on_the_way)


def _look_again(books: Balance, sequences: Sequences) -> None:
    if runs := books.missing_runs():
        books.find_stored(sequences.runs_by_id(runs))


def _dead(settings: OperatorSettings, since: datetime | None) -> set[Origin]:
    """What the dead messages were; with `since`, those that died after it or do not say when."""
    with open_dead_letter_queue(settings) as queue:
        return {
            message.origin
            for message in queue.peek()
            if message.origin and (since is None or message.dead_at is None or message.dead_at > since)
        }
