"""Anomalies: reading them, and marking them as right or wrong."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from db.queries.statements import Row, Statements

# The values of `analysis.anomaly.AnomalyKind`.
AnomalyKind = Literal["spike", "level-shift", "stuck", "drift", "dropout", "unusual"]
Verdict = Literal["right", "wrong"]
COLUMNS = (
    "anomaly_id, sensor_id, name, location, kind, started_at, ended_at, detected_at, found_at, score, "
    "observed, expected, lower, upper, model_version, reason, verdict, marked_at, marked_by, note"
)
# What is open comes first, then the latest.
READ = f"""
SELECT {COLUMNS} FROM anomaly
WHERE (CAST(:sensors AS text[]) IS NULL OR sensor_id = ANY(:sensors))
  AND (CAST(:kinds AS text[]) IS NULL OR kind = ANY(:kinds))
  AND (NOT :is_open OR ended_at IS NULL)
  AND (CAST(:since AS timestamptz) IS NULL OR ended_at IS NULL OR ended_at >= :since)
  AND (CAST(:until AS timestamptz) IS NULL OR started_at < :until)
ORDER BY ended_at IS NOT NULL, started_at DESC, anomaly_id DESC
LIMIT :most
"""  # noqa: S608 (a constant)
# Those that were found later than one, and what became of those that are given.
CHANGES = f"""
SELECT {COLUMNS} FROM anomaly
WHERE (CAST(:sensors AS text[]) IS NULL OR sensor_id = ANY(:sensors))
  AND (CAST(:kinds AS text[]) IS NULL OR kind = ANY(:kinds))
  AND (anomaly_id > :last_id OR anomaly_id = ANY(CAST(:followed AS bigint[])))
ORDER BY anomaly_id
LIMIT :most
"""  # noqa: S608 (a constant)
LAST_ID = "SELECT coalesce(max(anomaly_id), 0) AS last_id FROM anomaly"
MARK = f"""
SELECT {COLUMNS} FROM mark_anomaly(:actor, :anomaly_id, CAST(:verdict AS text), :note)
"""  # noqa: S608 (a constant)


@dataclass(frozen=True)
class AnomalyFilter:
    """Which anomalies: of these sensors and kinds (None: all), that overlap a time."""

    sensors: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    is_open: bool = False
    since: datetime | None = None
    until: datetime | None = None


class Anomalies:
    """Reads and marks anomalies.

    Every method raises StoreUnavailable if the database does not answer in time.
    """

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def read(self, selection: AnomalyFilter, most: int) -> list[Row]:
        """Return anomalies, first what is open, then the latest."""
        return self._statements.rows(
            READ,
            sensors=_list(selection.sensors),
            kinds=_list(selection.kinds),
            is_open=selection.is_open,
            since=selection.since,
            until=selection.until,
            most=most,
        )

    def changes(
        self, selection: AnomalyFilter, last_id: int, followed: Collection[int], most: int
    ) -> list[Row]:
        """Return anomalies of the filter's sensors and kinds: those above `last_id`, and those followed."""
        return self._statements.rows(
            CHANGES,
            sensors=_list(selection.sensors),
            kinds=_list(selection.kinds),
            last_id=last_id,
            followed=list(followed),
            most=most,
        )

    def last_id(self) -> int:
        """Return the largest number of an anomaly, 0 if there is none."""
        return int(self._statements.rows(LAST_ID)[0]["last_id"])

    def mark(self, actor: str, anomaly_id: int, verdict: Verdict | None, note: str = "") -> Row:
        """Mark an anomaly as right or wrong (None takes the mark back), and return it.

        Raises:
            InvalidInput: When there is no such anomaly.
        """
        return self._statements.rows(MARK, actor=actor, anomaly_id=anomaly_id, verdict=verdict, note=note)[0]


def _list(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else list(values)
