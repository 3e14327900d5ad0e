"""Traces of a test, recorded in memory instead of exported."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from runtime import otlp
from runtime.tracing import TraceHeaders, tracing
from runtime.tracing_settings import TracingSettings


class RecordedSpans:
    """The spans that ended."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()

    @property
    def all(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    @property
    def names(self) -> list[str]:
        return [span.name for span in self.all]


@contextmanager
def recorded_spans(
    sampler: str = "parentbased_always_on", ratio: float | None = None
) -> Iterator[RecordedSpans]:
    """Record the spans of the block."""
    spans = RecordedSpans()
    settings = TracingSettings.model_validate(
        {
            "otel_exporter_otlp_endpoint": "http://127.0.0.1:9",
            "otel_traces_sampler": sampler,
            "otel_traces_sampler_arg": ratio,
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(otlp, "make_processor", lambda _settings: SimpleSpanProcessor(spans.exporter))
        with tracing(settings, "test"):
            yield spans


def trace_id(headers: TraceHeaders) -> int:
    """Return the trace ID in the headers of a message."""
    return int(headers["traceparent"].split("-")[1], 16)
