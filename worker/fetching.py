"""Fetch a span of history: part by part it is read, compared with what is stored, and published."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, Self
from uuid import UUID

from db.workflows.fetched import StoredReading
from jobs.backfills import parts
from jobs.spans import Span
from readings.model import Reading
from runtime.batches import batches
from worker.context import JobContext
from worker.source_readings import SourceReadings
from worker.sources.model import HistorySource, Skipped, SourceValue

# At most so many readings are compared and published together.
BATCH_READINGS = 1_000
# A source that sends a value again is expected to do so before so many others.
MAX_REMEMBERED = 200_000
NEW, SAME, REVISED = "new", "same", "revised"
REPEATED, OUTSIDE = "repeated", "outside the requested time"


class StoredReadings(Protocol):
    """What is stored of fetched readings (db.workflows.fetched implements it)."""

    def stored(self, readings: Sequence[Reading]) -> Mapping[UUID, StoredReading]:
        """Return those of the readings that are stored, by their IDs."""


class Publisher(Protocol):
    """Publishes readings with confirms (worker.publishing implements it)."""

    def publish(self, readings: Iterable[Reading]) -> None:
        """Return once all are confirmed."""

    def close(self) -> None:
        """Close the connection; the next publish opens it again."""


@dataclass(frozen=True, kw_only=True)
class FetchState:
    """How far a span is fetched, which is the checkpoint: everything before `position` is confirmed.

    `read_at` is when the fetch started, by the clock of the database. It decides which of two is newer.
    """

    span: Span
    position: datetime
    read_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    example: str | None = None

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Self:
        """Return the state that was saved as a checkpoint."""
        times = {name: datetime.fromisoformat(saved[name]) for name in ("from", "to", "position", "read_at")}
        return cls(
            span=Span(times["from"], times["to"]),
            position=times["position"],
            read_at=times["read_at"],
            counts=saved["counts"],
            skipped=saved["skipped"],
            example=saved["example"],
        )

    def to_json(self) -> dict[str, Any]:
        """Return the state as a checkpoint."""
        return {
            "from": self.span.start.isoformat(),
            "to": self.span.end.isoformat(),
            "position": self.position.isoformat(),
            "read_at": self.read_at.isoformat(),
            "counts": dict(self.counts),
            "skipped": dict(self.skipped),
            "example": self.example,
        }

    @property
    def result_counts(self) -> dict[str, Any]:
        """The counts as a job reports them."""
        return {NEW: 0, SAME: 0, REVISED: 0, **self.counts, "skipped": dict(self.skipped)}


@dataclass(frozen=True, kw_only=True)
class Fetcher:
    """Fetches spans of one source. With `revise`, newer values replace those that are stored."""

    context: JobContext
    history: HistorySource
    readings: SourceReadings
    stored: StoredReadings
    publisher: Publisher
    revise: bool = False

    def fetch(self, state: FetchState) -> FetchState:
        """Fetch what remains of the span, with a checkpoint after each part, and return the final state.

        Raises:
            JobInterrupted: When the job has to stop.
            SourceUnavailable: When the source does not answer.
            SourceRefused: When a person has to change something.
            BrokerRefused: When the broker denies access.
            StoreUnavailable: When the database does not answer.
        """
        spans = parts(state.span)
        self._save(state, spans)
        for part in spans:
            if part.end > state.position:
                state = self.fetch_part(part, state)
                self._save(state, spans)
        return state

    def _save(self, state: FetchState, spans: Sequence[Span]) -> None:
        self.context.save(
            state.to_json(),
            done=sum(part.end <= state.position for part in spans),
            total=len(spans),
            counts=state.result_counts,
        )

    def fetch_part(self, part: Span, state: FetchState) -> FetchState:
        """Fetch a part of the span, and return the state after it; raise as `fetch` does."""
        self.readings.skipped.clear()
        counts: Counter[str] = Counter()
        for batch in batches(self._readings(part), BATCH_READINGS):
            self._store(batch, state, counts)
        return replace(
            state,
            position=part.end,
            counts=Counter(state.counts) + counts,
            skipped=Counter(state.skipped) + self.readings.skipped,
            example=state.example or self.readings.example,
        )

    def _readings(self, part: Span) -> Iterator[Reading]:
        """Yield the readings of the part, each once."""
        seen: set[UUID] = set()
        for value in self.history.read(*part):
            self.context.progress()
            reading = self.readings.convert_one(self._check_time(value, part))
            if reading is None:
                continue
            if reading.reading_id in seen:
                self.readings.skipped[REPEATED] += 1
                continue
            if len(seen) >= MAX_REMEMBERED:
                seen.clear()
            seen.add(reading.reading_id)
            yield reading

    def _check_time(self, value: SourceValue | Skipped, part: Span) -> SourceValue | Skipped:
        if isinstance(value, SourceValue) and not part.start <= value.measured_at < part.end:
            return Skipped(OUTSIDE)
        return value

    def _store(self, batch: Sequence[Reading], state: FetchState, counts: Counter[str]) -> None:
        """Publish those of the readings that are not stored, and count all."""
        known = self.stored.stored(batch)
        published = []
        for reading in batch:
            kind, is_stored = self._compare(reading, known.get(reading.reading_id), state)
            counts[kind] += 1
            if not is_stored:
                published.append(reading._replace(revised_at=state.read_at if self.revise else None))
        if published:
            self.publisher.publish(published)
            # The source may take longer for the next values than the broker waits for a heartbeat.
            self.publisher.close()

    def _compare(self, reading: Reading, known: StoredReading | None, state: FetchState) -> tuple[str, bool]:
        """Return what a reading is, and whether nothing has to be published.

        What an earlier attempt of this job has stored counts as it did then.
        """
        if known is None:
            return NEW, False
        is_own = reading.import_id is not None and known.import_id == reading.import_id
        if known.temperature == reading.temperature:
            was_revised = self.revise and known.revised_at == state.read_at
            return (NEW if is_own else REVISED if was_revised else SAME), True
        return REVISED, not self.revise
