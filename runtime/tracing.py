"""Traces of readings: the part that costs nothing while they are off.

They are off unless an OTLP endpoint is set; only then `runtime.otlp` imports OpenTelemetry.
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from enum import StrEnum
from typing import Protocol

from structlog.typing import EventDict

from runtime.tracing_settings import TracingSettings

# The headers of https://www.w3.org/TR/trace-context/
TRACEPARENT = "traceparent"
TRACESTATE = "tracestate"
TraceHeaders = Mapping[str, str]
Attributes = Mapping[str, str | int | float | bool]


class SpanKind(StrEnum):
    """What a span is to others."""

    PRODUCER = "producer"
    CONSUMER = "consumer"
    CLIENT = "client"


class Span(Protocol):
    """A span that is recorded."""

    @property
    def headers(self) -> TraceHeaders:
        """The headers by which a message continues its trace."""

    def start_child(self, name: str, kind: SpanKind, attributes: Attributes) -> "Span | None":
        """Start a span within this one; return None if it is not sampled."""

    def fail(self, error: BaseException | str) -> None:
        """Mark it as failed, with the class of the error or a word for it."""

    def end(self) -> None:
        """End it."""


class Tracer(Protocol):
    """Starts spans; returns None instead of a span that is not sampled."""

    samples_by_ratio: bool
    """Whether a share of the traces is recorded, and the one that starts a trace decides which."""

    def sample_trace(self) -> bool:
        """Return whether a trace that starts now is sampled; if so, `start_trace` must follow."""

    def start_trace(self, name: str, kind: SpanKind, attributes: Attributes) -> Span | None:
        """Start a trace that is sampled."""

    def continue_trace(
        self, name: str, kind: SpanKind, attributes: Attributes, parent: TraceHeaders
    ) -> Span | None:
        """Start a span of the trace that a message brings; it also links to the message."""

    def start_linked(
        self, name: str, kind: SpanKind, attributes: Attributes, links: Sequence[TraceHeaders]
    ) -> Span | None:
        """Start a trace that is linked to several others, and recorded if one of them is."""


_tracer: Tracer | None = None
# OpenTelemetry's own takes 15 µs per reading, since its code is rarely in a cache of the processor.
_current: ContextVar[Span | None] = ContextVar("current_span", default=None)


def tracer() -> Tracer | None:
    """Return the tracer of this process; None while traces are off."""
    return _tracer


@contextmanager
def tracing(settings: TracingSettings, service: str) -> Iterator[None]:
    """Trace this process during the block, if the settings turn traces on.

    At its end, spans that are not exported yet have a second to be.
    """
    global _tracer  # noqa: PLW0603 (one per process, like the configuration of the logs)
    if not settings.traces_are_on:
        yield
        return
    from runtime.otlp import OtlpTracer  # noqa: PLC0415 (what is off is not imported)

    started = OtlpTracer(settings, service)
    # What was imported lives as long as the process; collecting it again and again costs more than the spans.
    gc.freeze()
    _tracer = started
    try:
        yield
    finally:
        _tracer = None
        started.close()


def child_span(name: str, kind: SpanKind, attributes: Attributes) -> AbstractContextManager[Span | None]:
    """Return a span within the current one as a block; an empty block where there is none."""
    parent = _current.get()
    return span_block(parent and parent.start_child(name, kind, attributes))


def span_block(span: Span | None) -> AbstractContextManager[Span | None]:
    """Return a block whose current span is this one, which ends with it; an empty block without one.

    An exception that leaves the block marks the span as failed.
    """
    return nullcontext() if span is None else _span_block(span)


@contextmanager
def _span_block(span: Span) -> Iterator[Span]:
    token = _current.set(span)
    try:
        yield span
    except BaseException as error:
        span.fail(error)
        raise
    finally:
        _current.reset(token)
        span.end()


def is_recording() -> bool:
    """Return whether there is a current span."""
    return _current.get() is not None


@contextmanager
def without_span() -> Iterator[None]:
    """Have no current span during the block: its log lines belong to none."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def log_fields(headers: TraceHeaders | None) -> dict[str, str]:
    """Return the fields by which a log line belongs to the span of these headers."""
    if not headers:
        return {}
    _, trace_id, span_id, _ = headers[TRACEPARENT].split("-")
    return {"trace_id": trace_id, "span_id": span_id}


def add_trace_ids(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Add the IDs of the current span to a log line."""
    if span := _current.get():
        event.update(log_fields(span.headers))
    return event
