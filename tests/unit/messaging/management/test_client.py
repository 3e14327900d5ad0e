"""The client of the management API, on a small HTTP server: URLs, bodies and error messages."""

import pytest

from messaging.errors import BrokerUnavailable
from messaging.management.client import (
    Management,
    ManagementRefused,
    ManagementUnavailable,
)
from messaging.management.permissions import Permissions, User
from messaging.settings import BrokerSettings
from messaging.topology import Topology
from runtime.errors import ConfigurationError
from runtime.settings import SecretStr, load
from tests.unit.messaging.management.management_api import Api, Handler, serving


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
    def greet(handler: Handler) -> None:
        handler.wfile.write(b"AMQP\x00\x00\x09\x01")

    monkeypatch.setattr(Handler, "do_GET", greet)

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
