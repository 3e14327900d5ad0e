"""The spans of messages, named by OpenTelemetry's conventions for RabbitMQ.

https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple, Protocol

import pika

from messaging.amqp.hosts import Server
from messaging.topology import EXCHANGE, ROUTING_PREFIX, routing_key
from readings.payload import MESSAGE_TYPE
from runtime.tracing import (
    TRACEPARENT,
    TRACESTATE,
    Attributes,
    Span,
    SpanKind,
    TraceHeaders,
    Tracer,
    child_span,
    is_recording,
    span_block,
    tracer,
)

# The names of spans must not contain sensors: there may be thousands.
TEMPLATE = f"{EXCHANGE}:{ROUTING_PREFIX}{{sensor_id}}"


class Received(Protocol):
    """The part of a delivery that is required."""

    @property
    def method(self) -> pika.spec.Basic.Deliver:
        """How it was delivered."""

    @property
    def properties(self) -> pika.BasicProperties:
        """Its properties."""


class Consuming(NamedTuple):
    """The queue that is consumed, and the server of the connection."""

    queue: str
    server: Server


class SendSpans:
    """The spans of messages that are sent and not confirmed yet, by message ID; for one thread."""

    def __init__(self) -> None:
        self._spans: dict[str, Span] = {}

    def start(self, sensor_id: str, message_id: str, created: TraceHeaders | None, server: Server) -> None:
        """Start the span of a message that was created with these headers."""
        active = tracer()
        if active is None or created is None:
            return
        name, attributes = _sending("send", sensor_id, message_id, server)
        self._add(message_id, active.continue_trace(name, SpanKind.CLIENT, attributes, created))

    def start_trace(self, sensor_id: str, message_id: str, server: Server) -> TraceHeaders | None:
        """Start a trace with this message; return the headers for it, or None if it is not sampled."""
        active = tracer()
        if active is None or not active.sample_trace():
            return None
        name, attributes = _sending("send", sensor_id, message_id, server)
        span = active.start_trace(name, SpanKind.PRODUCER, attributes)
        self._add(message_id, span)
        return span.headers if span else None

    def confirmed(self, message_id: str) -> None:
        """End the span of a message, which the broker has confirmed."""
        if span := self._spans.pop(message_id, None):
            span.end()

    def lost(self, error: BaseException) -> None:
        """End all spans: the connection is lost, so that the messages are sent again."""
        for span in self._spans.values():
            span.fail(error)
            span.end()
        self._spans.clear()

    def _add(self, message_id: str, span: Span | None) -> None:
        if span is not None:
            self.confirmed(message_id)  # a file may contain the same reading twice
            self._spans[message_id] = span


def create_span(sensor_id: str, message_id: str) -> Span | None:
    """Start a trace with the creation of a message; None if it is not sampled."""
    active = tracer()
    if active is None or not active.sample_trace():
        return None
    name, attributes = _sending("create", sensor_id, message_id)
    return active.start_trace(name, SpanKind.PRODUCER, attributes)


def process_span(batch: Sequence[Received], consuming: Consuming) -> AbstractContextManager[Span | None]:
    """Return the span in which a batch is handled and settled, as a block.

    The span of a single message continues the message's trace. That of several messages is a trace of its
    own, which links to theirs. A reading without a trace was not sampled by its publisher.
    """
    active = tracer()
    if active is None:
        return nullcontext()
    contexts = [
        context
        for received in batch
        if (headers := received.properties.headers) and (context := _trace_headers(headers))
    ]
    if not contexts and not _starts_trace(active, batch):
        return nullcontext()
    name, attributes = _receiving("process", "process", batch, consuming)
    if len(batch) == 1 and contexts:
        span = active.continue_trace(name, SpanKind.CONSUMER, attributes, contexts[0])
    elif contexts:
        span = active.start_linked(name, SpanKind.CONSUMER, attributes, contexts)
    else:
        span = active.start_trace(name, SpanKind.CONSUMER, attributes)
    return span_block(span)


def _starts_trace(active: Tracer, batch: Sequence[Received]) -> bool:
    """Return whether to start a trace for messages that bring none."""
    types = {received.properties.type for received in batch}
    is_decided = active.samples_by_ratio and types == {MESSAGE_TYPE}
    return not is_decided and active.sample_trace()


def settle_span(
    operation: str, batch: Sequence[Received], consuming: Consuming
) -> AbstractContextManager[Span | None]:
    """Return the span of an `ack` or a `nack` within the current one, as a block."""
    if not is_recording():
        return nullcontext()
    name, attributes = _receiving(operation, "settle", batch, consuming)
    return child_span(name, SpanKind.CLIENT, attributes)


def dead_letter_span(
    properties: pika.BasicProperties, dead_queue: str
) -> AbstractContextManager[Span | None]:
    """Return the span of the publication of a dead letter within the current one, as a block."""
    attributes = _attributes("send", "send", dead_queue) | _message_id(properties.message_id)
    return child_span(f"send {dead_queue}", SpanKind.CLIENT, attributes)


def _trace_headers(headers: Mapping[str, object]) -> TraceHeaders | None:
    """Return the trace context of a message; None without one. Any client may write any header."""
    if not isinstance(headers.get(TRACEPARENT), str):
        return None
    names = (TRACEPARENT, TRACESTATE)
    return {name: value for name in names if isinstance(value := headers.get(name), str)}


def _sending(
    operation: str, sensor_id: str, message_id: str, server: Server | None = None
) -> tuple[str, Attributes]:
    key = routing_key(sensor_id)
    attributes = {
        **_attributes(operation, operation, f"{EXCHANGE}:{key}", TEMPLATE),
        "messaging.rabbitmq.destination.routing_key": key,
        "messaging.message.id": message_id,
        **(_server(server) if server else {}),
    }
    return f"{operation} {TEMPLATE}", attributes


def _receiving(
    operation: str, kind: str, batch: Sequence[Received], consuming: Consuming
) -> tuple[str, Attributes]:
    queue = consuming.queue
    server = _server(consuming.server)
    if len(batch) > 1:
        count = {"messaging.batch.message_count": len(batch)}
        return f"{operation} {queue}", _attributes(operation, kind, queue) | count | server
    (received,) = batch
    method = received.method
    exchange, key = method.exchange, method.routing_key
    parts = [str(part) for part in (exchange, key if key != queue else "", queue) if part]
    template = f"{TEMPLATE}:{queue}" if exchange == EXCHANGE else queue
    attributes = {
        **_attributes(operation, kind, ":".join(parts), template),
        "messaging.rabbitmq.message.delivery_tag": method.delivery_tag,
        **_message_id(received.properties.message_id),
        **server,
    }
    return f"{operation} {template}", attributes


def _attributes(operation: str, kind: str, destination: str, template: str = "") -> dict[str, str | int]:
    attributes: dict[str, str | int] = {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": operation,
        "messaging.operation.type": kind,
        "messaging.destination.name": destination,
    }
    return attributes | {"messaging.destination.template": template} if template else attributes


def _message_id(message_id: object) -> dict[str, str | int]:
    return {"messaging.message.id": message_id} if isinstance(message_id, str) else {}


def _server(server: Server) -> dict[str, str | int]:
    return {"server.address": server.host, "server.port": server.port}
