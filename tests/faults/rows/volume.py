"""Much of it: a long backlog, and a million bodies."""

import time
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from readings.errors import DeadLetterReason, InvalidReading
from readings.parsing import ParseContext, parse_reading
from readings.payload import MAX_BODY_BYTES
from tests.faults import mutation
from tests.faults.bodies import good
from tests.faults.bulk import BulkPublisher
from tests.faults.experiment import Experiment
from tests.faults.ledger import Attempt, StoredRow

MEBIBYTE = 1 << 20
MOST_GROWTH = 16 * MEBIBYTE
SAMPLE_SECONDS = 2.0
SLOWEST_PER_SECOND = 50
SHOWN_CRASHES = 5
TOLD_EVERY = 20_000


def backlog(x: Experiment, *, messages: int) -> None:
    """Row 9. A backlog is drained, and the consumers' memory stays flat."""
    x.say(f"publishes {messages:,} messages")
    began = time.monotonic()
    BulkPublisher(
        x.site.amqp_url, x.ledger, (good(x.chance, f"backlog-{n % 50}") for n in range(messages))
    ).run()
    x.notes.append(f"published at {messages / (time.monotonic() - began):,.0f}/s")
    crew = x.workers()
    began, deadline = time.monotonic(), time.monotonic() + messages / SLOWEST_PER_SECOND
    samples: list[int] = []
    while ready := x.depth()[0]:
        assert time.monotonic() < deadline, f"{ready} messages are still there"
        samples.append(max(crew.memory(), default=0))
        x.say(f"{ready:,} messages left; the largest consumer has {samples[-1] / MEBIBYTE:.0f} MiB")
        time.sleep(SAMPLE_SECONDS)
    x.notes.append(f"drained at {messages / (time.monotonic() - began):,.0f}/s")
    _check_memory(x, samples)


def _check_memory(x: Experiment, samples: list[int]) -> None:
    """From the second sample on: by then the process has loaded what it needs."""
    first, highest = samples[min(1, len(samples) - 1)], max(samples)
    x.notes.append(
        f"the largest consumer: {first / MEBIBYTE:.0f} MiB at first, {highest / MEBIBYTE:.0f} at most"
    )
    if highest - first > MOST_GROWTH:
        x.problems.append(f"memory grew by {(highest - first) / MEBIBYTE:.0f} MiB")


def bodies(x: Experiment, *, in_process: int, queued: int) -> None:
    """Row 15. Mutated and random bodies: no crash, each is a reading or has its reason."""
    _read_all(x, in_process)
    crew = x.workers()
    x.say(f"{queued:,} bodies through the queue")
    # The broker itself refuses what is larger; in process such bodies were read too.
    taken = (raw for raw in iter(lambda: mutation.body(x.chance), None) if len(raw) <= MAX_BODY_BYTES)
    BulkPublisher(x.site.amqp_url, x.ledger, map(_expected, islice(taken, queued))).run()
    x.until(lambda: x.depth()[0] == 0, queued / SLOWEST_PER_SECOND, "the queue is empty")
    if crew.deaths():
        x.problems.append(f"consumers died {crew.deaths()} times")


def _read_all(x: Experiment, number: int) -> None:
    outcomes: Counter[str] = Counter()
    for done in range(number):
        if done % TOLD_EVERY == 0:
            x.say(f"read {done:,} of {number:,} bodies in process")
        raw = mutation.body(x.chance)
        try:
            outcomes[_outcome(raw)] += 1
        except Exception as error:  # noqa: BLE001 (what the row looks for)
            outcomes["crash"] += 1
            if outcomes["crash"] <= SHOWN_CRASHES:
                x.problems.append(f"{type(error).__name__} ({error}) for {raw[:100]!r}")
    told = ", ".join(f"{times:,} {name}" for name, times in outcomes.most_common())
    x.notes.append(f"{number:,} bodies in process: {told}")


def _outcome(raw: bytes) -> str:
    try:
        _read(raw)
    except InvalidReading as error:
        if not error.detail.isprintable():
            raise ValueError(f"the detail {error.detail!r} is not printable") from error
        return error.reason.value
    return "readings"


def _read(raw: bytes) -> StoredRow:
    reading = parse_reading(raw, ParseContext(ZoneInfo("UTC"), datetime.now(UTC)))
    return StoredRow(str(reading.reading_id), reading.sensor_id, reading.measured_at, reading.temperature)


def _expected(raw: bytes) -> Attempt:
    try:
        return Attempt(raw, _read(raw), DeadLetterReason.REJECTED_BY_DATABASE.value)
    except InvalidReading as error:
        return Attempt(raw, None, error.reason.value)
