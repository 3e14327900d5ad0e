"""How far a job or a workflow is, how fast it proceeds, and when it will be done."""

from datetime import datetime, timedelta
from typing import NamedTuple

from db.queries.statements import Row
from runtime.text import format_duration, quantity

MIN_RATE_SECONDS = 1.0


class Progress(NamedTuple):
    """What is done of a total, which may be unknown; the rate is per second."""

    done: int
    total: int | None
    rate: float | None = None

    @property
    def remaining(self) -> timedelta | None:
        """The time until all is done at this rate; None if it is unknown."""
        if self.total is None or not self.rate or self.done >= self.total:
            return None
        try:
            return timedelta(seconds=(self.total - self.done) / self.rate)
        except OverflowError:  # at a rate of nearly zero
            return None


def job_progress(job: Row, now: datetime) -> Progress:
    """Return the progress of a job; its rate is the mean since it started, or of all of its time."""
    started_at, ended_at = job["started_at"], job["ended_at"]
    seconds = ((ended_at or now) - started_at).total_seconds() if started_at else 0.0
    rate = job["done"] / seconds if seconds >= MIN_RATE_SECONDS and job["done"] else None
    return Progress(job["done"], job["total"], rate)


def workflow_progress(workflow: Row) -> Progress:
    """Return the progress of all jobs of a workflow together; the total is unknown while that of one is."""
    return Progress(workflow["done"], workflow["total"])


def describe_progress(progress: Progress, *, has_ended: bool = False) -> str:
    """Return the progress as text, such as `50 of 200 (25 %), 10/s, 15 s to go`."""
    if not progress.done and progress.total is None:
        return ""
    parts = [_extent(progress)]
    if progress.rate is not None:
        parts.append(f"{_rate(progress.rate)}/s")
    if progress.remaining is not None and not has_ended:
        parts.append(f"{format_duration(progress.remaining)} to go")
    return ", ".join(parts)


def describe_jobs(workflow: Row) -> str:
    """Return how many jobs are in which state, such as `3 of 5 jobs succeeded, 1 pending, 1 running`."""
    counts = dict(workflow["jobs_by_state"])
    total, succeeded = sum(counts.values()), counts.pop("succeeded", 0)
    others = "".join(f", {number} {state}" for state, number in sorted(counts.items()))
    return f"{succeeded} of {quantity(total, 'job')} succeeded{others}"


def _extent(progress: Progress) -> str:
    if progress.total is None:
        return f"{progress.done:,}"
    share = f" ({progress.done / progress.total:.0%})".replace("%", " %") if progress.total else ""
    return f"{progress.done:,} of {progress.total:,}{share}"


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"  # noqa: PLR2004 (two digits are enough)
