"""The policies of queues and exchanges, as the management API gets them."""

import json
from typing import Any

import pytest

from messaging.management.client import (
    Management,
    ManagementRefused,
    StatisticsMissing,
)
from messaging.management.policies import DELIVERY_LIMIT
from messaging.topology import Topology
from tests.unit.messaging.management.management_api import Api


@pytest.mark.parametrize(
    ("applied", "found"),
    [
        ({"dead-letter-routing-key": "heat.dead", "delivery-limit": 7}, True),
        ({"delivery-limit": 7}, False),
        ({}, False),
        (None, False),
    ],
)
def test_the_policy_is_what_the_broker_applies_to_the_queue(api: Api, applied: Any, found: bool) -> None:
    response = json.dumps({"durable": True, "effective_policy_definition": applied})
    api.responses["/api/queues/%2F/heat"] = (200, response.encode())

    policy = Management(api.settings(), 60).policy(Topology("heat"))

    assert policy == ({"definition": applied} if found else None)


@pytest.mark.parametrize(
    ("queue", "limit"),
    [
        ({"delivery_limit": 20, "effective_policy_definition": {"delivery-limit": 4}}, 4),
        ({"delivery_limit": 20, "effective_policy_definition": None}, 20),
        ({"delivery_limit": "unlimited", "effective_policy_definition": {"delivery-limit": -1}}, None),
        ({}, None),
    ],
)
def test_the_lowest_delivery_limit_of_a_queue_applies(api: Api, queue: Any, limit: int | None) -> None:
    api.responses["/api/queues/%2F/heat"] = (200, json.dumps(queue).encode())

    assert Management(api.settings(), 60).delivery_limit("heat") == limit


def test_the_delivery_limit_of_an_absent_queue_is_unknown(api: Api) -> None:
    assert Management(api.settings(), 60).delivery_limit("heat") is None


def test_the_policy_of_a_new_queue_is_recognised_by_its_name(api: Api) -> None:
    without_statistics = "/api/queues/%2F/heat?disable_stats=true&enable_queue_totals=true"
    api.responses["/api/queues/%2F/heat"] = (200, b'{"durable": true}')
    api.responses[without_statistics] = (200, b'{"policy": "heat-last-net"}')

    policy = Management(api.settings(), 60).policy(Topology("heat"))

    assert policy
    assert policy["definition"]["delivery-limit"] == DELIVERY_LIMIT


def test_a_queue_without_statistics_yet_is_reported(api: Api) -> None:
    api.responses["/api/queues/%2F/heat"] = (200, b'{"durable": true}')
    api.responses["/api/queues/%2F/heat?disable_stats=true&enable_queue_totals=true"] = (200, b"{}")

    with pytest.raises(StatisticsMissing, match="no statistics of the queue yet"):
        Management(api.settings(), 60).policy(Topology("heat"))


def test_the_delivery_limit_policy_dead_letters_messages_that_are_redelivered_too_often(api: Api) -> None:
    path = "/api/policies/%2F/heat.2-last-net"
    api.responses[path] = (201, b"")

    Management(api.settings(), 60).set_delivery_limit_policy(Topology("heat.2"))

    [_, (method, requested, body)] = api.requests
    assert (method, requested) == ("PUT", path)
    assert body["pattern"] == r"^heat\.2$"
    assert body["apply-to"] == "queues"
    assert body["definition"] == {
        "dead-letter-exchange": "",
        "dead-letter-routing-key": "heat.2.dead",
        "dead-letter-strategy": "at-least-once",
        "delivery-limit": DELIVERY_LIMIT,
        "overflow": "reject-publish",
    }


def test_the_dead_letter_policy_applies_to_the_dead_letter_queue_alone_and_has_no_limit(api: Api) -> None:
    path = "/api/policies/%2F/heat.2.dead-keep"
    api.responses[path] = (201, b"")

    Management(api.settings(), 60).set_dead_letter_policy(Topology("heat.2"))

    [_, (_, requested, body)] = api.requests
    assert (requested, body["pattern"], body["priority"]) == (path, r"^heat\.2\.dead$", 10)
    assert body["definition"] == {"delivery-limit": 2**31 - 1, "overflow": "reject-publish"}


def test_a_classic_queue_gets_a_policy_without_what_applies_to_quorum_queues_only(api: Api) -> None:
    for name in ("heat", "heat.dead"):
        path = f"/api/queues/%2F/{name}?disable_stats=true&enable_queue_totals=true"
        api.responses[path] = (200, b'{"type": "classic"}')
    api.responses |= dict.fromkeys(
        ["/api/policies/%2F/heat-last-net", "/api/policies/%2F/heat.dead-keep"], (201, b"")
    )
    management = Management(api.settings(), 60)

    management.set_delivery_limit_policy(Topology("heat"))
    management.set_dead_letter_policy(Topology("heat"))

    definitions = [body["definition"] for method, _, body in api.requests if method == "PUT"]
    assert definitions == [
        {"dead-letter-exchange": "", "dead-letter-routing-key": "heat.dead", "overflow": "reject-publish"},
        {"overflow": "reject-publish"},
    ]


@pytest.mark.parametrize("applied", [{}, {"policy": ""}, {"policy": "sensors-unroutable"}])
def test_exchanges_get_their_alternates_by_policies(api: Api, applied: dict[str, str]) -> None:
    policies = ["/api/policies/%2F/sensors-unroutable", "/api/policies/%2F/amq.topic-unroutable"]
    api.responses |= dict.fromkeys(policies, (201, b""))
    api.responses["/api/exchanges/%2F/sensors"] = (200, json.dumps(applied).encode())

    Management(api.settings(), 60).set_alternate_exchanges()

    puts = [(path, body) for method, path, body in api.requests if method == "PUT"]
    assert [path for path, _ in puts] == policies
    assert [(body["pattern"], body["apply-to"], body["definition"]) for _, body in puts] == [
        ("^sensors$", "exchanges", {"alternate-exchange": "sensors.unroutable"}),
        (r"^amq\.topic$", "exchanges", {"alternate-exchange": "sensors.unroutable.mqtt"}),
    ]


def test_another_policy_of_an_exchange_is_reported_and_not_replaced(api: Api) -> None:
    api.responses["/api/exchanges/%2F/sensors"] = (200, b'{"policy": "theirs"}')

    api.responses["/api/policies/%2F/theirs"] = (200, b'{"definition": {"federation-upstream": "x"}}')
    api.responses["/api/policies/%2F/amq.topic-unroutable"] = (201, b"")

    with pytest.raises(ManagementRefused, match="'theirs' applies to the exchange sensors"):
        Management(api.settings(), 60).set_alternate_exchanges()

    assert [path for method, path, _ in api.requests if method == "PUT"] == [
        "/api/policies/%2F/amq.topic-unroutable"
    ]


@pytest.mark.parametrize(
    ("policy", "has"),
    [
        ((200, b'{"definition": {"alternate-exchange": "sensors.unroutable"}}'), True),
        ((200, b'{"definition": {"alternate-exchange": "x"}}'), False),
        ((401, b"{}"), None),
    ],
)
def test_another_policy_may_set_the_alternate_exchange_and_may_be_unreadable(
    api: Api, policy: tuple[int, bytes], has: bool | None
) -> None:
    api.responses["/api/exchanges/%2F/sensors"] = (200, b'{"policy": "theirs"}')
    api.responses["/api/policies/%2F/theirs"] = policy
    api.responses["/api/policies/%2F/amq.topic-unroutable"] = (201, b"")
    management = Management(api.settings(), 60)

    assert management.has_alternate_exchange("sensors") is has
    if has:
        management.set_alternate_exchanges()


@pytest.mark.parametrize(
    ("response", "has"),
    [
        ((404, b"{}"), False),
        ((200, b'{"policy": "x"}'), False),
        ((200, b'{"policy": "sensors-unroutable"}'), True),
    ],
)
def test_the_policy_of_an_exchange_tells_whether_it_has_its_alternate(
    api: Api, response: tuple[int, bytes], has: bool
) -> None:
    api.responses["/api/exchanges/%2F/sensors"] = response

    assert Management(api.settings(), 60).has_alternate_exchange("sensors") is has
