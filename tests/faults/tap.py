"""Record what the broker receives from real sensors, with a queue of its own on their exchange."""

import json
import threading
from datetime import datetime
from typing import Any, Self

from tests.faults.ledger import Attempt, Ledger, StoredRow
from tests.faults.load import BROKEN, EXCHANGE, connect

TAP_QUEUE = "faults.tap"
IDLE_SECONDS = 0.5
RECONNECT_SECONDS = 0.5
EMPTY_FOR_ROUNDS = 4


class Tap:
    """Record each reading that the broker routes in the ledger, as confirmed, while the block runs.

    The broker routes to both queues before it confirms, so every confirmed reading is recorded.
    """

    def __init__(self, url: str, ledger: Ledger, sensor_id: str) -> None:
        self._url, self._ledger, self._sensor_id = url, ledger, sensor_id
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tap", daemon=True)
        self.readings: dict[str, int] = {}
        self.sequences: dict[str, set[int]] = {}

    def __enter__(self) -> Self:
        self._declare()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)
        connection = connect(self._url)
        connection.channel().queue_delete(TAP_QUEUE)
        connection.close()

    def republished(self) -> int:
        """Return the number of readings that were published more than once."""
        return sum(1 for times in self.readings.values() if times > 1)

    def missing(self) -> int:
        """Return the number of readings that were measured and not published: the gaps in the sequences."""
        return sum(max(numbers) - len(numbers) for numbers in self.sequences.values())

    def _declare(self) -> None:
        connection = connect(self._url)
        channel = connection.channel()
        channel.queue_declare(TAP_QUEUE, durable=True)
        channel.queue_purge(TAP_QUEUE)
        channel.queue_bind(TAP_QUEUE, EXCHANGE, f"reading.{self._sensor_id}")
        connection.close()

    def _run(self) -> None:
        idle_rounds = 0
        while not (self._stop.is_set() and idle_rounds >= EMPTY_FOR_ROUNDS):
            try:
                idle_rounds = 0 if self._receive_until_idle() else idle_rounds + 1
            except BROKEN:
                self._stop.wait(RECONNECT_SECONDS)

    def _receive_until_idle(self) -> int:
        """Receive messages until none arrives for a moment; return their number."""
        connection = connect(self._url)
        channel = connection.channel()
        received = 0
        for method, _, body in channel.consume(TAP_QUEUE, inactivity_timeout=IDLE_SECONDS):
            if method is None:
                break
            self._record(body)
            channel.basic_ack(method.delivery_tag)
            received += 1
        connection.close()
        return received

    def _record(self, body: bytes) -> None:
        reading: dict[str, Any] = json.loads(body)
        moment = datetime.fromisoformat(reading["measured_at"])
        name = reading["reading_id"]
        row = StoredRow(name, reading["sensor_id"], moment, reading["temperature"])
        attempt = Attempt(body, row)
        self._ledger.confirm(self._ledger.attempt(attempt), attempt)
        self.readings[name] = self.readings.get(name, 0) + 1
        self.sequences.setdefault(reading["run_id"], set()).add(reading["sequence"])
