"""Handle a batch of messages: parse each, simulate work on it, and store the readings together."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple, Protocol, TypeVar
from zoneinfo import ZoneInfo

from db.errors import InvalidData
from db.settings import PastRetention
from db.store import Store
from messaging.consuming.delivery import Delivery
from messaging.consuming.handler import BatchResult, Work
from pipeline.reused_ids import find_reused_ids
from readings.errors import DeadLetterReason, InvalidReading
from readings.model import Reading
from readings.parsing import ParseContext, parse_reading
from readings.payload import MqttDefaults
from readings.plausible import PlausibleRanges

ACCEPT_ALL = PlausibleRanges()
Result = TypeVar("Result")


class Message(Protocol):
    """The part of a delivery that is required to store its reading."""

    @property
    def body(self) -> bytes:
        """The unchanged body."""

    @property
    def mqtt_defaults(self) -> MqttDefaults | None:
        """The defaults for fields that the body of an MQTT message may omit."""


class StoreResult(NamedTuple):
    """The outcome of a batch: `new` of the readings were inserted, the others were duplicates.

    `errors` contains, in the order of the messages, why one can never become a stored reading; `seconds` is
    the duration of the database's work.
    """

    readings: Sequence[Reading]
    new: int
    errors: Sequence[InvalidReading | None]
    stored_at: datetime
    seconds: float = 0.0


class StoreEvents(Protocol):
    """Receives the results of the handler."""

    def stored(self, result: StoreResult) -> None:
        """Record a batch that is committed and settled."""


def no_op(_position: int = 0) -> None:
    """Do nothing."""


class Execute(Protocol):
    """Executes work in the database."""

    def __call__(self, work: Callable[[], Result], /) -> Result:
        """Return the result of `work`."""


def run_inline(work: Callable[[], Result]) -> Result:
    """Run `work` in this thread."""
    return work()


def store_messages(
    store: Store,
    messages: Sequence[Message],
    zone: ZoneInfo,
    *,
    work: Callable[[int], None] = no_op,
    process_events: Callable[[], None] = no_op,
    execute: Execute = run_inline,
    past_retention: PastRetention = "store",
    plausible: PlausibleRanges = ACCEPT_ALL,
) -> StoreResult:
    """Store the readings of the messages, in one statement if the database accepts them all.

    `work` is called with the position of each valid message before the readings are stored; `execute` runs a
    statement, and `process_events` is called between two statements. Unless `past_retention` is
    `store`, readings that are older than the retention are rejected; so are those that are not `plausible`,
    and those that have the ID of another stored reading.

    Raises:
        StoreUnavailable: When the readings cannot be stored now; some may be stored already.
    """
    readings, errors = _parse_all(messages, ParseContext(zone, datetime.now(UTC)))
    if readings:
        _reject_implausible(readings, errors, store.plausible_ranges(plausible))
    if past_retention == "dead-letter" and readings:
        _reject_expired(readings, errors, store.retained_since())
    for position in readings:
        work(position)
    started_at = time.perf_counter()
    new, rejected = _save_bisecting(partial(_save, store, execute), readings, process_events)
    _reject(readings, errors, rejected)
    if new < len(readings):
        defaults = {position: messages[position].mqtt_defaults for position in readings}
        _reject(readings, errors, execute(partial(find_reused_ids, store, readings, defaults)))
    seconds = time.perf_counter() - started_at
    return StoreResult(list(readings.values()), new, errors, datetime.now(UTC), seconds)


def _parse_all(
    messages: Sequence[Message], context: ParseContext
) -> tuple[dict[int, Reading], list[InvalidReading | None]]:
    readings: dict[int, Reading] = {}
    errors: list[InvalidReading | None] = [None] * len(messages)
    for position, message in enumerate(messages):
        defaults = message.mqtt_defaults
        try:
            readings[position] = parse_reading(
                message.body, replace(context, mqtt_defaults=defaults) if defaults else context
            )
        except InvalidReading as error:
            errors[position] = error
    return readings, errors


def _reject_implausible(
    readings: dict[int, Reading], errors: list[InvalidReading | None], ranges: PlausibleRanges
) -> None:
    """Move readings whose temperature is outside the plausible range from `readings` to `errors`."""
    for position, reading in list(readings.items()):
        if violation := ranges.violation(reading):
            del readings[position]
            errors[position] = InvalidReading(
                DeadLetterReason.IMPLAUSIBLE, f"temperature is {reading.temperature:.10g} °C, {violation}"
            )


def _reject_expired(
    readings: dict[int, Reading], errors: list[InvalidReading | None], retained_since: datetime | None
) -> None:
    """Move readings that the next maintenance would drop from `readings` to `errors`."""
    if retained_since is None:
        return
    for position, reading in list(readings.items()):
        if reading.measured_at < retained_since:
            del readings[position]
            errors[position] = InvalidReading(
                DeadLetterReason.PAST_RETENTION,
                f"measured_at is {reading.measured_at.isoformat()}; readings are kept from "
                f"{retained_since.date()} on (RETENTION_DAYS)",
            )


def _reject(
    readings: dict[int, Reading],
    errors: list[InvalidReading | None],
    rejected: Mapping[int, InvalidReading],
) -> None:
    """Move readings that are rejected from `readings` to `errors`."""
    for position, error in rejected.items():
        del readings[position]
        errors[position] = error


def _save(store: Store, execute: Execute, readings: Sequence[Reading]) -> int:
    return execute(partial(store.save, readings))


def _save_bisecting(
    save: Callable[[Sequence[Reading]], int],
    readings: Mapping[int, Reading],
    process_events: Callable[[], None],
) -> tuple[int, dict[int, InvalidReading]]:
    """Save the readings; find those that the database rejects by bisection, and save the others."""
    if not readings:
        return 0, {}
    try:
        return save(list(readings.values())), {}
    except InvalidData as error:
        if len(readings) == 1:
            rejection = InvalidReading(DeadLetterReason.REJECTED_BY_DATABASE, str(error))
            return 0, dict.fromkeys(readings, rejection)
    process_events()
    items, middle = list(readings.items()), len(readings) // 2
    new_first, rejected_first = _save_bisecting(save, dict(items[:middle]), process_events)
    new_second, rejected_second = _save_bisecting(save, dict(items[middle:]), process_events)
    return new_first + new_second, rejected_first | rejected_second


class ReadingHandler:
    """Commits or rejects each reading of a batch; raises as `store_messages` does."""

    def __init__(
        self,
        store: Store,
        events: StoreEvents,
        *,
        naive_time_zone: ZoneInfo,
        processing_seconds: tuple[float, float] = (0, 0),
        past_retention: PastRetention = "store",
        plausible: PlausibleRanges = ACCEPT_ALL,
    ) -> None:
        self._store = store
        self._events = events
        self._naive_time_zone = naive_time_zone
        self._processing_seconds = processing_seconds
        self._past_retention = past_retention
        self._plausible = plausible

    def __call__(self, batch: Sequence[Delivery], work: Work) -> BatchResult:
        """Handle the deliveries together."""

        def simulate_work(_position: int) -> None:
            work.pause(random.uniform(*self._processing_seconds))  # noqa: S311 (simulated work)

        result = store_messages(
            self._store,
            batch,
            self._naive_time_zone,
            work=simulate_work if self._processing_seconds[1] > 0 else no_op,
            process_events=partial(work.pause, 0),
            # A batch is worth switching threads: the next one arrives meanwhile.
            execute=work.run_in_thread if len(batch) > 1 else run_inline,
            past_retention=self._past_retention,
            plausible=self._plausible,
        )
        return BatchResult(result.errors, partial(self._events.stored, result))
