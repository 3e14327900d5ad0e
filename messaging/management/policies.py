"""The policies that setup gives the queues and the exchanges, which apply to those that exist already."""

from typing import Any, Literal, NamedTuple

from messaging.management.permissions import exact_pattern
from messaging.topology import ALTERNATE_EXCHANGES, Topology

POLICY_PRIORITY = 10
# Outages and restarts raise a message's delivery count too, so this limit is far above the five deliveries
# after which a consumer isolates a message.
DELIVERY_LIMIT = 1000
# No limit in practice, in a form that every version accepts. The default of RabbitMQ 4 is 20.
UNLIMITED_DELIVERIES = 2**31 - 1
# Where an operator policy limits the length, the broker rejects further messages and drops none.
OVERFLOW = "reject-publish"
# The broker does not apply a policy with one of these to a classic queue.
QUORUM_ONLY = ("delivery-limit", "dead-letter-strategy")


class Policy(NamedTuple):
    """A policy of the broker for one queue or one exchange."""

    name: str
    target: str
    apply_to: Literal["queues", "exchanges"]
    definition: dict[str, Any]

    def for_queue_type(self, queue_type: str) -> "Policy":
        """Return the policy with the part of its definition that the broker applies to such a queue."""
        if queue_type != "classic":
            return self
        kept = {name: value for name, value in self.definition.items() if name not in QUORUM_ONLY}
        return self._replace(definition=kept)

    def body(self) -> dict[str, Any]:
        """Return the policy as the management API expects it."""
        return {
            "pattern": exact_pattern(self.target),
            "definition": self.definition,
            "apply-to": self.apply_to,
            "priority": POLICY_PRIORITY,
        }


def delivery_limit_policy(topology: Topology) -> Policy:
    """Return the policy by which the queue dead-letters what it would drop.

    At least once: a quorum queue keeps the message until the dead-letter queue has confirmed it.
    """
    definition = {
        "dead-letter-exchange": "",
        "dead-letter-routing-key": topology.dead_queue,
        "dead-letter-strategy": "at-least-once",
        "delivery-limit": DELIVERY_LIMIT,
        "overflow": OVERFLOW,
    }
    return Policy(f"{topology.queue}-last-net", topology.queue, "queues", definition)


def dead_letter_policy(topology: Topology) -> Policy:
    """Return the policy by which the dead-letter queue drops nothing."""
    definition = {"delivery-limit": UNLIMITED_DELIVERIES, "overflow": OVERFLOW}
    return Policy(f"{topology.dead_queue}-keep", topology.dead_queue, "queues", definition)


def alternate_exchange_policy(exchange: str) -> Policy:
    """Return the policy that gives the exchange its alternate exchange."""
    definition = {"alternate-exchange": ALTERNATE_EXCHANGES[exchange]}
    return Policy(f"{exchange}-unroutable", exchange, "exchanges", definition)
