"""How often a dead letter may return to its queue before it is renewed."""

from contextlib import suppress

from messaging.errors import BrokerUnavailable
from messaging.management.client import Management
from messaging.settings import BrokerSettings
from messaging.topology import Topology

# Half of a quorum queue's default limit; the other half is for processes that are killed while they renew.
MAX_RETURNS = 10


def max_returns(settings: BrokerSettings, topology: Topology) -> int:
    """Return half of the queue's delivery limit, or of the usual one where it is unknown.

    Renewing changes the order of the messages. Setup removes the limit, so that looking at them does not.
    """
    with suppress(BrokerUnavailable):
        if (limit := Management(settings).delivery_limit(topology.dead_queue)) is not None:
            return limit // 2
    return MAX_RETURNS
