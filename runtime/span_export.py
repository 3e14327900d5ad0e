"""Export spans on a thread of its own, and count those that are lost."""

import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from prometheus_client import Counter

from runtime.tracing_settings import TracingSettings

EXPORTED = Counter("traces_spans_exported_total", "Spans that the collector accepted")
DROPPED = Counter(
    "traces_spans_dropped_total", "Spans that were lost: too many waited, or the collector was down"
)


def make_processor(settings: TracingSettings) -> BatchSpanProcessor:
    """Return what receives the spans that end, and exports them."""
    return _BoundedProcessor(_CountingExporter(settings), settings)


class _CountingExporter(SpanExporter):
    """Counts what is exported, and logs when the collector goes down and comes up again."""

    def __init__(self, settings: TracingSettings) -> None:
        endpoint = str(settings.traces_endpoint)
        self._session = _Session()
        self._inner = OTLPSpanExporter(
            endpoint,
            certificate_file=settings.otel_exporter_otlp_certificate,
            client_certificate_file=settings.otel_exporter_otlp_client_certificate,
            client_key_file=settings.otel_exporter_otlp_client_key,
            headers=settings.export_headers,
            timeout=settings.otel_exporter_otlp_timeout / 1_000,
            compression=Compression(settings.otel_exporter_otlp_compression),
            session=self._session,
        )
        self._address = urlsplit(endpoint).netloc.rpartition("@")[2]
        self._max_waiting_spans = settings.otel_bsp_max_queue_size
        self._lock = threading.Lock()
        self._waiting = 0
        self._is_down = False
        self._log = structlog.get_logger()

    def admit(self) -> bool:
        """Count a span that waits to be exported; return False if too many do."""
        with self._lock:
            if self._waiting >= self._max_waiting_spans:
                DROPPED.inc()
                return False
            self._waiting += 1
            return True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export these spans, or drop them when that fails repeatedly."""
        result = SpanExportResult.FAILURE
        try:
            result = self._inner.export(spans)
        finally:
            with self._lock:
                self._waiting -= len(spans)
            (EXPORTED if result is SpanExportResult.SUCCESS else DROPPED).inc(len(spans))
            self._report(is_down=result is SpanExportResult.FAILURE)
        return result

    def _report(self, *, is_down: bool) -> None:
        if is_down and not self._is_down:
            reason = self._session.failure or "the export failed"
            self._log.warning("traces dropped", collector=self._address, reason=reason)
        elif self._is_down and not is_down:
            self._log.info("traces exported again", collector=self._address)
        self._is_down = is_down

    def shutdown(self) -> None:
        """End the other exporter."""
        self._inner.shutdown()  # type: ignore[no-untyped-call]

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Return that nothing is buffered here."""
        return self._inner.force_flush(timeout_millis)


class _BoundedProcessor(BatchSpanProcessor):
    """Hands ended spans to the exporting thread and never waits; drops those that are too many."""

    def __init__(self, exporter: _CountingExporter, settings: TracingSettings) -> None:
        super().__init__(
            exporter,
            max_queue_size=settings.otel_bsp_max_queue_size,
            schedule_delay_millis=settings.otel_bsp_schedule_delay,
            max_export_batch_size=settings.otel_bsp_max_export_batch_size,
        )
        self._exporter = exporter

    def on_end(self, span: ReadableSpan) -> None:
        """Receive a span that ended."""
        if self._exporter.admit():
            super().on_end(span)


class _Session(requests.Session):
    """An HTTP session that keeps why its last request failed; the exporter does not return it."""

    failure = ""

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        """Send a request.

        Raises:
            requests.RequestException: When there is no response.
        """
        self.failure = ""
        try:
            response = super().request(*arguments, **options)
        except requests.RequestException as error:
            self.failure = str(error)
            raise
        if not response.ok:
            self.failure = f"{response.status_code} {response.reason}"
        return response
