"""Takes measurements when they are due and puts them into the outbox."""

import time
from datetime import UTC, datetime
from uuid import UUID

from readings.ids import uuid7
from readings.model import Reading
from readings.payload import encode_payload, to_payload
from runtime.lifecycle import ShutdownSignal
from sensor.outbox.outbox import Outbox, OutboxEntry
from sensor.sources.measurement import Measurement, Source
from sensor.telemetry import SensorTelemetry

LATE_SECONDS = 1.0


class Sampler:
    """Numbers the readings of one run from 1, so that a gap can be seen later."""

    def __init__(self, sensor_id: str, outbox: Outbox, events: SensorTelemetry) -> None:
        self._sensor_id = sensor_id
        self._outbox = outbox
        self._events = events
        self._sequence = 0
        self.run_id: UUID = uuid7()

    def run(self, source: Source, stop: ShutdownSignal) -> None:
        """Measure until the source ends or the stop is requested."""
        start = time.monotonic()
        for measurement in source:
            late = time.monotonic() - start - measurement.due_seconds
            if late > LATE_SECONDS:  # the machine slept: go on from now, without a burst
                start += late
            if stop.wait(-late):
                return
            self._put(measurement)

    def _put(self, measurement: Measurement) -> None:
        self._sequence += 1
        reading = Reading(
            reading_id=uuid7(),
            sensor_id=self._sensor_id,
            measured_at=measurement.measured_at or datetime.now(UTC),
            temperature=measurement.temperature,
            run_id=self.run_id,
            sequence=self._sequence,
        )
        message = to_payload(reading, measurement.temperature, measurement.unit)
        self._outbox.put(
            OutboxEntry(self._sensor_id, str(reading.reading_id), encode_payload(message), message)
        )
        self._events.measured(waiting=len(self._outbox))
