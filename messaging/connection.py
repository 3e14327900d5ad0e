"""Connections to the broker, with pika's errors turned into this project's own."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.adapters.utils.connection_workflow import (
    AMQPConnectionWorkflowFailed,
    AMQPConnectorException,
    AMQPConnectorPhaseErrorBase,
    AMQPConnectorStackTimeout,
)
from pika.exceptions import (
    AMQPConnectionError,
    AMQPError,
    ChannelClosedByBroker,
    ConnectionBlockedTimeout,
    ConnectionClosedByBroker,
    UnroutableError,
)

from messaging.errors import BrokerUnavailable, Unroutable
from messaging.headers import tolerate

HEARTBEAT_SECONDS = 30
SOCKET_TIMEOUT_SECONDS = 5
STACK_TIMEOUT_SECONDS = 10
BLOCKED_TIMEOUT_SECONDS = 10
# Reported by Linux for data that the peer never acknowledged: a link that swallows packets.
TCP_OPTIONS = {"TCP_USER_TIMEOUT": 20_000, "TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 2}


@contextmanager
def translated() -> Iterator[None]:
    """Raise BrokerUnavailable (or Unroutable) for whatever pika or its socket raises inside."""
    try:
        yield
    except UnroutableError as error:
        raise Unroutable("no queue takes the message: run `sensorctl setup`") from error
    # Pika's time-out of a connection attempt is no AMQPError.
    except (AMQPError, AMQPConnectorException, OSError) as error:
        raise BrokerUnavailable(describe(error)) from error


def describe(error: BaseException) -> str:
    """What happened, in words, without an address that could hold a password."""
    match cause := _cause(error):
        case ChannelClosedByBroker() | ConnectionClosedByBroker():
            return f"{cause.reply_code} {cause.reply_text}"
        case ConnectionBlockedTimeout():
            return "the broker takes no messages now: it has a memory or disk alarm"
        case AMQPConnectorStackTimeout():
            return "the broker took the connection and did not answer"
        case socket.gaierror():
            return f"the broker's host name is not known ({cause.strerror})"
        case OSError() if cause.strerror:
            return cause.strerror
    return str(cause) or type(cause).__name__


def _cause(error: BaseException) -> BaseException:
    """The error that pika wrapped into those of its connection attempts."""
    match error:
        case AMQPConnectionError(args=[BaseException() as inner] | [_, BaseException() as inner]):
            return _cause(inner)
        case AMQPConnectorPhaseErrorBase():
            return _cause(error.exception)
        case AMQPConnectionWorkflowFailed():
            return _cause(error.exceptions[-1])
    return error


def connect(url: str, name: str) -> BlockingConnection:
    """Open a connection that the management UI shows as `name`. Raises BrokerUnavailable."""
    parameters = pika.URLParameters(url)
    parameters.heartbeat = HEARTBEAT_SECONDS
    parameters.socket_timeout = SOCKET_TIMEOUT_SECONDS
    parameters.stack_timeout = STACK_TIMEOUT_SECONDS
    parameters.blocked_connection_timeout = BLOCKED_TIMEOUT_SECONDS
    parameters.connection_attempts = 1
    parameters.tcp_options = TCP_OPTIONS
    parameters.client_properties = {"connection_name": name}
    tolerate()
    with translated():
        return BlockingConnection(parameters)


def close_quietly(connection: BlockingConnection) -> None:
    """Close a connection that may be gone already."""
    with suppress(AMQPError, OSError):
        if connection.is_open:
            connection.close()


__all__ = [
    "BlockingChannel",
    "BlockingConnection",
    "BrokerUnavailable",
    "close_quietly",
    "connect",
    "describe",
    "translated",
]
