"""RabbitMQ for tests: a virtual host for each test, and a plain pika client in it."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit
from uuid import uuid4

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection

from messaging.amqp.headers import install_lenient_decoder
from messaging.settings import BrokerSettings
from messaging.topology import Topology
from runtime.settings import load
from tests.proxy import Proxy
from tests.waiting import DEADLINE_SECONDS, eventually

QUEUE = "sensor_data"
DEAD_QUEUE = f"{QUEUE}.dead"
# Without the HTTP proxy of the environment: the broker is on this network.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ApiError(Exception):
    """The management API responded with an error."""


class Message(NamedTuple):
    """A message that was received from a queue."""

    body: bytes
    properties: pika.BasicProperties
    method: Any

    @property
    def headers(self) -> dict[str, Any]:
        return dict(self.properties.headers or {})


@dataclass(frozen=True)
class RabbitMQ:
    """A broker in which the tests create virtual hosts, as an administrator."""

    url: str
    management_url: str
    source: str
    mqtt_url: str = ""

    @property
    def user(self) -> str:
        return unquote(urlsplit(self.url).username or "")

    @property
    def virtual_host_name(self) -> str:
        """The virtual host in the URL."""
        return unquote(urlsplit(self.url).path.removeprefix("/")) or "/"

    def virtual_host_url(self, virtual_host: str) -> str:
        return urlsplit(self.url)._replace(path=f"/{quote(virtual_host, safe='')}").geturl()

    def api(self, method: str, path: str, body: object = None) -> Any:
        """Return the response of the management API.

        Raises:
            ApiError: When it responds with an error.
            OSError: When it does not respond.
        """
        login = f"{self.user}:{unquote(urlsplit(self.url).password or '')}"
        request = urllib.request.Request(
            self.management_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Basic {base64.b64encode(login.encode()).decode()}",
                "Content-Type": "application/json",
            },
        )
        try:
            with _DIRECT.open(request, timeout=DEADLINE_SECONDS) as response:
                return json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                raise ApiError(f"{method} {path}: {error.code} {error.read().decode()}") from None

    @property
    def adds_timestamps(self) -> bool:
        """Whether the broker adds a timestamp to each message; RabbitMQ can since 3.12."""
        major, minor, *_ = self.api("GET", "/api/overview")["rabbitmq_version"].split(".")
        return (int(major), int(minor)) >= (3, 12)

    @contextmanager
    def user_with_permissions(self, virtual_host: str, **permissions: str) -> Iterator[str]:
        """Create a user with only these permissions in the virtual host; yield its URL."""
        name = f"user-{uuid4().hex[:12]}"
        self.api("PUT", f"/api/users/{name}", {"password": name, "tags": ""})
        try:
            self.api(
                "PUT",
                f"/api/permissions/{virtual_host}/{name}",
                {"configure": "", "write": "", "read": "", **permissions},
            )
            yield self.user_url(name, virtual_host)
        finally:
            self.api("DELETE", f"/api/users/{name}")

    @contextmanager
    def virtual_host(self, queue_type: str) -> Iterator["VirtualHost"]:
        """Create a virtual host with its own user and a default type for durable queues."""
        name = f"test-{uuid4().hex[:12]}"
        # An import works on every version: RabbitMQ 3.10 has no other way to set the default queue type.
        self.api(
            "POST",
            "/api/definitions",
            {
                "vhosts": [{"name": name, "metadata": {"default_queue_type": queue_type}}],
                "users": [{"name": name, "password": name, "tags": ["administrator"]}],
                "permissions": [
                    {"user": user, "vhost": name, "configure": ".*", "write": ".*", "read": ".*"}
                    for user in (name, self.user)
                ],
            },
        )
        host = VirtualHost(self, name)
        try:
            yield host
        finally:
            host.close()
            self.api("DELETE", f"/api/vhosts/{name}")
            self.api("DELETE", f"/api/users/{name}")

    def user_url(self, user: str, virtual_host: str) -> str:
        """Return the URL of a user whose password equals its name."""
        parts = urlsplit(self.virtual_host_url(virtual_host))
        return parts._replace(netloc=f"{user}:{user}@{parts.hostname}:{parts.port}").geturl()


class VirtualHost:
    """The virtual host of a test. The processes connect with `url`, the test's client as another user."""

    def __init__(self, server: RabbitMQ, name: str) -> None:
        self.server = server
        self.name = name
        self.url = server.user_url(name, name)
        self._connection: BlockingConnection | None = None
        self._channel: BlockingChannel | None = None

    def url_through(self, proxy: Proxy) -> str:
        """Return the URL of this virtual host through the proxy."""
        return proxy.proxied_url(self.url)

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a process of this project connects."""
        return {
            "RABBITMQ_URL": self.url,
            "RABBITMQ_MANAGEMENT_URL": self.server.management_url,
            "QUEUE_NAME": QUEUE,
        }

    @property
    def settings(self) -> BrokerSettings:
        """The settings with which code in this process connects."""
        return load(BrokerSettings, rabbitmq_url=self.url, rabbitmq_management_url=self.server.management_url)

    @property
    def channel(self) -> BlockingChannel:
        """A channel in confirm mode; a new one after the broker has closed the previous channel."""
        if self._connection is None or not self._connection.is_open:
            self._connection = bare_connection(self.server.virtual_host_url(self.name))
            self._channel = None
        if self._channel is None or not self._channel.is_open:
            self._channel = self._connection.channel()
            self._channel.confirm_delivery()
        return self._channel

    def close(self) -> None:
        if self._connection is not None and self._connection.is_open:
            self._connection.close()

    def declare(self) -> None:
        """Declare the topology as setup and the consumer do."""
        Topology(QUEUE).declare(self.channel)

    def publish(
        self,
        body: bytes | str | dict[str, Any],
        properties: pika.BasicProperties | None = None,
        *,
        exchange: str = "",
        routing_key: str = QUEUE,
    ) -> None:
        """Publish and wait for the confirm, by default directly to the queue as simple clients do."""
        if isinstance(body, dict):
            body = json.dumps(body)
        body = body.encode() if isinstance(body, str) else body
        self.channel.basic_publish(exchange, routing_key, body, properties, mandatory=True)

    def ready(self, queue: str = QUEUE) -> int:
        """Return the number of ready messages in the queue, without those that are unacked."""
        return int(self.channel.queue_declare(queue, passive=True).method.message_count)

    def consumers(self, queue: str = QUEUE) -> int:
        return int(self.channel.queue_declare(queue, passive=True).method.consumer_count)

    def drain(self, queue: str = QUEUE) -> list[Message]:
        """Receive and ack every message of the queue."""
        messages: list[Message] = []
        while True:
            method, properties, body = self.channel.basic_get(queue, auto_ack=True)
            if method is None:
                return messages
            messages.append(Message(body, properties, method))

    def lose_consumers(self, times: int) -> None:
        """Deliver the only message of the queue to so many consumers that are lost before they settle it.

        Every version of the broker counts that as a delivery; a requeue counts until 4.2.
        """
        for _ in range(times):
            lost = self.channel.connection.channel()
            lost.basic_get(QUEUE)
            lost.close()
            eventually(self.ready, DEADLINE_SECONDS, "the message is in the queue again")

    def connections(self) -> list[str]:
        """Return the current names of the processes' connections."""
        connections = self.server.api("GET", f"/api/connections/username/{self.name}")
        return [connection["name"] for connection in connections]

    def close_connections(self) -> None:
        """Wait for a connection of a process, and close all of them with the management API."""
        # The broker lists a connection shortly after its client has opened it.
        eventually(self.connections, DEADLINE_SECONDS, "a process is connected")
        self.server.api("DELETE", f"/api/connections/username/{self.name}")

    def wait_for_client(self, client_name: str) -> dict[str, Any]:
        """Wait until the management API lists the client with this name, which takes some seconds."""

        def find() -> dict[str, Any]:
            connections = self.server.api("GET", f"/api/vhosts/{self.name}/connections")
            names = [
                connection.get("client_properties", {}).get("connection_name") for connection in connections
            ]
            by_name: dict[str, dict[str, Any]] = dict(zip(names, connections, strict=True))
            return by_name.get(client_name, {})

        return eventually(find, DEADLINE_SECONDS, f"the connection {client_name} is listed")


def bare_connection(url: str) -> BlockingConnection:
    """Connect as a plain client does, without heartbeats because a test does not process them.

    It can receive headers that the broker holds and pika cannot decode.
    """
    install_lenient_decoder()
    parameters = pika.URLParameters(url)
    parameters.heartbeat = 0
    return pika.BlockingConnection(parameters)
