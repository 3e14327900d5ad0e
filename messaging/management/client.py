"""A client of the broker's management API, as far as this project uses it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pika

from messaging.amqp.hosts import split_hosts
from messaging.management.api import (
    ManagementApi,
    ManagementRefused,
    ManagementUnavailable,
    NotFound,
    StatisticsMissing,
)
from messaging.management.cluster import (
    BrokerNode,
    MemberState,
    QueueMembers,
    disabled_flags,
    to_member_states,
    to_members,
    to_nodes,
)
from messaging.management.permissions import User
from messaging.management.policies import (
    Policy,
    alternate_exchange_policy,
    dead_letter_policy,
    delivery_limit_policy,
)
from messaging.settings import BrokerSettings
from messaging.topology import ALTERNATE_EXCHANGES, MQTT_EXCHANGE, Topology

TIMEOUT_SECONDS = 5
# With these parameters the API has a queue's policy and totals from the queue's first moment on.
WITHOUT_STATISTICS = {"disable_stats": "true", "enable_queue_totals": "true"}


class Management:
    """Calls the management API as the AMQP user; every method raises ManagementUnavailable."""

    def __init__(self, settings: BrokerSettings, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        parameters = pika.URLParameters(split_hosts(settings.amqp_url)[0])
        self.virtual_host: str = parameters.virtual_host
        self._vhost = quote(self.virtual_host, safe="")
        credentials = parameters.credentials
        self._api = ManagementApi(settings, (credentials.username, credentials.password), timeout_seconds)

    def version(self) -> str:
        """Return the broker's version."""
        return str(self._api.request("GET", "/api/overview")["rabbitmq_version"])

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
        found: list[dict[str, Any]] = self._api.request("GET", f"/api/vhosts/{self._vhost}/channels")
        return found

    def nodes(self) -> tuple[BrokerNode, ...]:
        """Return the nodes of the cluster, by name."""
        return to_nodes(self._api.request("GET", "/api/nodes"))

    def quorum_members(self) -> list[QueueMembers]:
        """Return the members of each quorum queue of the virtual host."""
        queues = self._api.request("GET", f"/api/queues/{self._vhost}")
        return [members for queue in queues if (members := to_members(queue))]

    def member_states(self, queue: str) -> tuple[MemberState, ...]:
        """Return the state of each member of a quorum queue, as its node reports it.

        RabbitMQ 3.10 does not report it: the result is then empty.
        """
        path = f"/api/queues/quorum/{self._vhost}/{quote(queue, safe='')}/status"
        try:
            return to_member_states(self._api.request("GET", path))
        except NotFound:
            return ()

    def disabled_flags(self) -> list[str] | None:
        """Return the names of the feature flags that are neither enabled nor experimental.

        None if the user may read nodes, but not feature flags: RabbitMQ 3.10 requires an administrator.
        """
        try:
            return disabled_flags(self._api.request("GET", "/api/feature-flags"))
        except ManagementRefused:
            self.nodes()  # refused as well if the login is wrong
            return None

    def policy(self, topology: Topology) -> dict[str, Any] | None:
        """Return the policy that applies to the queue, if it is this project's delivery-limit policy.

        Read from the queue, because a user with the tag `monitoring` cannot read the policies themselves.

        Raises:
            StatisticsMissing: When the queue is new, and its policy is not recognised by the name.
            ManagementUnavailable: When the API does not respond.
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
            StatisticsMissing: When it has another name, or none.
        """
        queue = self.queue(topology.queue, WITHOUT_STATISTICS) or {}
        policy = delivery_limit_policy(topology)
        if queue.get("policy") != policy.name:
            raise StatisticsMissing("the broker has no statistics of the queue yet: try again soon")
        return {"definition": policy.definition}

    def ensure_user(self, user: User) -> None:
        """Create the user, or give an existing user this password and exactly these permissions."""
        permissions, name = user.permissions, quote(user.name, safe="")
        self._api.request(
            "PUT",
            f"/api/users/{name}",
            {"password": user.password.get_secret_value(), "tags": permissions.tags},
        )
        self._api.request(
            "PUT",
            f"/api/permissions/{self._vhost}/{name}",
            {"configure": permissions.configure, "write": permissions.write, "read": permissions.read},
        )
        self._api.request(
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
        self._api.request("PUT", f"/api/policies/{self._vhost}/{quote(policy.name, safe='')}", policy.body())

    def _find(self, path: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._api.request("GET", path)
        except NotFound:
            return None
        return found


__all__ = ["Management", "ManagementRefused", "ManagementUnavailable", "StatisticsMissing"]
