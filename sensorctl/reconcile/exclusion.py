"""Which gaps are no losses: numbers that no sensor counted, and readings older than the retention.

Any client may write any number into a message. A gap is a loss only if a sensor could have measured what is
missing in it.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from db.queries.sequences import GapEnds
from readings.csv_columns import EPOCH
from readings.times import MIN_YEAR

UUID_WITH_TIME = 7
EARLIEST = datetime(MIN_YEAR, 1, 1, tzinfo=UTC)  # no live reading is earlier
# More than any sensor measures; the slack allows for a clock that was set.
MAX_READINGS_PER_SECOND = 1000
CLOCK_SLACK = timedelta(days=1)
# A sensor of this project creates the IDs of its run and of each reading from the clock of the measurement.
ID_TOLERANCE = timedelta(minutes=5)
# A run of another client does not count from 1 if that much is missing at its start, and most of the run.
MIN_FOREIGN_GAP = 100
MIN_FOREIGN_RATIO = 10


class Exclusion(StrEnum):
    """Why a gap is not a loss, as a message."""

    IMPOSSIBLE = "the numbers jump further than any sensor can have measured"
    FOREIGN = "the run does not start at 1, and its IDs are not those of a sensor of this project"
    IMPORTED = "imported from a file, which may contain a part of a run"
    EXPIRED = "older than the retention (RETENTION_DAYS)"


def exclusion(
    run_id: UUID, first: int, last: int, *, ends: GapEnds, stored: int, retained_since: datetime | None
) -> Exclusion | None:
    """Return why the gap from `first` to `last` is not a loss; None if it is one.

    `stored` is the number of readings of the run that are stored.
    """
    started_at = id_time(run_id)
    begins_the_run = ends.previous_at is None
    if last - first >= max_readings(ends.previous_at or started_at, ends.next_at):
        return Exclusion.IMPOSSIBLE
    if begins_the_run and retained_since and (started_at or ends.next_at - CLOCK_SLACK) < retained_since:
        return Exclusion.EXPIRED
    if ends.imported:
        return Exclusion.IMPORTED
    missing = last - first + 1
    is_foreign = missing >= MIN_FOREIGN_GAP and missing > MIN_FOREIGN_RATIO * stored
    if begins_the_run and is_foreign and not _is_of_this_project(started_at, ends):
        return Exclusion.FOREIGN
    return None


def max_readings(since: datetime | None, until: datetime) -> float:
    """Return the largest number of readings that a sensor can have measured between two moments."""
    elapsed = max(timedelta(0), until - (since or EARLIEST))
    return (elapsed + CLOCK_SLACK).total_seconds() * MAX_READINGS_PER_SECOND


def id_time(identity: UUID) -> datetime | None:
    """Return the time in a UUID of version 7; None for another version."""
    if identity.version != UUID_WITH_TIME:
        return None
    try:
        return EPOCH + timedelta(milliseconds=identity.int >> 80)
    except OverflowError:  # a number that some client invented
        return None


def _is_of_this_project(started_at: datetime | None, ends: GapEnds) -> bool:
    measured_at = id_time(ends.next_reading_id)
    if started_at is None or measured_at is None:
        return False
    # A replay of a file has older times, and no reading is measured after it got its ID.
    return max(started_at, ends.next_at) <= measured_at + ID_TOLERANCE
