"""A separate client that publishes load and records which readings were confirmed."""

import json
import threading
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import pika
from pika.exceptions import AMQPError


class Load:
    """Publish readings with confirms while the block runs, and reconnect after each connection loss.

    `confirmed` has the ids of the readings that the broker has confirmed.
    """

    def __init__(self, url: str, queue: str, rate_per_second: float, sensor_id: str = "load") -> None:
        self._url = url
        self._queue = queue
        self._pause_seconds = 1 / rate_per_second
        self._sensor_id = sensor_id
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.confirmed: set[uuid.UUID] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(30)

    def _run(self) -> None:
        while not self._stop.is_set():
            with suppress(AMQPError, OSError):
                self._publish_until_lost()
            self._stop.wait(0.2)

    def _publish_until_lost(self) -> None:
        connection = pika.BlockingConnection(pika.URLParameters(self._url))
        channel = connection.channel()
        channel.confirm_delivery()
        while not self._stop.is_set():
            reading_id = uuid.uuid4()
            body = {
                "reading_id": str(reading_id),
                "sensor_id": self._sensor_id,
                "measured_at": datetime.now(UTC).isoformat(),
                "temperature": round(20 + time.monotonic() % 5, 3),
            }
            properties = pika.BasicProperties(delivery_mode=2)
            channel.basic_publish("", self._queue, json.dumps(body), properties, mandatory=True)
            self.confirmed.add(reading_id)
            connection.sleep(self._pause_seconds)
        connection.close()
