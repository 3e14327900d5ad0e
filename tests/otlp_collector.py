"""A real receiver of OTLP over HTTP, which decodes what is exported to it; independent of this project."""

import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as EncodedSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from tests.waiting import DEADLINE_SECONDS, eventually
from tests.webhook_server import respond, serve_requests

KINDS = {
    EncodedSpan.SPAN_KIND_PRODUCER: "producer",
    EncodedSpan.SPAN_KIND_CONSUMER: "consumer",
    EncodedSpan.SPAN_KIND_CLIENT: "client",
}


@dataclass(frozen=True)
class ReceivedSpan:
    """A span as the collector received it; IDs are in hexadecimal, times in nanoseconds."""

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    links: tuple[tuple[str, str], ...]
    """The trace ID and the span ID of each link."""
    attributes: Mapping[str, Any]
    resource: Mapping[str, Any]
    started_at: int
    ended_at: int
    is_error: bool

    @property
    def context(self) -> tuple[str, str]:
        return self.trace_id, self.span_id

    def is_within(self, other: "ReceivedSpan") -> bool:
        """Return whether it is a child of the other span and within its time."""
        is_child = (self.trace_id, self.parent_id) == other.context
        return is_child and other.started_at <= self.started_at <= self.ended_at <= other.ended_at


class Collector:
    """Accepts the spans that are posted, while `status` is 200; else responds with that status."""

    def __init__(self) -> None:
        self.port = 0
        self.status = 200
        self.requests: list[tuple[str, Mapping[str, str]]] = []
        self.spans: list[ReceivedSpan] = []

    @property
    def variables(self) -> dict[str, str]:
        """The variables of a process that exports every span at once."""
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "OTEL_TRACES_SAMPLER": "parentbased_always_on",
            "OTEL_BSP_SCHEDULE_DELAY": "50",
        }

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.requests.append((request.path, dict(request.headers)))
        if self.status != 200:
            respond(self.status)(request)
            return
        if request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.spans += decode(ExportTraceServiceRequest.FromString(body))
        response = ExportTraceServiceResponse().SerializeToString()
        request.send_response(200)
        request.send_header("Content-Type", "application/x-protobuf")
        request.send_header("Content-Length", str(len(response)))
        request.end_headers()
        request.wfile.write(response)

    def named(self, start: str) -> list[ReceivedSpan]:
        """Return the spans whose name starts with this."""
        return [span for span in self.spans if span.name.startswith(start)]

    def wait_for(self, start: str, count: int = 1) -> list[ReceivedSpan]:
        """Wait until this many spans with this start of their name were received, and return all such."""
        eventually(lambda: len(self.named(start)) >= count, DEADLINE_SECONDS, f"{count} spans {start!r}")
        return self.named(start)


def decode(request: ExportTraceServiceRequest) -> Iterator[ReceivedSpan]:
    """Yield the spans of an export."""
    for group in request.resource_spans:
        resource = _values(group.resource.attributes)
        for scope in group.scope_spans:
            for span in scope.spans:
                yield ReceivedSpan(
                    service=resource["service.name"],
                    name=span.name,
                    kind=KINDS[span.kind],
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    links=tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
                    attributes=_values(span.attributes),
                    resource=resource,
                    started_at=span.start_time_unix_nano,
                    ended_at=span.end_time_unix_nano,
                    is_error=span.status.code == Status.STATUS_CODE_ERROR,
                )


def _values(pairs: Any) -> dict[str, Any]:
    return {pair.key: _value(pair) for pair in pairs}


def _value(pair: KeyValue) -> Any:
    return getattr(pair.value, str(pair.value.WhichOneof("value")))


@contextmanager
def otlp_collector() -> Iterator[Collector]:
    """Run a collector while the block runs."""
    collector = Collector()
    with serve_requests(collector.handle) as collector.port:
        yield collector
