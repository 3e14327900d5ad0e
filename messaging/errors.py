"""Errors of the broker, as this project names them."""

from runtime.errors import ServiceUnavailable


class BrokerUnavailable(ServiceUnavailable):
    """The broker is down or refuses a request, and may accept it later."""


class BrokerRefused(BrokerUnavailable):
    """The broker denies this user access or an operation."""


class TopologyMissing(BrokerUnavailable):
    """The broker has no such exchange or queue: the topology is not declared, or was deleted."""


class PublishersBlocked(BrokerUnavailable):
    """The broker has a memory or disk alarm, and reads what was published when that is over."""


class DeadLetteringUnavailable(ServiceUnavailable):
    """The dead-letter queue accepts no message now, such as while the broker has a memory or disk alarm."""


class Unroutable(BrokerUnavailable):
    """The broker has no queue for the message: the topology is not declared, or was deleted."""
