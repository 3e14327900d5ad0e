"""The exchanges and the queues, declared identically by setup and every consumer."""

from collections.abc import Iterable
from dataclasses import dataclass

from messaging.amqp.channel import Channel
from messaging.amqp.connection import BlockingChannel, translate_errors

EXCHANGE = "sensors"
BINDING_KEY = "reading.#"
ROUTING_PREFIX = "reading."
MAX_ROUTING_KEY_BYTES = 255
# The alerter publishes firing and resolved alerts here; any client with the permission may bind a queue.
EVENTS_EXCHANGE = "events"
# For each job that is ready, the service `workflows` publishes a ticket here, with the kind as the key.
JOBS_EXCHANGE = "jobs"
JOB_QUEUE_PREFIX = "jobs."
# Anyone with the permission publishes commands here, with the keys `start.TARGET`, `ping.WORKER` and so on.
CONTROL_EXCHANGE = "control"
CONTROL_QUEUE = "control.workflows"
CONTROL_KEYS = ("start.#", "stop.#", "pause.#", "resume.#")
WORKER_QUEUE_PREFIX = "control.worker."
# Any client may publish the name of a file here, through the default exchange.
FILES_QUEUE = "files"
# The broker publishes MQTT messages here; the slashes of the topic become the dots of the routing key.
MQTT_EXCHANGE = "amq.topic"
MQTT_BINDING_KEY = "sensors.*.temperature"
# The same as a regular expression, for this project and for the broker's topic permissions.
MQTT_ROUTING_KEY_PATTERN = r"^sensors\.([^.]+)\.temperature$"
# A message that no queue takes goes to the alternate exchange of its exchange, and from there to the queue,
# whose consumer dead-letters it. Of MQTT, only the topics of this project: other applications may use the
# same exchange, and a message without a subscriber is normal there.
UNROUTABLE_EXCHANGE = "sensors.unroutable"
MQTT_UNROUTABLE_EXCHANGE = "sensors.unroutable.mqtt"
MQTT_UNROUTABLE_KEYS = ("sensors.#", BINDING_KEY)
ALTERNATE_EXCHANGES = {EXCHANGE: UNROUTABLE_EXCHANGE, MQTT_EXCHANGE: MQTT_UNROUTABLE_EXCHANGE}


@dataclass(frozen=True)
class Topology:
    """The names derived from the queue's name, and their declaration."""

    queue: str

    @property
    def dead_queue(self) -> str:
        """The queue for messages that could not be stored as a reading."""
        return f"{self.queue}.dead"

    def declare(self, channel: BlockingChannel | Channel) -> None:
        """Declare everything, durable and without arguments, so that any client can redeclare it.

        Raises:
            BrokerUnavailable: When the broker refuses, for instance because the queue exists with other
                arguments.
        """
        with translate_errors():
            channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
            channel.queue_declare(self.queue, durable=True)
            channel.queue_declare(self.dead_queue, durable=True)
            channel.queue_bind(self.queue, EXCHANGE, routing_key=BINDING_KEY)
            channel.queue_bind(self.queue, MQTT_EXCHANGE, routing_key=MQTT_BINDING_KEY)

    def declare_alternates(self, channel: BlockingChannel | Channel) -> None:
        """Declare the alternate exchanges and bind the queue to them; policies of the broker use them.

        Raises:
            BrokerRefused: When the user may not declare them, as before this version.
            BrokerUnavailable: When the broker is lost, or an exchange exists with other attributes.
        """
        with translate_errors():
            channel.exchange_declare(UNROUTABLE_EXCHANGE, exchange_type="fanout", durable=True)
            channel.exchange_declare(MQTT_UNROUTABLE_EXCHANGE, exchange_type="topic", durable=True)
            channel.queue_bind(self.queue, UNROUTABLE_EXCHANGE, routing_key="")
            for key in MQTT_UNROUTABLE_KEYS:
                channel.queue_bind(self.queue, MQTT_UNROUTABLE_EXCHANGE, routing_key=key)


def declare_events(channel: BlockingChannel) -> None:
    """Declare the exchange for events.

    Raises:
        BrokerUnavailable: When the broker is lost or refuses.
    """
    with translate_errors():
        channel.exchange_declare(EVENTS_EXCHANGE, exchange_type="topic", durable=True)


def declare_workflows(channel: BlockingChannel | Channel, kinds: Iterable[str]) -> None:
    """Declare the exchanges and queues of workflows: for commands, files, and tickets of these kinds of jobs.

    Like every queue they are durable and without arguments: their type is the broker's default, which this
    project's configuration sets to quorum.

    Raises:
        BrokerUnavailable: When the broker is lost or refuses.
    """
    with translate_errors():
        channel.exchange_declare(CONTROL_EXCHANGE, exchange_type="topic", durable=True)
        channel.queue_declare(CONTROL_QUEUE, durable=True)
        for key in CONTROL_KEYS:
            channel.queue_bind(CONTROL_QUEUE, CONTROL_EXCHANGE, routing_key=key)
        channel.queue_declare(FILES_QUEUE, durable=True)
        channel.exchange_declare(JOBS_EXCHANGE, exchange_type="direct", durable=True)
        for kind in kinds:
            channel.queue_declare(job_queue(kind), durable=True)
            channel.queue_bind(job_queue(kind), JOBS_EXCHANGE, routing_key=kind)


def job_queue(kind: str) -> str:
    """Return the name of the queue for tickets of jobs of this kind."""
    return f"{JOB_QUEUE_PREFIX}{kind}"


def worker_queue(worker: str) -> str:
    """Return the name of the queue in which a worker receives the commands for it."""
    return f"{WORKER_QUEUE_PREFIX}{worker}"


def routing_key(sensor_id: str) -> str:
    """Return the routing key of a sensor's readings, truncated to what AMQP allows."""
    return truncate_routing_key(f"{ROUTING_PREFIX}{sensor_id}")


def truncate_routing_key(key: str) -> str:
    """Truncate a routing key to the 255 bytes that AMQP allows."""
    return key.encode(errors="replace")[:MAX_ROUTING_KEY_BYTES].decode(errors="ignore")
