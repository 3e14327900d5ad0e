"""The stack that `make load` publishes to."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.load.options import Protocol
from benchmarks.load.stack import Stack, find_stack
from runtime.errors import ConfigurationError
from runtime.settings import load


@pytest.fixture
def open_port() -> Iterator[int]:
    """Return a port that accepts connections, as a database does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.mark.parametrize("is_native", [True, False])
def test_a_stack_is_used_with_the_logins_of_a_sensor_and_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_port: int, is_native: bool
) -> None:
    monkeypatch.setattr("sensorctl.stack_variables.ROOT", tmp_path)
    variables = (
        f"POSTGRES_PORT={open_port}\nPOSTGRES_HOST_PORT={open_port}\nMQTT_HOST_PORT=1999\n"
        "RABBITMQ_SENSOR_USER=sensor\nRABBITMQ_SENSOR_PASS=s3cret\n"
        "POSTGRES_READER_USER=reader\nPOSTGRES_READER_PASSWORD=r3ader\n"
    )
    (tmp_path / ".native").mkdir()
    (tmp_path / (".native/stack.env" if is_native else ".env")).write_text(variables)

    stack = find_stack()

    assert stack.amqp_url.startswith("amqp://sensor:s3cret@127.0.0.1:")
    assert (stack.broker_host, stack.mqtt_host_port) == ("127.0.0.1", 1999)
    assert stack.mqtt_login == ("sensor", "s3cret")
    assert (stack.postgres_user, stack.postgres_password.get_secret_value()) == ("reader", "r3ader")


def test_an_invalid_mqtt_port_is_a_configuration_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensorctl.stack_variables.ROOT", tmp_path)
    monkeypatch.setenv("MQTT_HOST_PORT", "mqtt")

    with pytest.raises(ConfigurationError, match="MQTT_HOST_PORT is 'mqtt': must be a port from 1"):
        find_stack()


def test_another_virtual_host_is_part_of_the_mqtt_user() -> None:
    stack = load(Stack, rabbitmq_url="amqp://us%3Aer:p%40ss@rabbit.example/plant%2F1")

    assert stack.mqtt_login == ("plant/1:us:er", "p@ss")


def test_the_first_of_several_hosts_is_used_for_mqtt() -> None:
    stack = load(Stack, rabbitmq_url="amqp://us:pass@[::1]:5672,rabbit-2/plant")

    assert stack.broker_host == "::1"
    assert stack.mqtt_login == ("plant:us", "pass")


@pytest.mark.parametrize(
    ("protocol", "hint"),
    [
        (Protocol.AMQP, "Connection refused. See `make status`."),
        (
            Protocol.MQTT,
            "Connection refused. Set MQTT_HOST_PORT to the broker's MQTT port, or publish by AMQP",
        ),
    ],
)
def test_a_broker_that_cannot_be_used_is_a_configuration_error(
    closed_port: int, protocol: Protocol, hint: str
) -> None:
    stack = load(Stack, rabbitmq_url=f"amqp://u:p@127.0.0.1:{closed_port}/", mqtt_host_port=closed_port)
    message = f"Nothing can be published by {protocol} to 127.0.0.1:{closed_port}: "

    with pytest.raises(ConfigurationError, match=f"^{message}.*{re.escape(hint)}"):
        stack.connector(protocol, "load-1")


def test_mqtt_is_refused_where_the_broker_requires_tls() -> None:
    stack = load(Stack, rabbitmq_url="amqps://u:p@rabbit.example/")

    with pytest.raises(ConfigurationError, match="set --mqtt 0%"):
        stack.connector(Protocol.MQTT, "load-1")
