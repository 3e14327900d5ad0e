"""Probes of the broker: the statistics of the queue and the oldest dead letter."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, NamedTuple

from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.errors import BrokerRefused
from messaging.management.client import Management
from messaging.management.limits import drops_by_age_or_length
from messaging.settings import BrokerSettings
from messaging.topology import Topology
from monitoring.backlog import HISTORY_PARAMETERS, oldest_wait
from monitoring.model import Queue
from monitoring.probes import ProbePool, wait_for_result
from runtime.text import escape_unprintable

TIMEOUT_SECONDS = 1.5
# How long another client may hold the oldest dead letters until they are read again.
RETRY_SECONDS = 5.0
# The broker takes up to a tenth of a second for the history, which changes every five seconds.
HISTORY_INTERVAL_SECONDS = 5.0


class OldestDeadLetter(NamedTuple):
    """The first message of the dead-letter queue: when it was dead-lettered, and why."""

    dead_at: datetime | None
    reason: str
    detail: str


class QueueProbe:
    """Reads the queue's statistics from the management API. Not thread-safe."""

    def __init__(self, settings: BrokerSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._topology = Topology(settings.queue_name)
        self._management = Management(settings, TIMEOUT_SECONDS)
        self._clock = clock
        self._oldest_enqueued_at: datetime | None = None
        self._history_read_at: float | None = None

    def __call__(self) -> Queue | None:
        """Return the statistics, up to five seconds old; None if the queue does not exist.

        Raises:
            ManagementUnavailable: When the management API does not answer.
        """
        queue = self._management.queue(self._topology.queue)
        if queue is None:
            return None
        dead = self._management.queue(self._topology.dead_queue) or {}
        prefetches = [consumer.get("prefetch_count", 0) for consumer in queue.get("consumer_details", [])]
        return Queue(
            name=self._topology.queue,
            ready=queue.get("messages_ready", 0),
            unacked=queue.get("messages_unacknowledged", 0),
            dead_letters=dead.get("messages", 0),
            consumers=queue.get("consumers", 0),
            publish_rate=_rate(queue, "publish"),
            ack_rate=_rate(queue, "ack"),
            max_prefetch=max(prefetches, default=None),
            oldest_enqueued_at=self._read_oldest() if queue.get("messages_ready") else None,
            drops=[
                f"{name}: {reason}"
                for name, state in ((self._topology.queue, queue), (self._topology.dead_queue, dead))
                for reason in drops_by_age_or_length(state, dead_letter_queue=self._topology.dead_queue)
            ],
        )

    def _read_oldest(self) -> datetime | None:
        """Return when the oldest ready message entered the queue."""
        now = self._clock()
        if self._history_read_at is None or now - self._history_read_at >= HISTORY_INTERVAL_SECONDS:
            wait = oldest_wait(self._management.queue(self._topology.queue, HISTORY_PARAMETERS) or {})
            self._oldest_enqueued_at = None if wait is None else datetime.now(UTC) - wait
            self._history_read_at = now
        return self._oldest_enqueued_at


def _rate(queue: dict[str, Any], event: str) -> float:
    return float(queue.get("message_stats", {}).get(f"{event}_details", {}).get("rate", 0.0))


def read_oldest_dead_letter(settings: BrokerSettings, dead_letters: int) -> OldestDeadLetter | None:
    """Read the first of so many messages in the dead-letter queue and requeue it.

    Returns None if there is none, or if another client holds some, perhaps the first.

    Raises:
        BrokerUnavailable: When the broker cannot be reached.
    """
    with open_dead_letter_queue(settings, max_batch=1) as queue:
        for message in queue.peek(1) if queue.depth >= dead_letters else ():
            return OldestDeadLetter(
                message.dead_at, escape_unprintable(message.reason), escape_unprintable(message.detail)
            )
    return None


class OldestDeadLetterProbe:
    """Remembers the oldest dead letter, and reads it again only if it may have changed.

    Reading takes the message for a moment and requeues it, which a quorum queue counts as a delivery, so it
    is not done in each collection.
    """

    def __init__(
        self, settings: BrokerSettings, pool: ProbePool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings, self._pool, self._clock = settings, pool, clock
        self._future: Future[OldestDeadLetter | None] | None = None
        self._oldest: OldestDeadLetter | None = None
        self._dead_letters = 0
        self._retry_at: float | None = None

    def __call__(self, dead_letters: int, deadline: float) -> OldestDeadLetter | None:
        """Return it, given how many dead letters there are; None if it is not known by the deadline.

        While another client holds messages, the oldest one that was read before is returned.
        """
        if dead_letters == 0:
            self._future = self._oldest = self._retry_at = None
        elif dead_letters < self._dead_letters or self._is_due():
            self._retry_at = None
            self._future = self._pool.start(
                "dead letters", lambda: read_oldest_dead_letter(self._settings, dead_letters)
            )
        self._dead_letters = dead_letters
        if self._future and (found := wait_for_result(self._future, deadline).value):
            self._oldest = found
        elif self._retry_at is None and self._may_be_read_later():
            self._retry_at = self._clock() + RETRY_SECONDS
        return self._oldest

    def _may_be_read_later(self) -> bool:
        """Return whether the last attempt ended, and not because this user may not read, as the alerter."""
        if self._future is None or not self._future.done():
            return False
        return not isinstance(self._future.exception(), BrokerRefused)

    def _is_due(self) -> bool:
        return self._future is None or (self._retry_at is not None and self._clock() >= self._retry_at)
