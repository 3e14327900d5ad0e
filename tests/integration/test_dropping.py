"""The broker drops no message of either queue; `doctor` and the status report what could make it."""

from typing import Any

import pika
import pytest
from pika.exceptions import NackError

from messaging.management.client import Management
from messaging.management.limits import drop_risks
from messaging.topology import Topology
from monitoring.broker import QueueProbe
from tests.broker import DEAD_QUEUE, QUEUE, VirtualHost
from tests.waiting import DEADLINE_SECONDS, eventually

TOPOLOGY = Topology(QUEUE)
both_queue_types = pytest.mark.parametrize("queue_type", ["quorum", "classic"])


@pytest.fixture
def protected(broker: VirtualHost) -> VirtualHost:
    """A virtual host with the policies of setup, and a general policy that would drop nearly everything."""
    everything = {"max-length": 1, "message-ttl": 1, "expires": 60_000}
    set_policy(broker, "policies", everything)
    management = Management(broker.settings)
    management.set_delivery_limit_policy(TOPOLOGY)
    management.set_dead_letter_policy(TOPOLOGY)
    wait_for_policy(broker, QUEUE, f"{QUEUE}-last-net")
    wait_for_policy(broker, DEAD_QUEUE, f"{DEAD_QUEUE}-keep")
    return broker


def set_policy(broker: VirtualHost, kind: str, definition: dict[str, Any], **changed: Any) -> None:
    policy = {"pattern": ".*", "definition": definition, "apply-to": "queues", "priority": 1} | changed
    broker.server.api("PUT", f"/api/{kind}/{broker.name}/theirs", policy)


def queue(broker: VirtualHost, name: str, parameters: str = "") -> dict[str, Any]:
    found: dict[str, Any] = broker.server.api("GET", f"/api/queues/{broker.name}/{name}{parameters}")
    return found


def wait_for_policy(broker: VirtualHost, name: str, policy: str) -> None:
    at_once = "?disable_stats=true&enable_queue_totals=true"
    eventually(
        lambda: queue(broker, name, at_once).get("policy") == policy, DEADLINE_SECONDS, f"{policy} is applied"
    )


def risks(broker: VirtualHost, name: str) -> list[str]:
    return drop_risks(queue(broker, name), dead_letter_queue=DEAD_QUEUE)


@both_queue_types
def test_a_general_policy_with_limits_drops_nothing(protected: VirtualHost, queue_type: str) -> None:
    for number in range(3):
        protected.publish(f"{queue_type} {number}")
        protected.publish(f"{queue_type} {number}", routing_key=DEAD_QUEUE)

    for name in (QUEUE, DEAD_QUEUE):
        assert [message.body for message in protected.drain(name)] == [
            f"{queue_type} {number}".encode() for number in range(3)
        ]


def test_a_dead_letter_survives_any_number_of_returns(protected: VirtualHost) -> None:
    protected.publish("rubbish", routing_key=DEAD_QUEUE)
    for _ in range(50):
        method, _, _ = eventually(
            lambda: (got := protected.channel.basic_get(DEAD_QUEUE))[0] and got,
            DEADLINE_SECONDS,
            "it is back",
        )
        protected.channel.basic_nack(method.delivery_tag, requeue=True)

    eventually(lambda: protected.ready(DEAD_QUEUE) == 1, DEADLINE_SECONDS, "it is in the queue")


def test_above_an_operators_length_limit_the_broker_rejects_messages_and_keeps_the_old(
    protected: VirtualHost,
) -> None:
    protected.publish("1", routing_key=DEAD_QUEUE)
    set_policy(protected, "operator-policies", {"max-length": 1}, pattern=f"^{DEAD_QUEUE}$")

    def publish() -> bool:
        try:
            protected.publish("more", routing_key=DEAD_QUEUE)
        except NackError:
            return True
        return False

    # A quorum queue applies its limit a moment after a message has exceeded it.
    eventually(publish, DEADLINE_SECONDS, "the broker rejects a message")
    assert protected.drain(DEAD_QUEUE)[0].body == b"1"


@both_queue_types
def test_a_message_that_expires_in_the_queue_is_moved_to_the_dead_letter_queue_and_stays_there(
    protected: VirtualHost, queue_type: str
) -> None:
    protected.publish(queue_type, pika.BasicProperties(expiration="1", delivery_mode=2))

    eventually(lambda: protected.ready(DEAD_QUEUE), DEADLINE_SECONDS, "it is dead-lettered")
    [dead] = protected.drain(DEAD_QUEUE)
    assert dead.headers["x-first-death-reason"] == "expired"
    assert dead.properties.expiration is None


def test_the_status_names_a_stronger_policy_with_a_length_limit(protected: VirtualHost) -> None:
    probe = QueueProbe(protected.settings)

    def drops() -> list[str]:
        found = probe()
        return found.drops if found else []

    assert drops() == []
    set_policy(protected, "policies", {"max-length": 5}, priority=99, pattern=f"^{QUEUE}$")
    eventually(
        lambda: drops() == [f"{QUEUE}: max-length=5 drops the oldest messages"],
        DEADLINE_SECONDS,
        "the limit is found",
    )


def test_a_stronger_policy_is_found(protected: VirtualHost) -> None:
    set_policy(protected, "policies", {"message-ttl": 60_000}, priority=99, pattern=f"^{QUEUE}$")
    set_policy(protected, "operator-policies", {"message-ttl": 60_000}, pattern=f"^{DEAD_QUEUE}$")

    # The broker may report earlier that the limit of deliveries no longer applies, which is a risk, too.
    risk = "message-ttl=60000 drops messages after so many milliseconds"
    for name in (QUEUE, DEAD_QUEUE):
        eventually(lambda: risk in risks(protected, name), DEADLINE_SECONDS, "the risk is found")  # noqa: B023
