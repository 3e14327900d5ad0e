"""Connections to the broker, with pika's errors turned into this project's own."""

import socket
import ssl
from contextlib import AbstractContextManager, suppress

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
    IncompatibleProtocolError,
    UnroutableError,
)

from messaging.amqp.headers import tolerate
from messaging.errors import BrokerRefused, BrokerUnavailable, Unroutable
from runtime.errors import ErrorTranslator

HEARTBEAT_SECONDS = 30
SOCKET_TIMEOUT_SECONDS = 5
STACK_TIMEOUT_SECONDS = 10
BLOCKED_TIMEOUT_SECONDS = 10
ACCESS_REFUSED = 403
# Reported by Linux for data that the peer never acknowledged: a link that swallows packets.
TCP_OPTIONS = {"TCP_USER_TIMEOUT": 20_000, "TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 2}


def translate_errors() -> AbstractContextManager[None]:
    """Raise BrokerUnavailable, BrokerRefused or Unroutable for whatever pika or its socket raises inside."""
    return _ERROR_TRANSLATOR


def _meaning(error: BaseException) -> BrokerUnavailable | Unroutable | None:
    if isinstance(error, UnroutableError):
        return Unroutable("no queue takes the message: run `sensorctl setup`")
    # Pika's time-out of a connection attempt is no AMQPError.
    if isinstance(error, AMQPError | AMQPConnectorException | OSError):
        return unavailable(error)
    return None


_ERROR_TRANSLATOR = ErrorTranslator(_meaning)


def unavailable(error: BaseException) -> BrokerUnavailable:
    """BrokerUnavailable or BrokerRefused, for what pika tells of the end of a connection or a channel."""
    return _kind(_cause(error))(describe(error))


def _kind(cause: BaseException) -> type[BrokerUnavailable]:
    match cause:
        case ChannelClosedByBroker() | ConnectionClosedByBroker() if cause.reply_code == ACCESS_REFUSED:
            return BrokerRefused
    return BrokerUnavailable


def describe(error: BaseException) -> str:
    """What happened, in words, without an address that could hold a password."""
    cause = _cause(error)
    return _at_the_greeting(cause) or _later(cause) or str(cause) or type(cause).__name__


def _at_the_greeting(cause: BaseException) -> str | None:
    match cause:
        case ssl.SSLCertVerificationError():
            return f"the broker's certificate is refused: {cause.verify_message}"
        case ssl.SSLError(reason="WRONG_VERSION_NUMBER" | "RECORD_LAYER_FAILURE"):
            return "the broker does not speak TLS on this port"
        case ssl.SSLError() if cause.reason:
            return f"TLS fails: {cause.reason}"
        case IncompatibleProtocolError():
            return f"the server hung up before AMQP began; does it want TLS, or a certificate? ({cause})"
    return None


def _later(cause: BaseException) -> str | None:
    match cause:
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
    return None


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
    tolerate()
    with translate_errors():
        return BlockingConnection(parameters_of(url, name))


def parameters_of(url: str, name: str) -> pika.URLParameters:
    """How every connection of this project behaves. Raises OSError for certificates that are gone."""
    parameters = pika.URLParameters(url)  # reads the certificates, which may have been renewed
    parameters.heartbeat = HEARTBEAT_SECONDS
    parameters.socket_timeout = SOCKET_TIMEOUT_SECONDS
    parameters.stack_timeout = STACK_TIMEOUT_SECONDS
    parameters.blocked_connection_timeout = BLOCKED_TIMEOUT_SECONDS
    parameters.connection_attempts = 1
    parameters.tcp_options = TCP_OPTIONS
    parameters.client_properties = {"connection_name": name}
    return parameters


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
    "parameters_of",
    "translate_errors",
    "unavailable",
]
