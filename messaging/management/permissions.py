"""Who may do what at the broker: the least that each of the users needs."""

from dataclasses import dataclass
from typing import NamedTuple

from pydantic import SecretStr

from messaging.topology import EVENTS_EXCHANGE, EXCHANGE, MQTT_BINDING_KEY, MQTT_EXCHANGE, MQTT_KEYS, Topology

# The name under which the broker asks for the right to publish straight to a queue.
DEFAULT_EXCHANGE = "amq.default"
# The queues in which an operator's programs hear of events.
EVENT_QUEUES = r"events\..+"


@dataclass(frozen=True, kw_only=True)
class Permissions:
    """Patterns of the exchanges and queues that a user may touch, and its tags for the management API.

    At the exchange of MQTT it may moreover use the routing keys (that is, topics) of two patterns only.
    """

    configure: str = "^$"
    write: str = "^$"
    read: str = "^$"
    topic_write: str = "^$"
    topic_read: str = "^$"
    tags: str = ""


class User(NamedTuple):
    """A user of the broker, as `sensorctl setup` makes it."""

    name: str
    password: SecretStr
    rights: Permissions


def sensor_permissions() -> Permissions:
    """A sensor publishes to the exchange, or by MQTT to the topic of a sensor, and does nothing else.

    Any other topic is refused, because the broker would confirm it and have no queue for it.
    """
    return Permissions(write=exactly(EXCHANGE, MQTT_EXCHANGE), topic_write=MQTT_KEYS)


def pipeline_permissions(topology: Topology) -> Permissions:
    """A consumer declares the topology, consumes its queue and dead-letters.

    Dead letters go through the default exchange, so it may publish to any queue of the virtual host.
    """
    return Permissions(
        configure=exactly(EXCHANGE, topology.queue, topology.dead_queue),
        write=exactly(topology.queue, DEFAULT_EXCHANGE),
        read=exactly(EXCHANGE, MQTT_EXCHANGE, topology.queue),
        topic_read=exactly(MQTT_BINDING_KEY),
    )


def operator_permissions(topology: Topology) -> Permissions:
    """An operator looks into the dead queue, sends its messages back, and sees the broker's figures.

    And hears of events, in queues of the operator's own.
    """
    return Permissions(
        configure=f"^{EVENT_QUEUES}$",
        write=either(exactly(EXCHANGE, DEFAULT_EXCHANGE), f"^{EVENT_QUEUES}$"),
        read=either(exactly(EVENTS_EXCHANGE, topology.dead_queue), f"^{EVENT_QUEUES}$"),
        tags="monitoring",
    )


def alerter_permissions() -> Permissions:
    """The watch declares the exchange of events, publishes to it, and sees the broker's figures."""
    return Permissions(configure=exactly(EVENTS_EXCHANGE), write=exactly(EVENTS_EXCHANGE), tags="monitoring")


def permissions_of(user: str, topology: Topology) -> Permissions:
    """Return the permissions of a user of the registry."""
    return {
        "sensor": sensor_permissions(),
        "pipeline": pipeline_permissions(topology),
        "operator": operator_permissions(topology),
        "alerter": alerter_permissions(),
    }[user]


def exactly(*names: str) -> str:
    """A pattern, as the broker reads it, that matches these names and no other."""
    escaped = ["".join(c if c.isalnum() or c in "-_" else f"\\{c}" for c in name) for name in names]
    return f"^{escaped[0]}$" if len(escaped) == 1 else f"^({'|'.join(escaped)})$"


def either(*patterns: str) -> str:
    """A pattern that matches what one of these does."""
    return "|".join(patterns)
