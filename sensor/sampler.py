"""The sampler: turns measurements into readings and puts them into the outbox when they are due."""

import time
from datetime import UTC, datetime
from uuid import UUID

from readings.ids import uuid7
from readings.model import Reading
from readings.payload import encode_payload, to_payload
from runtime.lifecycle import ShutdownSignal
from sensor.outbox.entry import OutboxEntry
from sensor.outbox.outbox import Outbox
from sensor.sources.measurement import Measurement, Source
from sensor.telemetry import SensorTelemetry

MAX_CATCH_UP_SECONDS = 1.0


class Sampler:
    """Numbers the readings of one run from 1, so that gaps can be detected."""

    def __init__(self, sensor_id: str, outbox: Outbox, telemetry: SensorTelemetry) -> None:
        self._sensor_id = sensor_id
        self._outbox = outbox
        self._telemetry = telemetry
        self._sequence = 0
        self.run_id: UUID = uuid7()

    def run(self, source: Source, stop: ShutdownSignal) -> None:
        """Measure until the source is exhausted or the shutdown is requested."""
        start = time.monotonic()
        for measurement in source:
            lateness = time.monotonic() - start - measurement.due_seconds
            if lateness > MAX_CATCH_UP_SECONDS:  # after a suspend of the machine: continue without a burst
                start += lateness
            if stop.wait(-lateness):
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
        payload = to_payload(reading, measurement.temperature, measurement.unit)
        self._outbox.put(
            OutboxEntry(self._sensor_id, str(reading.reading_id), encode_payload(payload), payload)
        )
        self._telemetry.measured(pending=len(self._outbox))
