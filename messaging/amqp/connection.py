"""Open connections to the broker and translate pika's errors into this project's."""

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
    ConnectionOpenAborted,
    IncompatibleProtocolError,
    ProbableAuthenticationError,
    UnroutableError,
)

from messaging.amqp.headers import install_lenient_decoder
from messaging.amqp.hosts import ATTEMPT_TIMEOUT_SECONDS, try_hosts
from messaging.amqp.transport import TimedConnection
from messaging.errors import BrokerRefused, BrokerUnavailable, TopologyMissing, Unroutable
from runtime.errors import ErrorTranslator

HEARTBEAT_SECONDS = 30
SOCKET_TIMEOUT_SECONDS = 5
BLOCKED_TIMEOUT_SECONDS = 10
ACCESS_REFUSED = 403
NOT_FOUND = 404
INTERNAL_ERROR = 541
_HINTS = {
    NOT_FOUND: ": run `sensorctl setup`, or start a consumer",
    INTERNAL_ERROR: ": its log says why; if it names mc_amqpl, see Troubleshooting in the documentation",
}
# TCP_USER_TIMEOUT makes Linux report data that the peer never acknowledged, as on a link that drops packets.
TCP_OPTIONS = {"TCP_USER_TIMEOUT": 20_000, "TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 2}


def translate_errors() -> AbstractContextManager[None]:
    """Translate what pika or its socket raises inside the block.

    Raises:
        BrokerRefused: When the broker denies access.
        TopologyMissing: When the broker does not have the exchange or the queue.
        Unroutable: When no queue accepts a mandatory message.
        BrokerUnavailable: For every other error of pika or of the socket.
    """
    return _ERROR_TRANSLATOR


def _translate(error: BaseException) -> BrokerUnavailable | Unroutable | None:
    if isinstance(error, UnroutableError):
        return Unroutable("no queue accepts the message: run `sensorctl setup`")
    # pika's time-out of a connection attempt is not an AMQPError.
    if isinstance(error, AMQPError | AMQPConnectorException | OSError):
        return to_broker_unavailable(error)
    return None


_ERROR_TRANSLATOR = ErrorTranslator(_translate)


def to_broker_unavailable(error: BaseException) -> BrokerUnavailable:
    """Return this project's error for pika's reason why a connection or a channel closed."""
    return _error_type(_root_cause(error))(describe(error))


def _error_type(cause: BaseException) -> type[BrokerUnavailable]:
    match cause:
        case ChannelClosedByBroker() | ConnectionClosedByBroker() if cause.reply_code == ACCESS_REFUSED:
            return BrokerRefused
        case ChannelClosedByBroker() if cause.reply_code == NOT_FOUND:
            return TopologyMissing
    return BrokerUnavailable


def describe(error: BaseException) -> str:
    """Describe the error in words, without an address that could contain a password."""
    cause = _root_cause(error)
    return _describe_handshake(cause) or _describe_failure(cause) or str(cause) or type(cause).__name__


def _describe_handshake(cause: BaseException) -> str | None:
    match cause:
        case ssl.SSLCertVerificationError():
            return f"the broker's certificate is rejected: {cause.verify_message}"
        case ssl.SSLError(reason="WRONG_VERSION_NUMBER" | "RECORD_LAYER_FAILURE"):
            return "the broker does not speak TLS on this port"
        case ssl.SSLError() if cause.reason:
            return f"TLS fails: {cause.reason}"
        case ProbableAuthenticationError():
            return "the broker refuses this user or password (403 ACCESS_REFUSED)"
        case IncompatibleProtocolError():
            return (
                "the server closed the connection before the AMQP handshake: it may be starting, or require "
                f"TLS or a client certificate ({cause})"
            )
    return None


def _describe_failure(cause: BaseException) -> str | None:
    match cause:
        case ChannelClosedByBroker() | ConnectionClosedByBroker():
            return f"{cause.reply_code} {cause.reply_text}{_HINTS.get(cause.reply_code, '')}"
        case ConnectionBlockedTimeout():
            return "the broker accepts no messages: it has a memory or disk alarm"
        case AMQPConnectorStackTimeout() | ConnectionOpenAborted():
            return "the broker accepted the connection and did not respond"
        case OSError():
            return _describe_socket_error(cause)
    return None


def _describe_socket_error(cause: OSError) -> str | None:
    if isinstance(cause, socket.gaierror):
        return f"the broker's host name cannot be resolved ({cause.strerror})"
    if isinstance(cause, TimeoutError) and not cause.strerror:  # pika's, which shows an address record
        return "the host does not respond"
    return cause.strerror


def _root_cause(error: BaseException) -> BaseException:
    """Unwrap the errors in which pika nests the failure of a connection attempt."""
    match error:
        case AMQPConnectionError(args=[BaseException() as inner] | [_, BaseException() as inner]):
            return _root_cause(inner)
        case AMQPConnectorPhaseErrorBase():
            return _root_cause(error.exception)
        case AMQPConnectionWorkflowFailed():
            return _root_cause(error.exceptions[-1])
    return error


def connect(
    url: str,
    name: str,
    *,
    timeout_seconds: float = ATTEMPT_TIMEOUT_SECONDS,
    response_seconds: float | None = None,
) -> BlockingConnection:
    """Open a connection, to one of the URL's hosts, that the management UI shows as `name`.

    It is lost when the broker does not respond within `response_seconds` (None: RESPONSE_TIMEOUT_SECONDS).

    Raises:
        BrokerUnavailable: When no host can be reached in time, or all refuse the connection.
    """
    install_lenient_decoder()

    def attempt(host_url: str, seconds: float) -> BlockingConnection:
        with translate_errors():
            return TimedConnection(connection_parameters(host_url, name, seconds), response_seconds)

    return try_hosts(url, attempt, timeout_seconds)


def connection_parameters(
    url: str, name: str, timeout_seconds: float = ATTEMPT_TIMEOUT_SECONDS
) -> pika.URLParameters:
    """Return the parameters that every connection of this project uses, for the URL of one host.

    Raises:
        OSError: When a certificate file cannot be read.
    """
    parameters = pika.URLParameters(url)  # reads the certificate files again: they may have been renewed
    parameters.heartbeat = HEARTBEAT_SECONDS
    parameters.socket_timeout = min(SOCKET_TIMEOUT_SECONDS, timeout_seconds)
    parameters.stack_timeout = timeout_seconds
    parameters.blocked_connection_timeout = BLOCKED_TIMEOUT_SECONDS
    parameters.connection_attempts = 1
    parameters.tcp_options = TCP_OPTIONS
    parameters.client_properties = {"connection_name": name}
    return parameters


def close_quietly(connection: BlockingConnection) -> None:
    """Close a connection that may already be closed or lost."""
    with suppress(AMQPError, OSError):
        if connection.is_open:
            connection.close()


__all__ = [
    "BlockingChannel",
    "BlockingConnection",
    "BrokerUnavailable",
    "close_quietly",
    "connect",
    "connection_parameters",
    "describe",
    "to_broker_unavailable",
    "translate_errors",
]
