"""A connection that publishes the readings that are due."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from random import gauss
from typing import NamedTuple, Protocol
from uuid import UUID

from benchmarks.load import options
from benchmarks.load.measurements import Measurements
from benchmarks.load.pacing import Pacer
from benchmarks.messages import encode
from messaging.errors import BrokerUnavailable
from messaging.publishing.confirm_publisher import Confirm, OutstandingConfirms
from readings.ids import uuid7
from readings.model import Reading

# A slow broker therefore slows publishing down.
MAX_IN_FLIGHT = 1_000
# All connections, the page and the queries of the database take turns on one core.
MAX_PER_TURN = 100
RECONNECT_SECONDS = 1.0
CONFIRM_TIMEOUT_SECONDS = 10.0
MEAN, DEVIATION = 21.0, 0.5


class Publisher(Protocol):
    """The part of ConfirmPublisher and MqttPublisher that is used."""

    def publish(self, sensor_id: str, message_id: str, body: bytes) -> None: ...  # noqa: D102 (ConfirmPublisher's)
    def wait(self, seconds: float) -> list[Confirm]: ...  # noqa: D102 (ConfirmPublisher's)
    def close(self) -> None: ...  # noqa: D102 (ConfirmPublisher's)


class Sent(NamedTuple):
    """A published reading, and the monotonic time and the rate at which it was published."""

    reading: Reading
    published_at: float
    stage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the connections of one protocol share: the pace, the sensors in turn, and the measurements."""

    protocol: options.Protocol
    connect: Callable[[], Publisher]
    pacer: Pacer
    sensor_ids: Iterator[str]
    load_id: UUID
    measurements: Measurements

    def new_reading(self) -> Reading:
        """Return a reading of the next sensor, measured now.

        It carries the ID of the run as that of an import, so that `sensorctl import undo` deletes it, and
        its sensors do not count as offline after the run.
        """
        temperature = round(gauss(MEAN, DEVIATION), 2)
        return Reading(uuid7(), next(self.sensor_ids), datetime.now(UTC), temperature, import_id=self.load_id)


class Sender:
    """Publishes over one connection, which it opens again after a loss."""

    def __init__(
        self,
        source: Source,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._source = source
        self._clock = clock
        self._sleep = sleep
        self._publisher: Publisher | None = None
        self._outstanding: OutstandingConfirms[Sent] = OutstandingConfirms()

    def run_once(self) -> None:
        """Publish what is due, and process confirms until the next reading is due."""
        try:
            publisher = self._publisher or self._connect()
            self._publish_due(publisher)
            self._settle(publisher.wait(self._source.pacer.seconds_until_due()))
        except BrokerUnavailable as error:
            self._source.measurements.add_failure(self._source.protocol, str(error))
            self._disconnect()
            self._sleep(RECONNECT_SECONDS)

    def finish(self) -> None:
        """Wait for outstanding confirms, for a limited time, and close the connection."""
        deadline = self._clock() + CONFIRM_TIMEOUT_SECONDS
        try:
            while self._publisher and len(self._outstanding) and self._clock() < deadline:
                self._settle(self._publisher.wait(0.1))
        except BrokerUnavailable as error:
            self._source.measurements.add_failure(self._source.protocol, str(error))
        self._source.measurements.unconfirmed += [
            sent.reading.reading_id for sent in self._outstanding.reset()
        ]
        self._disconnect()

    def _connect(self) -> Publisher:
        """Connect, and publish again what an earlier connection left unconfirmed."""
        publisher = self._source.connect()
        self._publisher = publisher
        for sent in self._outstanding.reset():
            _publish(publisher, sent.reading)
        return publisher

    def _disconnect(self) -> None:
        publisher, self._publisher = self._publisher, None
        if publisher:
            with suppress(BrokerUnavailable):
                publisher.close()

    def _publish_due(self, publisher: Publisher) -> None:
        source = self._source
        stage = source.pacer.stage
        limit = min(MAX_IN_FLIGHT - len(self._outstanding), MAX_PER_TURN)
        for _ in range(source.pacer.take(limit)):
            sent = Sent(source.new_reading(), self._clock(), stage)
            self._outstanding.add(sent)
            source.measurements.add_published(source.protocol, stage)
            _publish(publisher, sent.reading)

    def _settle(self, confirms: list[Confirm]) -> None:
        source, now = self._source, self._clock()
        for confirm in confirms:
            for sent in self._outstanding.confirm(confirm):
                source.measurements.add_confirmed(source.protocol, sent.stage, now - sent.published_at)


def _publish(publisher: Publisher, reading: Reading) -> None:
    publisher.publish(reading.sensor_id, str(reading.reading_id), encode(reading))
