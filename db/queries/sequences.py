"""Reads the sequence numbers of each run: which readings were published, and which are missing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from db.engine import make_engine, translate_errors
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
GAPS = """
SELECT sensor_id, run_id, first_missing, last_missing
FROM reading_gap
WHERE run_id = ANY(:runs)
ORDER BY first_missing
"""
BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)


class RunKey(NamedTuple):
    """Identifies a run of a sensor process."""

    sensor_id: str
    run_id: UUID


@dataclass(frozen=True)
class RunSequences:
    """The sequence numbers of a run from `first` to `last`; those in the gaps are not stored.

    A gap is a pair of its first and last number. Gaps are in ascending order and not adjacent.
    """

    first: int
    last: int
    gaps: list[tuple[int, int]]


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
                row.first, row.last, _clip(row.first, gaps.get(key, []))
            )
            for row in rows
            if row.first <= row.last
        }


def _gaps(connection: Connection, run_ids: set[UUID]) -> dict[RunKey, list[tuple[int, int]]]:
    gaps: dict[RunKey, list[tuple[int, int]]] = {}
    if run_ids:
        for row in connection.execute(text(GAPS), {"runs": list(run_ids)}):
            gap = (row.first_missing, row.last_missing)
            gaps.setdefault(RunKey(row.sensor_id, row.run_id), []).append(gap)
    return gaps


def _clip(first: int, gaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Limit the gaps to numbers from `first` on."""
    return [(max(first, low), high) for low, high in gaps if high >= first]
