"""The sampler: turns measurements into readings and puts them into the outbox when they are due."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from heapq import merge
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from messaging.spans import create_span
from readings.ids import derive_reading_id, uuid7
from readings.model import Reading
from readings.payload import encode_payload, to_payload
from readings.units import to_celsius
from runtime.lifecycle import ShutdownSignal
from runtime.tracing import Span
from sensor.outbox.entry import OutboxEntry
from sensor.outbox.outbox import Outbox
from sensor.sources.measurement import Measurement, Source
from sensor.telemetry import SensorTelemetry

MAX_CATCH_UP_SECONDS = 1.0
# Measurements that are due at nearly the same time share a transaction. At 5,000 per second, waiting for each
# of them would cost more than measuring it.
MIN_WAIT_SECONDS = 0.005
MAX_TOGETHER = 100


class Due(NamedTuple):
    """A measurement of a sensor."""

    due_seconds: float
    sensor_id: str
    measurement: Measurement


class Sampler:
    """Numbers the readings of each sensor in this run from 1, so that gaps can be detected.

    Readings of a recording with its own times have no number, and the same ID in each run.
    Several sensors start one after the other, distributed over their interval, and not all at once.
    """

    def __init__(self, sources: Mapping[str, Source], outbox: Outbox, telemetry: SensorTelemetry) -> None:
        self._sources = sources
        self._outbox = outbox
        self._telemetry = telemetry
        self._sequences: defaultdict[str, int] = defaultdict(int)
        self._together: list[OutboxEntry] = []
        self._spans: list[Span] = []
        several = len(sources) > 1
        self._min_wait, self._max_together = (MIN_WAIT_SECONDS, MAX_TOGETHER) if several else (0.0, 1)
        self.run_id: UUID = uuid7()

    def run(self, stop: ShutdownSignal) -> None:
        """Measure until every source is exhausted or the shutdown is requested."""
        start = time.monotonic()
        for due in self._measurements():
            lateness = time.monotonic() - start - due.due_seconds
            if lateness > MAX_CATCH_UP_SECONDS:  # after a suspend of the machine: continue without a burst
                start += lateness
            if lateness < 0 or len(self._together) in (0, self._max_together):
                self._put()
                if stop.wait(max(-lateness, self._min_wait) if lateness < 0 else 0):
                    return
            self._together.append(self._entry(due))
        self._put()

    def _measurements(self) -> Iterator[Due]:
        """Yield the measurements of all sensors in the order in which they are due."""
        count = len(self._sources)
        schedules = [
            _schedule(sensor_id, self._watch(source), number / count)
            for number, (sensor_id, source) in enumerate(self._sources.items())
        ]
        return merge(*schedules, key=itemgetter(0))

    def _watch(self, source: Source) -> Iterator[Measurement]:
        """Yield the measurements of a source, and report while it is waited for."""
        measurements = iter(source)
        while True:
            self._telemetry.source_requested()
            measurement = next(measurements, None)
            self._telemetry.source_responded()
            if measurement is None:
                return
            yield measurement

    def _entry(self, due: Due) -> OutboxEntry:
        sensor_id, measurement = due.sensor_id, due.measurement
        reading = self._reading(sensor_id, measurement)
        payload = to_payload(reading, measurement.temperature, measurement.unit)
        reading_id = str(reading.reading_id)
        span = create_span(sensor_id, reading_id)
        if span:
            self._spans.append(span)
        trace = span.headers if span else None
        return OutboxEntry(sensor_id, reading_id, encode_payload(payload), trace, payload)

    def _reading(self, sensor_id: str, measurement: Measurement) -> Reading:
        celsius = to_celsius(measurement.temperature, measurement.unit)
        if measurement.measured_at:
            # Another pass or another run replays the same reading, whose ID is that of a message without one.
            measured_at = measurement.measured_at.astimezone(UTC)
            reading_id = derive_reading_id(sensor_id, measured_at, celsius)
            return Reading(reading_id, sensor_id, measured_at, celsius)
        self._sequences[sensor_id] += 1
        return Reading(
            uuid7(), sensor_id, datetime.now(UTC), celsius, self.run_id, self._sequences[sensor_id]
        )

    def _put(self) -> None:
        if self._together:
            self._outbox.put(*self._together)
            self._end_spans()
            self._telemetry.measured(len(self._together), pending=len(self._outbox))
            self._together.clear()

    def _end_spans(self) -> None:
        """End the spans of creation, which include that the readings are on disk."""
        for span in self._spans:
            span.end()
        self._spans.clear()


def _schedule(sensor_id: str, measurements: Iterator[Measurement], phase: float) -> Iterator[Due]:
    """Yield the measurements of a sensor, later by `phase` times the time between its first two."""
    first, second = next(measurements, None), next(measurements, None)
    offset = phase * (second.due_seconds - first.due_seconds) if first and second else 0.0
    for measurement in filter(None, (first, second)):
        yield Due(measurement.due_seconds + offset, sensor_id, measurement)
    for measurement in measurements:
        yield Due(measurement.due_seconds + offset, sensor_id, measurement)
