"""Plans of backfills: which chunks of a source's history are fetched, given what was fetched before."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Self

from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from jobs.spans import Span, Spans, difference, intersection, split, union
from jobs.spec import JobSpec, Spec
from runtime.errors import InvalidInput
from runtime.text import format_duration
from runtime.text_fields import Text

REST = "rest"
DAY = timedelta(days=1)
MIN_CHUNK = timedelta(minutes=1)
DEFAULT_CHUNK = 7 * DAY
MAX_CHUNKS = 10_000
# A chunk is read in up to this many parts of a day at least; each is a checkpoint.
PARTS = 8
Again = Literal["none", "failed", "completed"]


class RestSpec(Spec):
    """What a job of the kind `rest` reads: a chunk of the history, or what is new since the cursor.

    `mark` stores the ID of the workflow with each reading, by which `sensorctl import undo` finds them.
    """

    model_config = ConfigDict(populate_by_name=True)

    source: Text = Field(min_length=1, max_length=100)
    start: AwareDatetime | None = Field(default=None, alias="from")
    end: AwareDatetime | None = Field(default=None, alias="to")
    revise: bool = False
    mark: bool = True

    @model_validator(mode="after")
    def _check_times(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise ValueError("has one of from and to: give both for a chunk, or neither to read what is new")
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError("from must be before to")
        return self


class BackfillSpec(Spec):
    """A request to fetch the history of a source from `from` to before `to`.

    `again` says what is fetched again: nothing, what failed, or also what was fetched completely. Other jobs
    that have not ended keep their chunks in any case. With `revise` newer values replace stored values.
    """

    model_config = ConfigDict(populate_by_name=True)

    source: Text = Field(min_length=1, max_length=100)
    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")
    chunk: timedelta = Field(default=DEFAULT_CHUNK, ge=MIN_CHUNK)
    newest_first: bool = False
    again: Again = "none"
    max_running: int | None = Field(default=None, ge=1, le=1000)
    revise: bool = False

    @model_validator(mode="after")
    def _check_times(self) -> Self:
        if self.start >= self.end:
            raise ValueError("from must be before to")
        return self


class SourceHistory(NamedTuple):
    """What was fetched of a source: completely, what jobs have still to fetch, and where jobs failed."""

    covered: Sequence[Span] = ()
    active: Sequence[Span] = ()
    failed: Sequence[Span] = ()


class BackfillPlan(NamedTuple):
    """The chunks to fetch, in the order in which they start, and what is left out because of what exists."""

    chunks: Spans
    covered: Spans
    active: Spans
    failed: Spans


def plan_backfill(spec: BackfillSpec, history: SourceHistory, now: datetime) -> BackfillPlan:
    """Return the plan of a backfill; nothing after `now` is in it.

    Raises:
        InvalidInput: When there would be too many chunks.
    """
    requested = [Span(spec.start, min(spec.end, now))] if spec.start < now else []
    active = union(history.active)
    covered = [] if spec.again == "completed" else difference(history.covered, active)
    failed = difference(history.failed, [*active, *history.covered]) if spec.again == "none" else []
    remaining = difference(requested, [*active, *covered, *failed])
    return BackfillPlan(
        _chunks(remaining, spec.chunk, spec.start, newest_first=spec.newest_first),
        intersection(requested, covered),
        intersection(requested, active),
        intersection(requested, failed),
    )


def plan_gaps(
    gaps: Iterable[Span], history: SourceHistory, chunk: timedelta, *, newest_first: bool = False
) -> Spans:
    """Return the chunks that fetch exactly the gaps, without those that jobs have still to fetch.

    Raises:
        InvalidInput: When there would be too many chunks.
    """
    remaining = difference(gaps, history.active)
    return _chunks(remaining, chunk, remaining[0].start, newest_first=newest_first) if remaining else []


def _chunks(spans: Spans, chunk: timedelta, origin: datetime, *, newest_first: bool) -> Spans:
    count = sum(span.length // chunk + 1 for span in spans)
    if count > MAX_CHUNKS:
        raise InvalidInput(
            f"{format_duration(chunk)} cuts this time into more than {MAX_CHUNKS:,} chunks: choose longer "
            "chunks, or a shorter time",
            "chunk",
        )
    chunks = list(split(spans, chunk, origin))
    return chunks[::-1] if newest_first else chunks


def backfill_jobs(source: str, chunks: Iterable[Span], *, revise: bool = False) -> list[JobSpec]:
    """Return the jobs that fetch the chunks."""
    return [
        JobSpec(
            REST,
            {
                "source": source,
                "from": chunk.start.isoformat(),
                "to": chunk.end.isoformat(),
                **({"revise": True} if revise else {}),
            },
        )
        for chunk in chunks
    ]


def parts(chunk: Span) -> Spans:
    """Return the parts in which a chunk is read, in the order of time."""
    return list(split([chunk], max(DAY, chunk.length / PARTS), chunk.start))
