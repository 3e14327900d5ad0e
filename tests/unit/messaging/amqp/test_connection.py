"""Connections, and the translation of pika's errors."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from pika.adapters.utils.connection_workflow import (
    AMQPConnectionWorkflowFailed,
    AMQPConnectorAMQPHandshakeError,
    AMQPConnectorSocketConnectError,
    AMQPConnectorStackTimeout,
)
from pika.exceptions import (
    AMQPConnectionError,
    ChannelClosedByBroker,
    ChannelWrongStateError,
    ConnectionBlockedTimeout,
    ConnectionClosedByBroker,
    ConnectionOpenAborted,
    StreamLostError,
    UnroutableError,
)

from messaging.amqp.connection import close_quietly, connect, describe, translate_errors
from messaging.errors import BrokerUnavailable, Unroutable
from tests.unit.fake_broker import FakeBroker

REFUSED = ConnectionRefusedError(111, "Connection refused")
HINT_OF_AMQP_1_0 = ": its log says why; if it names mc_amqpl, see Troubleshooting in the documentation"
UNKNOWN = socket.gaierror(-2, "Name or service not known")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (REFUSED, "Connection refused"),
        (TimeoutError(), "the host does not respond"),
        (OSError("odd"), "odd"),
        (UNKNOWN, "the broker's host name cannot be resolved (Name or service not known)"),
        (AMQPConnectionError(REFUSED), "Connection refused"),
        (AMQPConnectionError(AMQPConnectorSocketConnectError(REFUSED)), "Connection refused"),
        (
            AMQPConnectionWorkflowFailed([UNKNOWN, AMQPConnectorAMQPHandshakeError(REFUSED)]),
            "Connection refused",
        ),
        (AMQPConnectionError(), "AMQPConnectionError"),
        (AMQPConnectorStackTimeout("x"), "the broker accepted the connection and did not respond"),
        (
            ConnectionOpenAborted("Connection.close() called before connection finished opening"),
            "the broker accepted the connection and did not respond",
        ),
        (
            StreamLostError("Stream connection lost: x", ConnectionResetError(104, "Reset by peer")),
            "Reset by peer",
        ),
        (StreamLostError("Transport indicated EOF"), "Transport indicated EOF"),
        (ConnectionClosedByBroker(320, "CONNECTION_FORCED - closed"), "320 CONNECTION_FORCED - closed"),
        (
            ChannelClosedByBroker(404, "NOT_FOUND - no queue"),
            "404 NOT_FOUND - no queue: run `sensorctl setup`, or start a consumer",
        ),
        (
            ConnectionClosedByBroker(541, "INTERNAL_ERROR"),
            "541 INTERNAL_ERROR" + HINT_OF_AMQP_1_0,
        ),
        (
            ConnectionBlockedTimeout("Blocked connection timeout expired."),
            "the broker accepts no messages: it has a memory or disk alarm",
        ),
        (ChannelWrongStateError("Channel is closed."), "Channel is closed."),
    ],
)
def test_each_error_becomes_broker_unavailable_with_its_message(error: Exception, message: str) -> None:
    assert describe(error) == message

    with pytest.raises(BrokerUnavailable) as caught, translate_errors():
        raise error

    assert str(caught.value) == message


def test_the_error_of_an_unroutable_message_has_a_hint() -> None:
    with pytest.raises(Unroutable, match="run `sensorctl setup`"), translate_errors():
        raise UnroutableError([])


def test_other_errors_are_not_translated() -> None:
    with pytest.raises(ZeroDivisionError), translate_errors():
        raise ZeroDivisionError


@contextmanager
def listening(respond: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a server that accepts one connection, and yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                client, _ = server.accept()
                with client:
                    client.recv(8)
                    respond(client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(60)


def test_a_refused_connection_is_reported_without_the_password(closed_port: int) -> None:
    with pytest.raises(BrokerUnavailable) as caught:
        connect(f"amqp://u:s3cret@127.0.0.1:{closed_port}/", "test")

    assert str(caught.value) == "Connection refused"


def test_a_server_that_is_no_broker_is_reported_without_the_password() -> None:
    with (
        listening(lambda client: client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port,
        pytest.raises(BrokerUnavailable) as caught,
    ):
        connect(f"amqp://u:s3cret@127.0.0.1:{port}/", "test")

    assert "s3cret" not in str(caught.value)


def test_connecting_to_a_broker_that_does_not_respond_times_out() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(BrokerUnavailable, match="the broker accepted the connection and did not respond"),
    ):
        connect(f"amqp://u:p@127.0.0.1:{silent.getsockname()[1]}/", "test", timeout_seconds=0.2)


def test_closing_a_lost_connection_raises_nothing() -> None:
    broker = FakeBroker()
    connection = broker.connect("", "")
    broker.errors["close"] = [StreamLostError("gone")]

    close_quietly(connection)
    close_quietly(connection)
    close_quietly(connection)

    assert not connection.is_open
    assert broker.operations.count("close") == 1
