"""Least-privilege permissions of the broker's users.

Who counts the messages of a queue, by declaring it passively, requires any permission on it since RabbitMQ
4.3.1. That is `write` here: nothing can be received, purged or deleted with it.
"""

from dataclasses import dataclass
from typing import NamedTuple

from pydantic import SecretStr

from messaging.topology import (
    CONTROL_EXCHANGE,
    CONTROL_QUEUE,
    EVENTS_EXCHANGE,
    EXCHANGE,
    FILES_QUEUE,
    JOBS_EXCHANGE,
    MQTT_BINDING_KEY,
    MQTT_EXCHANGE,
    MQTT_ROUTING_KEY_PATTERN,
    MQTT_UNROUTABLE_EXCHANGE,
    UNROUTABLE_EXCHANGE,
    Topology,
)

# The name under which the broker checks the permission to publish through the default exchange.
DEFAULT_EXCHANGE = "amq.default"
# Queues in which an operator's programs receive events.
EVENT_QUEUES = r"events\..+"
JOB_QUEUES = r"jobs\..+"
# Queues in which the workers receive commands.
WORKER_QUEUES = r"control\.worker\..+"


@dataclass(frozen=True, kw_only=True)
class Permissions:
    """Patterns of the exchanges and queues that a user may access, and its tags for the management API.

    `topic_write` and `topic_read` restrict the routing keys at the MQTT exchange.
    """

    configure: str = "^$"
    write: str = "^$"
    read: str = "^$"
    topic_write: str = "^$"
    topic_read: str = "^$"
    tags: str = ""


class User(NamedTuple):
    """A user of the broker, as `sensorctl setup` creates it."""

    name: str
    password: SecretStr
    permissions: Permissions


def sensor_permissions() -> Permissions:
    """Allow a sensor to publish to the exchange, or by MQTT to the topic of a sensor, and nothing else.

    Other topics are refused: the broker would confirm the message without a queue for it.
    """
    return Permissions(write=exact_pattern(EXCHANGE, MQTT_EXCHANGE), topic_write=MQTT_ROUTING_KEY_PATTERN)


def pipeline_permissions(topology: Topology) -> Permissions:
    """Allow a consumer to declare the topology, consume its queue and dead-letter.

    Dead letters go through the default exchange, so it may publish to any queue of the virtual host.
    """
    alternates = (UNROUTABLE_EXCHANGE, MQTT_UNROUTABLE_EXCHANGE)
    return Permissions(
        configure=exact_pattern(EXCHANGE, *alternates, topology.queue, topology.dead_queue),
        write=exact_pattern(topology.queue, DEFAULT_EXCHANGE),
        read=exact_pattern(EXCHANGE, *alternates, MQTT_EXCHANGE, topology.queue),
        topic_read=exact_pattern(MQTT_BINDING_KEY),
    )


def operator_permissions(topology: Topology) -> Permissions:
    """Allow an operator to read and replay dead letters, to read statistics, and to follow workflows.

    Events are received in queues of the operator's own; commands to workers and workflows are published.
    """
    exchanges = (EXCHANGE, CONTROL_EXCHANGE, DEFAULT_EXCHANGE)
    return Permissions(
        configure=f"^{EVENT_QUEUES}$",
        write=any_pattern(exact_pattern(*exchanges, topology.queue), f"^{EVENT_QUEUES}$"),
        read=any_pattern(exact_pattern(EVENTS_EXCHANGE, topology.dead_queue), f"^{EVENT_QUEUES}$"),
        tags="monitoring",
    )


def alerter_permissions(topology: Topology) -> Permissions:
    """Allow the alerter to declare the exchange for events, publish to it, and read statistics."""
    return Permissions(
        configure=exact_pattern(EVENTS_EXCHANGE),
        write=exact_pattern(EVENTS_EXCHANGE, topology.queue, topology.dead_queue),
        tags="monitoring",
    )


def workflows_permissions() -> Permissions:
    """Allow the service for workflows to publish events and tickets, and to receive commands and files.

    It declares all of this, so that a queue that was deleted comes back.
    """
    return Permissions(
        configure=any_pattern(
            exact_pattern(EVENTS_EXCHANGE, CONTROL_EXCHANGE, CONTROL_QUEUE, FILES_QUEUE, JOBS_EXCHANGE),
            f"^{JOB_QUEUES}$",
        ),
        write=any_pattern(exact_pattern(EVENTS_EXCHANGE, CONTROL_QUEUE, JOBS_EXCHANGE), f"^{JOB_QUEUES}$"),
        read=exact_pattern(CONTROL_EXCHANGE, CONTROL_QUEUE, FILES_QUEUE, JOBS_EXCHANGE),
    )


def worker_permissions(topology: Topology) -> Permissions:
    """Allow a worker to receive tickets and commands, to publish readings, and to answer on `events`.

    Commands come to a queue of its own.
    """
    return Permissions(
        configure=any_pattern(exact_pattern(EVENTS_EXCHANGE), f"^{WORKER_QUEUES}$"),
        write=any_pattern(exact_pattern(EXCHANGE, EVENTS_EXCHANGE, topology.queue), f"^{WORKER_QUEUES}$"),
        read=any_pattern(exact_pattern(CONTROL_EXCHANGE), f"^{JOB_QUEUES}$", f"^{WORKER_QUEUES}$"),
    )


def scaler_permissions(topology: Topology) -> Permissions:
    """Allow the scaler to count the messages of the queue."""
    return Permissions(write=exact_pattern(topology.queue))


def permissions_of(user: str, topology: Topology) -> Permissions:
    """Return the permissions of a user of the registry."""
    return {
        "sensor": sensor_permissions(),
        "pipeline": pipeline_permissions(topology),
        "operator": operator_permissions(topology),
        "alerter": alerter_permissions(topology),
        "workflows": workflows_permissions(),
        "worker": worker_permissions(topology),
        "scaler": scaler_permissions(topology),
    }[user]


def exact_pattern(*names: str) -> str:
    """Return a pattern in the broker's syntax that matches exactly these names."""
    escaped = ["".join(c if c.isalnum() or c in "-_" else f"\\{c}" for c in name) for name in names]
    return f"^{escaped[0]}$" if len(escaped) == 1 else f"^({'|'.join(escaped)})$"


def any_pattern(*patterns: str) -> str:
    """Return a pattern that matches what any of these matches."""
    return "|".join(patterns)
