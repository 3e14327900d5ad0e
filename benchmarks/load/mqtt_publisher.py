"""Publish readings by MQTT at QoS 1, with many outstanding acknowledgements."""

import time

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from messaging.errors import BrokerUnavailable
from messaging.publishing.confirm_publisher import Confirm

CONNECT_TIMEOUT_SECONDS = 10
# The client sends further messages only when earlier messages are acknowledged; the sender limits them first.
MAX_IN_FLIGHT = 10_000


class MqttPublisher:
    """Publishes without waiting, as ConfirmPublisher does; its confirms are the PUBACKs.

    Every method except `close` raises BrokerUnavailable once the connection is lost.
    """

    def __init__(self, host: str, port: int, login: tuple[str, str], client_id: str) -> None:
        """Return once messages can be published.

        Raises:
            BrokerUnavailable: When the broker is down or refuses the login.
        """
        self._tags: dict[int, int] = {}
        self._published = 0
        self._confirms: list[Confirm] = []
        self._responses: list[ReasonCode] = []
        self._client = client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, reconnect_on_failure=False
        )
        client.username_pw_set(*login)
        client.max_inflight_messages_set(MAX_IN_FLIGHT)
        client.on_connect = lambda _client, _data, _flags, code, _properties: self._responses.append(code)
        client.on_publish = lambda _client, _data, mid, _code, _properties: self._on_puback(mid)
        try:
            client.connect(host, port)
        except OSError as error:
            raise BrokerUnavailable(str(error.strerror or error)) from None
        self._await_response()

    def publish(self, sensor_id: str, message_id: str, body: bytes) -> None:
        """Send the message; MQTT has no property for its ID, which is in the body."""
        del message_id
        result = self._client.publish(f"sensors/{sensor_id}/temperature", body, qos=1)
        _check(result.rc)
        self._published += 1
        self._tags[result.mid] = self._published

    def wait(self, seconds: float) -> list[Confirm]:
        """Process events until something happens, for at most `seconds`, and return the confirms."""
        _check(self._client.loop(seconds))
        confirms, self._confirms = self._confirms, []
        return confirms

    def close(self) -> None:
        """Close the connection, which may already be lost."""
        self._client.disconnect()

    def _on_puback(self, mid: int) -> None:
        self._confirms.append(Confirm(self._tags.pop(mid), multiple=False))

    def _await_response(self) -> None:
        deadline = time.monotonic() + CONNECT_TIMEOUT_SECONDS
        while not self._responses:
            self.wait(0.1)
            if time.monotonic() > deadline:
                raise BrokerUnavailable("the broker does not respond to the MQTT login")
        if self._responses[0].is_failure:
            raise BrokerUnavailable(f"the broker refuses the MQTT login: {self._responses[0]}")


def _check(code: MQTTErrorCode) -> None:
    if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
        raise BrokerUnavailable(mqtt.error_string(code).rstrip("."))
