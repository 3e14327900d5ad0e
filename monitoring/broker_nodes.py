"""The probe of the broker's nodes, and of the queues that they hold together."""

import time
from collections.abc import Callable
from typing import NamedTuple

from messaging.management.client import Management
from messaging.management.cluster import BrokerNode, QueueMembers
from messaging.settings import BrokerSettings
from monitoring.broker import TIMEOUT_SECONDS

# The broker publishes the statistics of its nodes every five seconds.
INTERVAL_SECONDS = 5.0


class BrokerCluster(NamedTuple):
    """The nodes of the broker; with more than one, also the members of its quorum queues."""

    nodes: tuple[BrokerNode, ...]
    queues: tuple[QueueMembers, ...] = ()

    @property
    def has_several_nodes(self) -> bool:
        """Whether a node can be down while the broker is not."""
        return len(self.nodes) > 1

    @property
    def has_alarm(self) -> bool:
        """Whether a node has an alarm, so that the broker blocks all publishers."""
        return any(node.alarms for node in self.nodes)


class BrokerNodesProbe:
    """Reads the nodes and the queues' members from the management API, every few seconds. Not thread-safe."""

    def __init__(self, settings: BrokerSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._management = Management(settings, TIMEOUT_SECONDS)
        self._clock = clock
        self._read_at: float | None = None
        self._cluster: BrokerCluster | None = None

    def __call__(self) -> BrokerCluster:
        """Return the nodes and the members, up to ten seconds old.

        Raises:
            ManagementUnavailable: When the management API does not answer.
        """
        now = self._clock()
        if self._cluster is None or self._read_at is None or now - self._read_at >= INTERVAL_SECONDS:
            cluster = BrokerCluster(self._management.nodes())
            if cluster.has_several_nodes:
                cluster = cluster._replace(queues=tuple(self._management.quorum_members()))
            self._cluster, self._read_at = cluster, now
        return self._cluster
