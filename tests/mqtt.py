"""A device that speaks MQTT 3.1.1, as most of them do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.waiting import DEADLINE_SECONDS, eventually


class Refused(Exception):
    """The broker does not let the device in, or closed the connection over what it did."""


class Device:
    """A connected device; it does not connect again."""

    def __init__(self, client: mqtt.Client) -> None:
        self._client = client
        self._gone = threading.Event()
        client.on_disconnect = lambda *_: self._gone.set()

    def publish(self, topic: str, payload: str | bytes) -> None:
        """Publish at QoS 1 and wait for the broker's word. Raises Refused when it hangs up instead."""
        message = self._client.publish(topic, payload, qos=1)
        if message.rc == mqtt.MQTT_ERR_NO_CONN:
            raise Refused("the broker closed the connection")
        self._await(message.is_published, f"{topic} is confirmed")

    def subscribe(self, topic: str) -> None:
        """Raises Refused when the broker does not grant it."""
        granted: list[Any] = []
        self._client.on_subscribe = lambda _client, _data, _mid, codes, _properties: granted.extend(codes)
        self._client.subscribe(topic, qos=1)
        self._await(lambda: granted, f"{topic} is granted")
        if granted[0].is_failure:
            raise Refused(str(granted[0]))

    def _await(self, condition: Any, what: str) -> None:
        eventually(lambda: condition() or self._gone.is_set(), DEADLINE_SECONDS, what)
        if not condition():
            raise Refused("the broker closed the connection")


@contextmanager
def device(url: str, user: str | None, password: str | None = None) -> Iterator[Device]:
    """A device that logged in. Raises Refused when it may not."""
    address = urlsplit(url)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
    if user is not None:
        client.username_pw_set(user, password)
    answers: list[Any] = []
    client.on_connect = lambda _client, _data, _flags, code, _properties: answers.append(code)
    client.connect(str(address.hostname), int(address.port or 0))
    client.loop_start()
    try:
        eventually(lambda: answers, DEADLINE_SECONDS, "the broker answers by MQTT")
        if answers[0].is_failure:
            raise Refused(str(answers[0]))
        yield Device(client)
    finally:
        client.disconnect()
        client.loop_stop()
