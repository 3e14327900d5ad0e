"""Publish the readings of a job through the queue, like a sensor, and wait for the broker's confirms."""

import math
import time
from collections.abc import Callable, Iterable

from messaging.errors import BrokerRefused
from messaging.publishing.bulk import BulkPublisher, Connection, Message
from messaging.publishing.confirm_publisher import LIVE_PRIORITY, Confirm, ConfirmPublisher
from messaging.publishing.messages import to_message
from readings.model import Reading
from runtime.errors import ServiceUnavailable
from runtime.retry import retry
from runtime.text import quantity
from worker.context import JobContext

# A backfill keeps at most that many messages in the queue: a live reading waits for no more than these, and
# the depth is read often enough for a thousand readings per second (docs/adr/0033-sources-and-backfills.md).
BACKFILL_QUEUE_DEPTH = 100
NO_LIMIT = 0


class ReadingPublisher:
    """Publishes readings; for one thread. A broker that is down is waited for while progress is reported.

    At most `max_queue_depth` messages are kept in the queue (0: no limit). The connection stays open until
    `close`; call `publish` at least every few seconds meanwhile, without readings if there are none.
    """

    def __init__(
        self,
        job: JobContext,
        connect: Callable[[], Connection],
        *,
        queue: str,
        max_queue_depth: int = NO_LIMIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._job = job
        self._open = connect
        self._bulk = BulkPublisher(
            self._connect,
            self,
            queue=queue,
            max_queue_depth=max_queue_depth,
            retry_timeout_seconds=math.inf,
            keep_open=True,
            clock=clock,
            sleep=job.sleep,
        )

    def publish(self, readings: Iterable[Reading]) -> None:
        """Return once the broker has confirmed all readings.

        Raises:
            BrokerRefused: When the broker denies access.
            Unroutable: When no queue accepts a reading.
        """
        self._bulk.publish(map(to_message, readings))

    def close(self) -> None:
        """Close the connection."""
        self._bulk.close()

    def confirmed(self, _last: Message) -> None:
        """Report that messages are confirmed."""
        self._job.progress()

    def waiting(self, depth: int) -> None:
        """Report that the queue is full."""
        self._job.progress(f"waiting for the consumers: the queue has {quantity(depth, 'message')}")

    def lost(self, reason: str) -> None:
        """Report that the connection is lost."""
        self._job.progress(f"lost the connection to the broker ({reason}): retrying")

    def _connect(self) -> Connection:
        attempts = retry(sleep=self._job.sleep, on_failure=self._report_down, no_retry_on=(BrokerRefused,))
        return _ReportingConnection(attempts(self._open), self._job.progress)

    def _report_down(self, error: ServiceUnavailable, _seconds: float) -> None:
        self._job.progress(f"waiting for the broker: {error}")


def connect_to_broker(
    amqp_url: str, name: str, *, priority: int | None = LIVE_PRIORITY
) -> Callable[[], Connection]:
    """Return a function that connects to the broker under this name; history has no priority."""
    return lambda: ConfirmPublisher(amqp_url, name, priority=priority)


class _ReportingConnection:
    """A connection whose waits report progress: a broker that blocks publishers is waited for, too."""

    def __init__(self, connection: Connection, report: Callable[[], None]) -> None:
        self._connection = connection
        self._report = report
        self.server = connection.server
        self.publish = connection.publish
        self.request_queue_depth = connection.request_queue_depth
        self.close = connection.close

    @property
    def depth(self) -> int | None:
        """The response to `request_queue_depth`, None until it arrives."""
        return self._connection.depth

    def wait(self, seconds: float) -> list[Confirm]:
        """Wait as the connection does."""
        self._report()
        return self._connection.wait(seconds)
