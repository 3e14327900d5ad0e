"""Record spans with OpenTelemetry; the only place, with `runtime.span_export`, that imports it."""

import os
import random
import socket
import threading
from collections import deque
from collections.abc import Sequence

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import (
    Decision,
    ParentBased,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes as OtelAttributes
from opentelemetry.util.types import AttributeValue

from runtime.span_export import make_processor
from runtime.tracing import Attributes, SpanKind, TraceHeaders
from runtime.tracing_settings import TracingSettings
from runtime.version import VERSION

NAMESPACE = "sensors"
# As many as the largest batch has messages; OpenTelemetry's own limit of 128 would cut most of them off.
MAX_LINKS = 10_000
FLUSH_SECONDS = 1.0
_EMPTY = Context()
_LOW_BITS = 64  # of a trace ID, by which TraceIdRatioBased decides
_PROPAGATOR = TraceContextTextMapPropagator()
_KINDS = {kind: trace.SpanKind[kind.name] for kind in SpanKind}


class OtlpSpan:
    """A recorded span of OpenTelemetry."""

    def __init__(self, tracer: trace.Tracer, span: trace.Span) -> None:
        self._tracer = tracer
        self._span = span

    @property
    def headers(self) -> TraceHeaders:
        """The headers by which a message continues its trace."""
        headers: dict[str, str] = {}
        _PROPAGATOR.inject(headers, self._context)
        return headers

    def start_child(self, name: str, kind: SpanKind, attributes: Attributes) -> "OtlpSpan | None":
        """Start a span within this one."""
        return _start(self._tracer, name, kind, attributes, self._context)

    def fail(self, error: BaseException | str) -> None:
        """Mark it as failed, with the class of the error or a word for it."""
        word = error if isinstance(error, str) else type(error).__qualname__
        self._span.set_attribute("error.type", word)
        self._span.set_status(trace.StatusCode.ERROR, None if isinstance(error, str) else str(error))

    def end(self) -> None:
        """End it."""
        self._span.end()

    @property
    def _context(self) -> Context:
        return trace.set_span_in_context(self._span, _EMPTY)


class OtlpTracer:
    """Implements `runtime.tracing.Tracer`: samples, records and exports spans on a thread of its own."""

    def __init__(self, settings: TracingSettings, service: str) -> None:
        sampling = settings.sampling
        self.samples_by_ratio = sampling.parent_based and 0 < sampling.ratio < 1
        self._root = TraceIdRatioBased(sampling.ratio)
        self._ids = _SampledIds()
        self._provider = TracerProvider(
            sampler=_LinkedSampler(self._root) if sampling.parent_based else self._root,
            resource=_resource(settings, service),
            id_generator=self._ids,
            span_limits=SpanLimits(max_links=MAX_LINKS),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(make_processor(settings))
        self._tracer = self._provider.get_tracer(NAMESPACE, VERSION)

    def sample_trace(self) -> bool:
        """Return whether a trace that starts now is sampled; if so, `start_trace` must follow.

        The decision is that of the SDK's sampler for the same ID, at a tenth of the cost of a span.
        """
        return self._ids.generate_sampled(self._root)

    def start_trace(self, name: str, kind: SpanKind, attributes: Attributes) -> OtlpSpan | None:
        """Start a trace that is sampled."""
        return _start(self._tracer, name, kind, attributes, _EMPTY)

    def continue_trace(
        self, name: str, kind: SpanKind, attributes: Attributes, parent: TraceHeaders
    ) -> OtlpSpan | None:
        """Start a span of the trace that a message brings; it also links to the message."""
        return _start(self._tracer, name, kind, attributes, _extract(parent), _links([parent]))

    def start_linked(
        self, name: str, kind: SpanKind, attributes: Attributes, links: Sequence[TraceHeaders]
    ) -> OtlpSpan | None:
        """Start a trace that is linked to several others, and recorded if one of them is."""
        return _start(self._tracer, name, kind, attributes, _EMPTY, _links(links))

    def close(self) -> None:
        """Export what remains, for at most FLUSH_SECONDS: a collector that is down delays no shutdown."""
        closing = threading.Thread(target=self._provider.shutdown, name="span-export-end", daemon=True)
        closing.start()
        closing.join(FLUSH_SECONDS)


class _SampledIds(RandomIdGenerator):
    """Gives the next trace an ID that was generated and sampled before."""

    def __init__(self) -> None:
        self._sampled: deque[int] = deque()

    def generate_sampled(self, sampler: TraceIdRatioBased) -> bool:
        """Generate the half of an ID that decides, and keep the whole for the next trace if it is sampled."""
        low = random.getrandbits(_LOW_BITS)
        if low >= sampler.bound:
            return False
        self._sampled.append(random.getrandbits(_LOW_BITS) << _LOW_BITS | low)
        return True

    def generate_trace_id(self) -> int:
        """Return the ID of a new trace."""
        return self._sampled.popleft() if self._sampled else super().generate_trace_id()


class _LinkedSampler(ParentBased):
    """Follows the parent's decision; of a trace that is linked to others, records it if one of them is."""

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: trace.SpanKind | None = None,
        attributes: OtelAttributes = None,
        links: Sequence[trace.Link] | None = None,
        trace_state: trace.TraceState | None = None,
    ) -> SamplingResult:
        """Return the decision."""
        if not links or trace.get_current_span(parent_context).get_span_context().is_valid:
            return super().should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)
        sampled = any(link.context.trace_flags.sampled for link in links)
        return SamplingResult(Decision.RECORD_AND_SAMPLE if sampled else Decision.DROP, attributes)


def _start(
    tracer: trace.Tracer,
    name: str,
    kind: SpanKind,
    attributes: Attributes,
    context: Context,
    links: Sequence[trace.Link] = (),
) -> OtlpSpan | None:
    values: dict[str, AttributeValue] = dict(attributes)
    span = tracer.start_span(name, context, _KINDS[kind], values, links)
    return OtlpSpan(tracer, span) if span.is_recording() else None


def _resource(settings: TracingSettings, service: str) -> Resource:
    defaults: dict[str, AttributeValue] = {
        "service.name": service,
        "service.namespace": NAMESPACE,
        "service.version": VERSION,
        "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
    }
    return Resource.create({**defaults, **settings.resource_attributes})


def _links(headers: Sequence[TraceHeaders]) -> list[trace.Link]:
    contexts = (trace.get_current_span(_extract(each)).get_span_context() for each in headers)
    return [trace.Link(context) for context in contexts if context.is_valid]


def _extract(headers: TraceHeaders) -> Context:
    return _PROPAGATOR.extract(headers, _EMPTY)
