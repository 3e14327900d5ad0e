"""The declaration of exchange and queues, and routing keys."""

import pytest
from pika.exceptions import ChannelClosedByBroker

from messaging.errors import BrokerUnavailable
from messaging.topology import MAX_ROUTING_KEY_BYTES, Topology, declare_workflows, routing_key
from tests.unit.fake_broker import FakeBroker


def test_exchange_and_queues_are_declared_durable_and_bound() -> None:
    broker = FakeBroker()

    Topology("heat").declare(broker.connect("", "").channel())

    assert broker.operations[2:] == [
        "declare exchange sensors {'exchange_type': 'topic', 'durable': True}",
        "declare queue heat {'durable': True}",
        "declare queue heat.dead {'durable': True}",
        "bind heat sensors reading.#",
        "bind heat amq.topic sensors.*.temperature",
    ]


def test_alternate_exchanges_lead_to_the_queue() -> None:
    broker = FakeBroker()

    Topology("heat").declare_alternates(broker.connect("", "").channel())

    assert broker.operations[2:] == [
        "declare exchange sensors.unroutable {'exchange_type': 'fanout', 'durable': True}",
        "declare exchange sensors.unroutable.mqtt {'exchange_type': 'topic', 'durable': True}",
        "bind heat sensors.unroutable ",
        "bind heat sensors.unroutable.mqtt sensors.#",
        "bind heat sensors.unroutable.mqtt reading.#",
    ]


def test_commands_and_the_tickets_of_each_kind_of_job_have_a_queue() -> None:
    broker = FakeBroker()

    declare_workflows(broker.connect("", "").channel(), ["dummy"])

    assert broker.operations[2:] == [
        "declare exchange control {'exchange_type': 'topic', 'durable': True}",
        "declare queue control.workflows {'durable': True}",
        *(f"bind control.workflows control {command}.#" for command in ("start", "stop", "pause", "resume")),
        "declare queue files {'durable': True}",
        "declare exchange jobs {'exchange_type': 'direct', 'durable': True}",
        "declare queue jobs.dummy {'durable': True}",
        "bind jobs.dummy jobs dummy",
    ]


def test_a_refused_declaration_is_reported_with_the_message_of_the_broker() -> None:
    broker = FakeBroker()
    broker.errors["declare queue heat {'durable': True}"] = [
        ChannelClosedByBroker(406, "PRECONDITION_FAILED - inequivalent arg 'x-max-length'")
    ]

    with pytest.raises(BrokerUnavailable, match="406 PRECONDITION_FAILED - inequivalent arg 'x-max-length'"):
        Topology("heat").declare(broker.connect("", "").channel())


def test_a_routing_key_names_the_sensor() -> None:
    assert routing_key("kitchen") == "reading.kitchen"


@pytest.mark.parametrize(("character", "size"), [("x", 255), ("é", 254), ("€", 254), ("🌡", 252)])
def test_a_long_routing_key_is_cut_between_two_characters(character: str, size: int) -> None:
    key = routing_key(character * 300)

    assert set(key.removeprefix("reading.")) == {character}
    assert len(key.encode()) == size <= MAX_ROUTING_KEY_BYTES
