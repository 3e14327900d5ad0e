"""A subscription to a live source: a thread receives its values into a bounded buffer."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Condition, Thread
from typing import NamedTuple, Self

from worker.sources.model import LiveSource, Skipped, SourceUnavailable, SourceValue

MAX_BUFFERED = 10_000
JOIN_SECONDS = 1.0  # an interrupted job has a few seconds in all


class Batch(NamedTuple):
    """What was received since the last batch, and until when the source is known to have sent everything."""

    values: list[SourceValue | Skipped]
    alive_at: datetime | None


def utc_now() -> datetime:
    """Return the time now."""
    return datetime.now(UTC)


class Subscription:
    """Receives the values of a source for the block.

    When the buffer is full, it disconnects: reading slowly would give values that have no time of their own
    a wrong one. The values in the buffer are kept, and what follows is the same as after a lost connection.
    """

    def __init__(
        self, source: LiveSource, now: Callable[[], datetime] = utc_now, max_buffered: int = MAX_BUFFERED
    ) -> None:
        self._source = source
        self._now = now
        self._max_buffered = max_buffered
        self._changed = Condition()
        self._values: list[SourceValue | Skipped] = []
        self._subscribed_at: datetime | None = None
        self._alive_at: datetime | None = None
        self._error: Exception | None = None
        self._stopping = False
        self._thread = Thread(target=self._run, name="subscription", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._thread.join(JOIN_SECONDS)  # it looks after each message or silence

    def wait_until_subscribed(self, seconds: float) -> datetime | None:
        """Return since when the source sends its values; None if it does not within `seconds`.

        Raises:
            SourceUnavailable: When it does not answer.
            SourceRefused: When a person has to change something.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._subscribed_at or self._error, seconds)
            if self._subscribed_at is None and self._error is not None:
                raise self._error
            return self._subscribed_at

    def take(self, seconds: float) -> Batch:
        """Return what was received, after at most `seconds` if nothing is.

        Raises:
            SourceUnavailable: When the connection is lost, after everything that came before was returned.
            SourceRefused: When a person has to change something, likewise.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._values or self._error, seconds)
            if self._error is not None and not self._values:
                raise self._error
            values, self._values = self._values, []
            return Batch(values, self._alive_at)

    def _run(self) -> None:
        try:
            self._receive()
            error: Exception = SourceUnavailable("it sends nothing more")
        except Exception as raised:  # noqa: BLE001 (the thread that takes the values raises it)
            error = raised
        with self._changed:
            self._error = error
            self._changed.notify()

    def _receive(self) -> None:
        with self._source.values() as items:
            with self._changed:
                self._subscribed_at = self._alive_at = self._now()
                self._changed.notify()
            for item in items:
                with self._changed:
                    self._add(item)
                if self._stopping:
                    return

    def _add(self, item: SourceValue | Skipped | None) -> None:
        if len(self._values) >= self._max_buffered:
            raise SourceUnavailable(
                f"disconnected, because {self._max_buffered:,} values wait to be published"
            )
        self._alive_at = self._now()
        if item is not None:
            self._values.append(item)
            self._changed.notify()
