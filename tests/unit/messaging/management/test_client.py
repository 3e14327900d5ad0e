"""The client of the management API, on a small HTTP server: URLs, bodies and error messages."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from messaging.errors import BrokerUnavailable
from messaging.management.client import (
    Management,
    ManagementRefused,
    ManagementUnavailable,
    StatisticsMissing,
)
from messaging.management.permissions import Permissions, User
from messaging.management.policies import DELIVERY_LIMIT
from messaging.settings import BrokerSettings
from messaging.topology import Topology
from runtime.errors import ConfigurationError
from runtime.settings import SecretStr, load


class Api(ThreadingHTTPServer):
    """Responds to each path from `responses`, with 404 otherwise, and records the requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.responses: dict[str, tuple[int, bytes]] = {}
        self.requests: list[tuple[str, str, Any]] = []
        self.login = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def settings(self, **changed: Any) -> BrokerSettings:
        return BrokerSettings(
            **{
                "rabbitmq_management_url": self.url,
                "rabbitmq_user": "op",
                "rabbitmq_pass": "s3:cret",
                **changed,
            }
        )


class _Handler(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        self._respond(b"")

    def do_PUT(self) -> None:
        self._respond(self.rfile.read(int(self.headers["Content-Length"])))

    def _respond(self, body: bytes) -> None:
        self.server.requests.append((self.command, self.path, json.loads(body or b"null")))
        self.server.login = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        status, response = self.server.responses.get(self.path, (404, b'{"error":"Object Not Found"}'))
        self.send_response(status)
        self.send_header("Content-Length", str(len(response)))
        self.end_headers()
        self.wfile.write(response)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def serving() -> Iterator[Api]:
    with Api() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(60)


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as server:
        yield server


def test_the_version_is_requested_as_the_amqp_user(api: Api) -> None:
    api.responses["/api/overview"] = (200, b'{"rabbitmq_version": "4.1.0"}')

    assert Management(api.settings(), 60).version() == "4.1.0"
    assert api.login == "op:s3:cret"


@pytest.mark.parametrize(
    ("vhost", "queue", "path"),
    [
        ("/", "heat", "/api/queues/%2F/heat"),
        ("a b", "heat/1 %", "/api/queues/a%20b/heat%2F1%20%25"),
    ],
)
def test_special_characters_in_names_are_quoted_in_the_url(
    api: Api, vhost: str, queue: str, path: str
) -> None:
    api.responses[path] = (200, b'{"durable": true}')

    assert Management(api.settings(rabbitmq_vhost=vhost), 60).queue(queue) == {"durable": True}


def test_an_old_broker_reports_no_member_states_and_feature_flags_to_administrators_only(api: Api) -> None:
    management = Management(api.settings(), 60)
    api.responses["/api/feature-flags"] = (401, b'{"reason": "Not administrator user"}')
    api.responses["/api/nodes"] = (200, b"[]")

    assert management.member_states("heat") == ()
    assert management.disabled_flags() is None


def test_feature_flags_are_refused_to_a_wrong_login(api: Api) -> None:
    login_failed = (401, b'{"reason": "Login failed"}')
    api.responses |= {"/api/feature-flags": login_failed, "/api/nodes": login_failed}

    with pytest.raises(ManagementRefused):
        Management(api.settings(), 60).disabled_flags()


def test_an_absent_queue_and_an_absent_policy_are_none(api: Api) -> None:
    management = Management(api.settings(), 60)

    assert management.queue("heat") is None
    assert management.policy(Topology("heat")) is None


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


def test_a_user_is_created_with_its_permissions_whatever_the_names(api: Api) -> None:
    user, permissions = "/api/users/a%2Fb", "/api/permissions/v%20h/a%2Fb"
    topics = "/api/topic-permissions/v%20h/a%2Fb"
    api.responses |= {user: (201, b""), permissions: (204, b""), topics: (201, b"")}
    granted = Permissions(write="^sensors$", topic_write="^sensors[.]", tags="monitoring")

    Management(api.settings(rabbitmq_vhost="v h"), 60).ensure_user(User("a/b", SecretStr("s3:cret"), granted))

    assert api.requests == [
        ("PUT", user, {"password": "s3:cret", "tags": "monitoring"}),
        ("PUT", permissions, {"configure": "^$", "write": "^sensors$", "read": "^$"}),
        ("PUT", topics, {"exchange": "amq.topic", "write": "^sensors[.]", "read": "^$"}),
    ]


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


@pytest.mark.parametrize("status", [401, 403, 500])
def test_an_error_status_is_reported_without_the_password(api: Api, status: int) -> None:
    api.responses["/api/overview"] = (status, b"{}")

    with pytest.raises(ManagementUnavailable, match=f"the management API responds {status}") as caught:
        Management(api.settings(), 60).version()

    assert "s3:cret" not in str(caught.value)
    assert isinstance(caught.value, BrokerUnavailable)


def test_a_response_that_is_not_json_is_reported(api: Api) -> None:
    api.responses["/api/overview"] = (200, b"<html>")

    with pytest.raises(ManagementUnavailable, match=api.url):
        Management(api.settings(), 60).version()


def test_a_response_that_is_not_http_is_reported(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def greet(handler: _Handler) -> None:
        handler.wfile.write(b"AMQP\x00\x00\x09\x01")

    monkeypatch.setattr(_Handler, "do_GET", greet)

    with pytest.raises(ManagementUnavailable, match=api.url):
        Management(api.settings(), 60).version()


def test_a_refused_connection_is_reported(api: Api) -> None:
    settings = api.settings()
    api.shutdown()
    api.server_close()

    with pytest.raises(ManagementUnavailable, match=f"{api.url}: .*Connection refused"):
        Management(settings, 60).version()


def test_the_next_node_answers_when_one_is_down_or_fails(api: Api, closed_port: int) -> None:
    api.responses["/api/overview"] = (200, b'{"rabbitmq_version": "4.1.0"}')
    with serving() as failing:
        failing.responses["/api/overview"] = (503, b"{}")
        urls = f"http://127.0.0.1:{closed_port}/, {failing.url}, {api.url}"
        management = Management(api.settings(rabbitmq_management_url=urls), 60)

        assert [management.version(), management.version()] == ["4.1.0", "4.1.0"]

        assert len(failing.requests) == 1  # the node that answered is tried first from then on


def test_an_answer_that_refuses_is_not_requested_from_the_next_node(api: Api) -> None:
    with serving() as other:
        api.responses["/api/overview"] = (403, b"{}")
        urls = f"{api.url},{other.url}"

        with pytest.raises(ManagementRefused):
            Management(api.settings(rabbitmq_management_url=urls), 60).version()

        assert other.requests == []


def test_the_error_names_each_node_and_its_reason(api: Api, closed_port: int) -> None:
    api.responses["/api/overview"] = (500, b"{}")
    down = f"http://127.0.0.1:{closed_port}"

    with pytest.raises(ManagementUnavailable) as caught:
        Management(api.settings(rabbitmq_management_url=f"{down},{api.url}"), 60).version()

    assert "s3:cret" not in str(caught.value)
    assert f"{down}: " in str(caught.value)
    assert f"{api.url}: the management API responds 500" in str(caught.value)


@pytest.mark.parametrize(
    ("hosts", "urls"),
    [
        ("broker.example:5673", ["http://broker.example:15672"]),
        ("a:5672,b,[::1]:5673", ["http://a:15672", "http://b:15672", "http://[::1]:15672"]),
        ("127.0.0.1:5672,127.0.0.1:5673", ["http://127.0.0.1:15672"]),
    ],
)
def test_the_default_urls_are_on_the_hosts_of_the_broker(hosts: str, urls: list[str]) -> None:
    assert BrokerSettings(rabbitmq_url=f"amqp://u:p@{hosts}/v").management_urls == urls


def test_a_url_that_is_not_http_is_an_invalid_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RABBITMQ_MANAGEMENT_URL", "file:///etc")

    with pytest.raises(ConfigurationError, match=r"RABBITMQ_MANAGEMENT_URL is 'file:///etc': must be"):
        load(BrokerSettings)
