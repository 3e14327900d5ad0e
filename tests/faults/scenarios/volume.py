"""A long backlog, and a million bodies."""

import time
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from readings.errors import DeadLetterReason, InvalidReading
from readings.parsing import ParseContext, parse_reading
from readings.payload import MAX_BODY_BYTES
from tests.faults import mutation
from tests.faults.bodies import valid_reading
from tests.faults.bulk import BulkPublisher
from tests.faults.experiment import Experiment
from tests.faults.ledger import Attempt, StoredRow

MEBIBYTE = 1 << 20
MAX_GROWTH_BYTES = 16 * MEBIBYTE
SAMPLE_SECONDS = 2.0
MIN_PER_SECOND = 50
MAX_SHOWN_CRASHES = 5
PROGRESS_INTERVAL = 20_000


def backlog(experiment: Experiment, *, messages: int) -> None:
    """Row 9. A backlog is drained, and the memory of the consumers stays constant."""
    experiment.show_progress(f"publishing {messages:,} messages")
    started_at = time.monotonic()
    BulkPublisher(
        experiment.environment.amqp_url,
        experiment.ledger,
        (valid_reading(experiment.random, f"backlog-{n % 50}") for n in range(messages)),
    ).run()
    experiment.notes.append(f"published at {messages / (time.monotonic() - started_at):,.0f}/s")
    workers = experiment.start_workers()
    started_at, deadline = time.monotonic(), time.monotonic() + messages / MIN_PER_SECOND
    samples: list[int] = []
    while ready := experiment.depth()[0]:
        assert time.monotonic() < deadline, f"{ready} messages are still in the queue"
        samples.append(max(workers.memory(), default=0))
        experiment.show_progress(
            f"{ready:,} messages remaining; the largest consumer has {samples[-1] / MEBIBYTE:.0f} MiB"
        )
        time.sleep(SAMPLE_SECONDS)
    experiment.notes.append(f"drained at {messages / (time.monotonic() - started_at):,.0f}/s")
    _check_memory(experiment, samples)


def _check_memory(experiment: Experiment, samples: list[int]) -> None:
    """Check the memory from the second sample on, when the process has loaded its modules."""
    first, highest = samples[min(1, len(samples) - 1)], max(samples)
    experiment.notes.append(
        f"the largest consumer: {first / MEBIBYTE:.0f} MiB at the start, at most {highest / MEBIBYTE:.0f}"
    )
    if highest - first > MAX_GROWTH_BYTES:
        experiment.problems.append(f"memory grew by {(highest - first) / MEBIBYTE:.0f} MiB")


def fuzzed_bodies(experiment: Experiment, *, in_process: int, queued: int) -> None:
    """Row 15. Mutated and random bodies are stored or dead-lettered, and crash no consumer."""
    _parse_all(experiment, in_process)
    workers = experiment.start_workers()
    experiment.show_progress(f"{queued:,} bodies through the queue")
    # The broker rejects larger bodies; they are only parsed in process.
    accepted = (
        raw for raw in iter(lambda: mutation.body(experiment.random), None) if len(raw) <= MAX_BODY_BYTES
    )
    BulkPublisher(
        experiment.environment.amqp_url, experiment.ledger, map(_expected, islice(accepted, queued))
    ).run()
    experiment.wait_until(lambda: experiment.depth()[0] == 0, queued / MIN_PER_SECOND, "the queue is empty")
    if workers.deaths():
        experiment.problems.append(f"{workers.deaths()} consumers exited")


def _parse_all(experiment: Experiment, number: int) -> None:
    outcomes: Counter[str] = Counter()
    for done in range(number):
        if done % PROGRESS_INTERVAL == 0:
            experiment.show_progress(f"parsed {done:,} of {number:,} bodies in process")
        raw = mutation.body(experiment.random)
        try:
            outcomes[_outcome(raw)] += 1
        except Exception as error:  # noqa: BLE001 (a crash is a finding)
            outcomes["crash"] += 1
            if outcomes["crash"] <= MAX_SHOWN_CRASHES:
                experiment.problems.append(f"{type(error).__name__} ({error}) for {raw[:100]!r}")
    summary = ", ".join(f"{times:,} {name}" for name, times in outcomes.most_common())
    experiment.notes.append(f"{number:,} bodies parsed in process: {summary}")


def _outcome(raw: bytes) -> str:
    try:
        _parse(raw)
    except InvalidReading as error:
        if not error.detail.isprintable():
            raise ValueError(f"the detail {error.detail!r} is not printable") from error
        return error.reason.value
    return "readings"


def _parse(raw: bytes) -> StoredRow:
    reading = parse_reading(raw, ParseContext(ZoneInfo("UTC"), datetime.now(UTC)))
    return StoredRow(str(reading.reading_id), reading.sensor_id, reading.measured_at, reading.temperature)


def _expected(raw: bytes) -> Attempt:
    try:
        return Attempt(raw, _parse(raw), DeadLetterReason.REJECTED_BY_DATABASE.value)
    except InvalidReading as error:
        return Attempt(raw, None, error.reason.value)
