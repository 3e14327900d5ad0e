"""A client of the broker's management API, as far as this project uses it."""

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import pika

from messaging.errors import BrokerUnavailable
from messaging.management.permissions import User
from messaging.management.policies import (
    Policy,
    alternate_exchange_policy,
    dead_letter_policy,
    delivery_limit_policy,
)
from messaging.settings import BrokerSettings
from messaging.topology import ALTERNATE_EXCHANGES, MQTT_EXCHANGE, Topology
from runtime.addresses import format_host

TIMEOUT_SECONDS = 5
# With these parameters the API has a queue's policy and totals from the queue's first moment on.
WITHOUT_STATISTICS = {"disable_stats": "true", "enable_queue_totals": "true"}


class ManagementUnavailable(BrokerUnavailable):
    """The management API does not respond, or denies access."""


class ManagementRefused(ManagementUnavailable):
    """The management API rejects the request."""


class Management:
    """Calls the management API as the AMQP user; every method raises ManagementUnavailable."""

    def __init__(self, settings: BrokerSettings, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout_seconds = timeout_seconds
        parameters = pika.URLParameters(settings.amqp_url)
        self._vhost = quote(parameters.virtual_host, safe="")
        self._url = (
            settings.rabbitmq_management_url or f"http://{format_host(parameters.host)}:15672"
        ).rstrip("/")
        # False: loading the trusted authorities takes longer than a request that does not need them.
        self._tls: ssl.SSLContext | bool = settings.tls_context() if self._url.startswith("https:") else False
        credentials = parameters.credentials
        self._login = (credentials.username, credentials.password)

    def version(self) -> str:
        """Return the broker's version."""
        return str(self._call("GET", "/api/overview")["rabbitmq_version"])

    def queue(self, name: str, parameters: Mapping[str, int | str] | None = None) -> dict[str, Any] | None:
        """Return the API's object of a queue; None if it does not exist."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        return self._find(f"/api/queues/{self._vhost}/{quote(name, safe='')}{query}")

    def delivery_limit(self, queue: str) -> int | None:
        """Return above how many deliveries the queue drops or dead-letters a message; None if unknown."""
        found = self.queue(queue) or {}
        policy = found.get("effective_policy_definition") or {}
        limits = (found.get("delivery_limit"), policy.get("delivery-limit"))
        return min((limit for limit in limits if isinstance(limit, int) and limit >= 0), default=None)

    def channels(self) -> list[dict[str, Any]]:
        """Return the API's object of each channel of the virtual host."""
        found: list[dict[str, Any]] = self._call("GET", f"/api/vhosts/{self._vhost}/channels")
        return found

    def policy(self, topology: Topology) -> dict[str, Any] | None:
        """Return the policy that applies to the queue, if it is this project's delivery-limit policy.

        Read from the queue, because a user with the tag `monitoring` cannot read the policies themselves.

        Raises:
            ManagementUnavailable: When the API does not respond, or has no statistics of the queue yet.
        """
        queue = self.queue(topology.queue)
        if queue and "effective_policy_definition" not in queue:
            return self._policy_without_statistics(topology)
        definition = (queue or {}).get("effective_policy_definition") or {}
        if definition.get("dead-letter-routing-key") != topology.dead_queue:
            return None
        return {"definition": definition}

    def _policy_without_statistics(self, topology: Topology) -> dict[str, Any]:
        """Recognise the policy of a queue that is a few seconds old by its name.

        Raises:
            ManagementUnavailable: When it has another name, or none.
        """
        queue = self.queue(topology.queue, WITHOUT_STATISTICS) or {}
        policy = delivery_limit_policy(topology)
        if queue.get("policy") != policy.name:
            raise ManagementUnavailable("the broker has no statistics of the queue yet: try again soon")
        return {"definition": policy.definition}

    def ensure_user(self, user: User) -> None:
        """Create the user, or give an existing user this password and exactly these permissions."""
        permissions, name = user.permissions, quote(user.name, safe="")
        self._call(
            "PUT",
            f"/api/users/{name}",
            {"password": user.password.get_secret_value(), "tags": permissions.tags},
        )
        self._call(
            "PUT",
            f"/api/permissions/{self._vhost}/{name}",
            {"configure": permissions.configure, "write": permissions.write, "read": permissions.read},
        )
        self._call(
            "PUT",
            f"/api/topic-permissions/{self._vhost}/{name}",
            {"exchange": MQTT_EXCHANGE, "write": permissions.topic_write, "read": permissions.topic_read},
        )

    def exchange(self, name: str) -> dict[str, Any] | None:
        """Return the API's object of an exchange; None if it does not exist."""
        return self._find(f"/api/exchanges/{self._vhost}/{quote(name, safe='')}")

    def set_delivery_limit_policy(self, topology: Topology) -> None:
        """Dead-letter a message above the delivery limit; without this policy a quorum queue drops it."""
        self._set_queue_policy(delivery_limit_policy(topology))

    def set_dead_letter_policy(self, topology: Topology) -> None:
        """Keep every dead letter: no delivery limit, and no other policy of lower priority applies."""
        self._set_queue_policy(dead_letter_policy(topology))

    def set_alternate_exchanges(self) -> None:
        """Give the exchanges their alternate exchanges, by policies, which change existing exchanges too.

        Raises:
            ManagementRefused: When another policy without an alternate exchange applies to one; the others
                are set.
        """
        refused = []
        for exchange, alternate in ALTERNATE_EXCHANGES.items():
            policy = alternate_exchange_policy(exchange)
            other = self._other_policy(exchange)
            if other is None:
                self._set_policy(policy)
            elif self._definition(other).get("alternate-exchange") != alternate:
                refused.append(
                    f"the policy {other!r} applies to the exchange {exchange}, and only one can: "
                    f'add "alternate-exchange": "{alternate}" to it'
                )
        if refused:
            raise ManagementRefused("; ".join(refused))

    def has_alternate_exchange(self, exchange: str) -> bool | None:
        """Return whether the exchange has its alternate exchange.

        None if another policy applies, whose definition this user may not read.
        """
        if other := self._other_policy(exchange):
            try:
                definition = self._definition(other)
            except ManagementRefused:
                return None
            return definition.get("alternate-exchange") == ALTERNATE_EXCHANGES[exchange]
        return bool((self.exchange(exchange) or {}).get("policy"))

    def _other_policy(self, exchange: str) -> str | None:
        applied = (self.exchange(exchange) or {}).get("policy")
        return applied if applied and applied != alternate_exchange_policy(exchange).name else None

    def _definition(self, policy: str) -> dict[str, Any]:
        found = self._find(f"/api/policies/{self._vhost}/{quote(policy, safe='')}") or {}
        return found.get("definition") or {}

    def _set_queue_policy(self, policy: Policy) -> None:
        queue = self.queue(policy.target, WITHOUT_STATISTICS) or {}
        self._set_policy(policy.for_queue_type(str(queue.get("type"))))

    def _set_policy(self, policy: Policy) -> None:
        self._call("PUT", f"/api/policies/{self._vhost}/{quote(policy.name, safe='')}", policy.body())

    def _find(self, path: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._call("GET", path)
        except _NotFound:
            return None
        return found

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        try:
            # Proxy settings of the environment are not meant for the broker.
            with httpx2.Client(verify=self._tls, timeout=self._timeout_seconds, trust_env=False) as client:
                response = client.request(method, self._url + path, json=body, auth=self._login)
            if response.is_success:
                return response.json() if response.content else None
        except (httpx2.HTTPError, OSError, ValueError) as error:
            raise ManagementUnavailable(f"{self._url}: {error}") from error
        raise _to_error(response)


class _NotFound(ManagementUnavailable):
    """The requested object does not exist."""


def _to_error(response: httpx2.Response) -> ManagementUnavailable:
    types = {400: ManagementRefused, 401: ManagementRefused, 403: ManagementRefused, 404: _NotFound}
    error_type = types.get(response.status_code, ManagementUnavailable)
    return error_type(f"the management API responds {response.status_code} {response.reason_phrase}")
