"""A device that publishes with MQTT, by default 3.1.1, as most devices do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.waiting import DEADLINE_SECONDS, eventually


class MqttRejected(Exception):
    """The broker rejected the login, the publish or the subscription of a device."""


class Device:
    """A connected device, which does not reconnect."""

    def __init__(self, client: mqtt.Client) -> None:
        self._client = client
        self._disconnected = threading.Event()
        client.on_disconnect = lambda *_: self._disconnected.set()

    def publish(self, topic: str, payload: str | bytes, **user_properties: str) -> None:
        """Publish at QoS 1 and wait for the acknowledgement; only MQTT 5 has user properties.

        Raises:
            MqttRejected: When the broker closes the connection instead.
        """
        properties = Properties(PacketTypes.PUBLISH) if user_properties else None  # type: ignore[no-untyped-call]
        if properties:
            properties.UserProperty = list(user_properties.items())
        publication = self._client.publish(topic, payload, qos=1, properties=properties)
        if publication.rc == mqtt.MQTT_ERR_NO_CONN:
            raise MqttRejected("the broker closed the connection")
        self._await(publication.is_published, f"the message to {topic} is acknowledged")

    def subscribe(self, topic: str) -> None:
        """Subscribe at QoS 1.

        Raises:
            MqttRejected: When the broker rejects the subscription.
        """
        granted: list[Any] = []
        self._client.on_subscribe = lambda _client, _data, _mid, codes, _properties: granted.extend(codes)
        self._client.subscribe(topic, qos=1)
        self._await(lambda: granted, f"the subscription to {topic} is acknowledged")
        if granted[0].is_failure:
            raise MqttRejected(str(granted[0]))

    def _await(self, condition: Any, message: str) -> None:
        eventually(lambda: condition() or self._disconnected.is_set(), DEADLINE_SECONDS, message)
        if not condition():
            raise MqttRejected("the broker closed the connection")


@contextmanager
def device(
    url: str,
    user: str | None,
    password: str | None = None,
    version: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311,
) -> Iterator[Device]:
    """Connect a device.

    Raises:
        MqttRejected: When the broker rejects the login.
    """
    address = urlsplit(url)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=version, reconnect_on_failure=False)
    if user is not None:
        client.username_pw_set(user, password)
    reason_codes: list[Any] = []
    client.on_connect = lambda _client, _data, _flags, code, _properties: reason_codes.append(code)
    client.connect(str(address.hostname), int(address.port or 0))
    client.loop_start()
    try:
        eventually(lambda: reason_codes, DEADLINE_SECONDS, "the broker responds to the MQTT login")
        if reason_codes[0].is_failure:
            raise MqttRejected(str(reason_codes[0]))
        yield Device(client)
    finally:
        client.disconnect()
        client.loop_stop()
