"""Traces of readings: the part that costs nothing while they are off.

They are off unless an OTLP endpoint is set; only then `runtime.otlp` imports OpenTelemetry.
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from typing import Protocol, Self

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
    """A span that is recorded. As a context manager it is the current span of its block, and then ends.

    An exception that leaves the block marks it as failed.
    """

    @property
    def headers(self) -> TraceHeaders:
        """The headers by which a message continues its trace."""

    def fail(self, error: BaseException | str) -> None:
        """Mark it as failed, with the class of the error or a word for it."""

    def end(self) -> None:
        """End it."""

    def __enter__(self) -> Self: ...
    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None: ...


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

    def is_recording(self) -> bool:
        """Return whether there is a current span."""

    def start_child(self, name: str, kind: SpanKind, attributes: Attributes) -> Span | None:
        """Start a span within the current one."""

    def current_headers(self) -> TraceHeaders:
        """Return the headers of the current span; none without one."""

    def without_span(self) -> AbstractContextManager[None]:
        """Return a block that has no current span."""


_tracer: Tracer | None = None


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
    span = _tracer.start_child(name, kind, attributes) if is_recording() and _tracer else None
    return nullcontext() if span is None else span


def is_recording() -> bool:
    """Return whether there is a current span."""
    return _tracer is not None and _tracer.is_recording()


def without_span() -> AbstractContextManager[None]:
    """Return a block whose log lines belong to no span."""
    return nullcontext() if _tracer is None else _tracer.without_span()


def log_fields(headers: TraceHeaders | None) -> dict[str, str]:
    """Return the fields by which a log line belongs to the span of these headers."""
    if not headers:
        return {}
    _, trace_id, span_id, _ = headers[TRACEPARENT].split("-")
    return {"trace_id": trace_id, "span_id": span_id}


def add_trace_ids(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Add the IDs of the current span to a log line."""
    if _tracer is not None:
        event.update(log_fields(_tracer.current_headers()))
    return event
