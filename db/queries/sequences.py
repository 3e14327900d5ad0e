"""Reads the sequence numbers of each run: which readings were published, and which are missing."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from db.driver_errors import translate_errors
from db.engine import make_engine
from db.queries.retention import read_retained_since
from db.settings import DatabaseSettings

# Both queries scan the whole table; no index serves them (docs/adr/0007-reconciliation.md).
STATEMENT_TIMEOUT_SECONDS = 10 * 60.0
RUNS = """
SELECT sensor_id, run_id,
       coalesce(max(sequence) FILTER (WHERE measured_at <= :since), 0) + 1 AS first,
       max(sequence)            AS last,
       count(DISTINCT sequence) AS stored
FROM reading_sequence
WHERE :every_run OR run_id = ANY(:runs)
GROUP BY sensor_id, run_id
HAVING max(measured_at) > :since
"""
# The gaps of reading_gap, each with the readings at its two ends.
GAPS = """
SELECT sensor_id, run_id, previous + 1 AS first_missing, sequence - 1 AS last_missing,
       previous_at, measured_at AS next_at, reading_id AS next_reading_id,
       import_id IS NOT NULL AND (previous = 0 OR previous_import_id IS NOT NULL) AS imported
FROM (
    SELECT sensor_id, run_id, sequence, measured_at, reading_id, import_id,
           lag(sequence, 1, 0::bigint) OVER run AS previous, lag(measured_at) OVER run AS previous_at,
           lag(import_id) OVER run AS previous_import_id
    FROM numbered_reading
    WHERE run_id = ANY(:runs)
    WINDOW run AS (PARTITION BY run_id, sensor_id ORDER BY sequence)
) AS numbered
WHERE sequence > previous + 1
ORDER BY first_missing
"""
ACKNOWLEDGED = "SELECT sensor_id, run_id, first_sequence, last_sequence FROM acknowledged_loss ORDER BY 3"
ACKNOWLEDGE = "SELECT acknowledge_loss(:sensor_id, :run_id, :first, :last, :reason)"
BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)


class RunKey(NamedTuple):
    """Identifies a run of a sensor process."""

    sensor_id: str
    run_id: UUID


class GapEnds(NamedTuple):
    """The readings before and after a gap; a gap at the start of a run has none before it.

    `imported` is set where an import brought them, from a file that may contain a part of a run.
    """

    previous_at: datetime | None
    next_at: datetime
    next_reading_id: UUID
    imported: bool = False


@dataclass(frozen=True)
class RunSequences:
    """The sequence numbers of a run from `first` to `last`; those in the gaps are not stored.

    A gap is a pair of its first and last number. Gaps are in ascending order and not adjacent; `ends`
    contains their ends by their last number.
    """

    first: int
    last: int
    gaps: list[tuple[int, int]]
    ends: dict[int, GapEnds] = field(default_factory=dict)


class Sequences:
    """Reads the sequence numbers of runs."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._engine = make_engine(
            settings, name="reconcile", statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS
        )

    def runs(self, since: datetime | None = None) -> dict[RunKey, RunSequences]:
        """Return every run, or those with readings measured after `since`, from their first number after it.

        Raises:
            StoreUnavailable: When the database does not answer.
        """
        return self._read({"since": since or BEGINNING_OF_TIME, "every_run": True, "runs": []})

    def runs_by_id(self, run_ids: Collection[UUID]) -> dict[RunKey, RunSequences]:
        """Return the runs with these IDs, from their first number.

        Raises:
            StoreUnavailable: When the database does not answer.
        """
        return self._read({"since": BEGINNING_OF_TIME, "every_run": False, "runs": list(run_ids)})

    def retained_since(self) -> datetime | None:
        """Return from when on readings are kept; None if they are kept forever.

        Raises:
            StoreUnavailable: When the database does not answer.
        """
        with translate_errors(), self._engine.connect() as connection:
            return read_retained_since(connection)

    def acknowledged(self) -> dict[RunKey, list[tuple[int, int]]]:
        """Return the acknowledged losses of each run, in ascending order.

        Raises:
            StoreUnavailable: When the database does not answer.
        """
        losses: dict[RunKey, list[tuple[int, int]]] = {}
        with translate_errors(), self._engine.connect() as connection:
            for row in connection.execute(text(ACKNOWLEDGED)):
                key = RunKey(row.sensor_id, row.run_id)
                losses.setdefault(key, []).append((row.first_sequence, row.last_sequence))
        return losses

    def acknowledge(self, key: RunKey, ranges: Collection[tuple[int, int]], reason: str) -> None:
        """Record that these readings of a run are lost and known to be.

        Raises:
            StoreUnavailable: When the database does not answer.
        """
        with translate_errors(), self._engine.begin() as connection:
            for first, last in ranges:
                parameters = {**key._asdict(), "first": first, "last": last, "reason": reason}
                connection.execute(text(ACKNOWLEDGE), parameters)

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    def _read(self, parameters: dict[str, Any]) -> dict[RunKey, RunSequences]:
        # Both queries read one snapshot, so that the gaps belong to the same maximum.
        with (
            translate_errors(),
            self._engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        ):
            rows = connection.execute(text(RUNS), parameters).all()
            gaps = _gaps(connection, {row.run_id for row in rows if row.stored < row.last})
        return {
            (key := RunKey(row.sensor_id, row.run_id)): RunSequences(
                row.first, row.last, _clip(row.first, list(gaps.get(key, {}))), _by_last(gaps.get(key, {}))
            )
            for row in rows
            if row.first <= row.last
        }


def _gaps(connection: Connection, run_ids: set[UUID]) -> dict[RunKey, dict[tuple[int, int], GapEnds]]:
    gaps: dict[RunKey, dict[tuple[int, int], GapEnds]] = {}
    if run_ids:
        for row in connection.execute(text(GAPS), {"runs": list(run_ids)}):
            ends = GapEnds(row.previous_at, row.next_at, row.next_reading_id, row.imported)
            run = gaps.setdefault(RunKey(row.sensor_id, row.run_id), {})
            run[row.first_missing, row.last_missing] = ends
    return gaps


def _by_last(gaps: dict[tuple[int, int], GapEnds]) -> dict[int, GapEnds]:
    return {last: ends for (_, last), ends in gaps.items()}


def _clip(first: int, gaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Limit the gaps to numbers from `first` on."""
    return [(max(first, low), high) for low, high in gaps if high >= first]
