"""The broker's management API, as far as this project uses it."""

import base64
import http.client
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, urlsplit

import pika

from messaging.errors import BrokerUnavailable
from messaging.management.permissions import User, exactly
from messaging.settings import BrokerSettings
from messaging.topology import MQTT_EXCHANGE, Topology
from runtime.errors import ConfigurationError

TIMEOUT_SECONDS = 5
POLICY_PRIORITY = 10
# Outages and restarts raise a message's delivery count too, so the net hangs far below the rule that
# tries a suspect message after five deliveries.
DELIVERY_LIMIT = 1000


class ManagementUnavailable(BrokerUnavailable):
    """The management API does not answer, or not to this user."""


class ManagementRefused(ManagementUnavailable):
    """The management API answers, and refuses."""


class Management:
    """Speaks to the management API as the AMQP user. Every method raises ManagementUnavailable."""

    def __init__(self, settings: BrokerSettings, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout_seconds = timeout_seconds
        parameters = pika.URLParameters(settings.amqp_url)
        self._vhost = quote(parameters.virtual_host, safe="")
        self._url = (settings.rabbitmq_management_url or f"http://{parameters.host}:15672").rstrip("/")
        if urlsplit(self._url).scheme not in ("http", "https"):
            raise ConfigurationError(f"RABBITMQ_MANAGEMENT_URL is {self._url!r}: must be an http address")
        self._tls = settings.tls_context() if self._url.startswith("https:") else None
        credentials = parameters.credentials
        login = f"{credentials.username}:{credentials.password}".encode()
        self._authorization = f"Basic {base64.b64encode(login).decode()}"

    def version(self) -> str:
        """The broker's version."""
        return str(self._call("GET", "/api/overview")["rabbitmq_version"])

    def queue(self, name: str) -> dict[str, Any] | None:
        """What the broker says of a queue; None when there is none."""
        return self._find(f"/api/queues/{self._vhost}/{quote(name, safe='')}")

    def channels(self) -> list[dict[str, Any]]:
        """What the broker says of each channel of the virtual host."""
        found: list[dict[str, Any]] = self._call("GET", f"/api/vhosts/{self._vhost}/channels")
        return found

    def policy(self, topology: Topology) -> dict[str, Any] | None:
        """The policy that the broker applies to the queue, if it is the last net.

        Read from the queue, because the policies themselves are not shown to a user who only monitors.
        """
        queue = self.queue(topology.queue)
        if queue and "effective_policy_definition" not in queue:
            raise ManagementUnavailable("the broker has no figures of the queue yet: ask again soon")
        definition = (queue or {}).get("effective_policy_definition") or {}
        if definition.get("dead-letter-routing-key") != topology.dead_queue:
            return None
        return {"definition": definition}

    def ensure_user(self, user: User) -> None:
        """Make the user, or give an existing one this password and exactly these rights."""
        rights, name = user.rights, quote(user.name, safe="")
        self._call(
            "PUT", f"/api/users/{name}", {"password": user.password.get_secret_value(), "tags": rights.tags}
        )
        self._call(
            "PUT",
            f"/api/permissions/{self._vhost}/{name}",
            {"configure": rights.configure, "write": rights.write, "read": rights.read},
        )
        self._call(
            "PUT",
            f"/api/topic-permissions/{self._vhost}/{name}",
            {"exchange": MQTT_EXCHANGE, "write": rights.topic_write, "read": rights.topic_read},
        )

    def set_policy(self, topology: Topology) -> None:
        """Hang the last net: a message over the delivery limit goes to the dead queue, not to nothing."""
        definition = {
            "dead-letter-exchange": "",
            "dead-letter-routing-key": topology.dead_queue,
            "delivery-limit": DELIVERY_LIMIT,
        }
        pattern = exactly(topology.queue)
        self._call(
            "PUT",
            f"/api/policies/{self._vhost}/{quote(topology.queue + '-last-net', safe='')}",
            {"pattern": pattern, "definition": definition, "apply-to": "queues", "priority": POLICY_PRIORITY},
        )

    def _find(self, path: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._call("GET", path)
        except _NotFound:
            return None
        return found

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 (the scheme was checked)
            self._url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": self._authorization, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(  # noqa: S310 (as above)
                request, timeout=self._timeout_seconds, context=self._tls
            ) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            error.close()
            raise _refusal(error) from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise ManagementUnavailable(f"{self._url}: {error}") from error


class _NotFound(ManagementUnavailable):
    """There is no such thing."""


def _refusal(error: urllib.error.HTTPError) -> ManagementUnavailable:
    kinds = {400: ManagementRefused, 401: ManagementRefused, 403: ManagementRefused, 404: _NotFound}
    kind = kinds.get(error.code, ManagementUnavailable)
    return kind(f"the management API answers {error.code} {error.reason}")
