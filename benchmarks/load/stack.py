"""The running stack: its broker with the login of a sensor, and its database with the login of the reader."""

from collections.abc import Callable
from itertools import count
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import Field

from benchmarks.load.mqtt_publisher import MqttPublisher
from benchmarks.load.options import Protocol
from benchmarks.load.sender import Publisher
from messaging.amqp.hosts import split_hosts
from messaging.errors import BrokerUnavailable
from messaging.publishing.confirm_publisher import ConfirmPublisher
from monitoring.settings import MonitoringSettings
from runtime.addresses import MAX_PORT
from runtime.errors import ConfigurationError
from runtime.services import SENSOR
from sensorctl.settings import OPERATOR_LOGINS, discover

SENSOR_LOGINS = OPERATOR_LOGINS | {
    "RABBITMQ_USER": SENSOR.user_variable,
    "RABBITMQ_PASS": SENSOR.password_variable,
}


class Stack(MonitoringSettings):
    """The broker, its MQTT port, and the database."""

    mqtt_host_port: int = Field(default=1885, ge=1, le=MAX_PORT, description="MQTT port of the broker's host")

    @property
    def broker_host(self) -> str:
        """The host of the broker; the first of several."""
        return str(self._first_address.hostname)

    @property
    def mqtt_login(self) -> tuple[str, str]:
        """The user, with the virtual host unless it is the default, and the password."""
        address = self._first_address
        user, password = unquote(address.username or ""), unquote(address.password or "")
        virtual_host = unquote(address.path.removeprefix("/")) or "/"
        return (user if virtual_host == "/" else f"{virtual_host}:{user}"), password

    def connector(self, protocol: Protocol, run: str) -> Callable[[], Publisher]:
        """Return a function that connects to the broker by this protocol.

        It raises BrokerUnavailable. `run` names the connection.

        Raises:
            ConfigurationError: When the broker cannot be used by it, with what to change.
        """
        if protocol is Protocol.AMQP:
            connect, port = self._amqp(run), self._first_address.port
            hint = "See `make status`"
        elif self._first_address.scheme == "amqps":
            raise ConfigurationError("MQTT is not encrypted, but the broker requires TLS: set --mqtt 0%")
        else:
            connect, port = self._mqtt(run), self.mqtt_host_port
            hint = "Set MQTT_HOST_PORT to the broker's MQTT port, or publish by AMQP alone: --mqtt 0%"
        try:
            connect().close()
        except BrokerUnavailable as error:
            raise ConfigurationError(
                f"Nothing can be published by {protocol} to {self.broker_host}:{port}: {error}. {hint}."
            ) from None
        return connect

    @property
    def _first_address(self) -> SplitResult:
        return urlsplit(split_hosts(self.amqp_url)[0])

    def _amqp(self, run: str) -> Callable[[], Publisher]:
        return lambda: ConfirmPublisher(self.amqp_url, run)

    def _mqtt(self, run: str) -> Callable[[], Publisher]:
        numbers = count(1)
        host, port, login = self.broker_host, self.mqtt_host_port, self.mqtt_login
        return lambda: MqttPublisher(host, port, login, f"{run}-{next(numbers)}")


def find_stack() -> Stack:
    """Find the running stack as `sensorctl` does.

    Raises:
        ConfigurationError: When no stack is found, or a variable is invalid.
    """
    return discover(Stack, SENSOR_LOGINS)
