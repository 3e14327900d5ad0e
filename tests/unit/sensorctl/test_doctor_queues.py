"""`sensorctl doctor`: what the checks of the broker, its queues and exchanges report."""

from typing import Any

import pytest

from messaging.errors import BrokerUnavailable
from messaging.management.client import StatisticsMissing
from tests.unit.sensorctl.doctor_environment import Environment


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        ({"durable": False}, "does not survive a restart"),
        ({"arguments": {"x-max-length": 10}}, "simple clients cannot declare a queue with arguments"),
    ],
)
def test_a_queue_with_wrong_attributes_fails_the_check(
    environment: Environment, changed: dict[str, Any], hint: str
) -> None:
    environment.queues["heat"] |= changed

    result = environment.results()["queue"]

    assert result.hint is not None
    assert hint in result.hint


def test_a_new_queue_without_statistics_is_not_a_management_api_that_is_down(
    environment: Environment,
) -> None:
    environment.errors["policy"] = StatisticsMissing("the broker has no statistics of the queue yet")

    result = environment.results()["delivery limit"]

    assert result.status == "not known yet: the queue is new, and the broker has no statistics of it"
    assert result.hint == "check again in ten seconds; if it has no policy then, run `sensorctl setup`"


def test_a_queue_without_consumers_fails_the_check(environment: Environment) -> None:
    environment.queues["heat"]["consumers"] = 3
    environment.broker.disconnect()

    result = environment.results()["queue"]

    assert result.status.startswith("no-consumers: heat: quorum")
    assert "0 consumers" in result.status
    assert "`make up`" in (result.hint or "")


@pytest.mark.parametrize("missing", ["heat", "heat.dead"])
def test_a_missing_queue_fails_the_check(environment: Environment, missing: str) -> None:
    del environment.queues[missing]

    result = environment.results()["queue"]

    assert (result.status, result.hint) == (
        f"{missing} does not exist",
        "run `sensorctl setup`, or start a consumer",
    )


def test_a_missing_delivery_limit_policy_fails_the_check(environment: Environment) -> None:
    environment.policy = None

    assert environment.results()["delivery limit"].hint == "run `sensorctl setup`"


@pytest.mark.parametrize("exchange", ["sensors", "amq.topic"])
def test_a_missing_alternate_exchange_fails_the_check(environment: Environment, exchange: str) -> None:
    environment.alternates.remove(exchange)

    result = environment.results()["routing"]

    assert result.hint == "run `sensorctl setup`"
    assert f"lost: {exchange} has no alternate exchange" in result.status


def test_another_policy_that_the_operator_may_not_read_is_named_and_no_failure(
    environment: Environment,
) -> None:
    environment.alternates.remove("sensors")
    environment.unreadable.add("sensors")

    result = environment.results()["routing"]

    assert result.hint is None
    assert "another policy applies to sensors" in result.status


def test_the_check_of_the_routing_says_what_a_device_may_do(environment: Environment) -> None:
    assert "disconnects it for another topic and for SUBSCRIBE" in environment.results()["routing"].status


def test_a_limit_that_drops_dead_letters_fails_the_check(environment: Environment) -> None:
    environment.queues["heat.dead"]["effective_policy_definition"] = {"message-ttl": 60000}

    result = environment.results()["limits"]

    assert result.status == "heat.dead: message-ttl=60000 drops messages after so many milliseconds"
    assert "rabbitmqctl list_operator_policies" in str(result.hint)


def test_a_broker_that_is_down_fails_the_check(environment: Environment) -> None:
    environment.broker.errors["connect"] = [BrokerUnavailable("Connection refused")]

    result = environment.results()["broker"]

    assert result.status == "broker-down: Connection refused"
    assert "is the broker running" in (result.hint or "")


def test_a_missing_exchange_fails_the_check(environment: Environment) -> None:
    environment.broker.exchanges.clear()

    result = environment.results()["broker"]

    assert result.status == "responds, but the topology is missing: there is no exchange sensors"
    assert result.hint == "run `sensorctl setup`, or start a consumer"
