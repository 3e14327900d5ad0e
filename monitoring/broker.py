"""What the broker says of the queue and of its dead queue."""

from concurrent.futures import Future
from datetime import datetime
from typing import Any, NamedTuple

from messaging.dead_letters.queue import visit
from messaging.management.client import Management
from messaging.settings import BrokerSettings
from messaging.topology import Topology
from monitoring.model import Queue
from monitoring.probes import ProbePool, known
from runtime.text import escape_unprintable

TIMEOUT_SECONDS = 1.5


class OldestDead(NamedTuple):
    """The message that is first in the dead queue: when it died, and why."""

    dead_at: datetime | None
    reason: str
    detail: str


class QueueFigures:
    """The queue's figures by the management API. For one thread at a time."""

    def __init__(self, settings: BrokerSettings) -> None:
        self._topology = Topology(settings.queue_name)
        self._management = Management(settings, TIMEOUT_SECONDS)

    def __call__(self) -> Queue | None:
        """The figures, some seconds old at most; None when there is no such queue.

        Raises ManagementUnavailable.
        """
        queue = self._management.queue(self._topology.queue)
        if queue is None:
            return None
        dead = self._management.queue(self._topology.dead_queue) or {}
        return Queue(
            name=self._topology.queue,
            ready=queue.get("messages_ready", 0),
            unacked=queue.get("messages_unacknowledged", 0),
            dead_letters=dead.get("messages", 0),
            consumers=queue.get("consumers", 0),
            publish_rate=_rate(queue, "publish"),
            ack_rate=_rate(queue, "ack"),
        )


def _rate(queue: dict[str, Any], what: str) -> float:
    return float(queue.get("message_stats", {}).get(f"{what}_details", {}).get("rate", 0.0))


def oldest_dead(settings: BrokerSettings) -> OldestDead | None:
    """Look at the first message of the dead queue, which gets it back. Raises BrokerUnavailable."""
    with visit(settings, at_once=1) as queue:
        for message in queue.look(1):
            return OldestDead(
                message.dead_at, escape_unprintable(message.reason), escape_unprintable(message.detail)
            )
    return None


class OldestDeadLetter:
    """The first message of the dead queue, looked at only when it may be another one than before.

    A visit takes the message for a moment and gives it back, which a quorum queue counts, so it is not made
    with each look.
    """

    def __init__(self, settings: BrokerSettings, asking: ProbePool) -> None:
        self._settings, self._asking = settings, asking
        self._asked: Future[OldestDead | None] | None = None
        self._dead = 0

    def __call__(self, dead: int, until: float) -> OldestDead | None:
        """It, when so many are dead; None when there is none, or it is not known by then."""
        if dead == 0:
            self._asked = None
        elif self._asked is None or dead < self._dead:
            self._asked = self._asking.ask("dead", lambda: oldest_dead(self._settings))
        self._dead = dead
        return known(self._asked, until).answer if self._asked else None
