"""What can go wrong with the broker, as this project names it."""

from runtime.errors import ServiceUnavailable


class BrokerUnavailable(ServiceUnavailable):
    """The broker does not answer, or refuses what is asked of it, and may do it later."""


class BrokerRefused(BrokerUnavailable):
    """The broker does not let this user in, or not do what is asked."""


class Unroutable(BrokerUnavailable):
    """The broker has no queue for the message: the topology is not set up, or was removed."""
