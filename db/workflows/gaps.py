"""Finds the gaps of sources: what was neither read completely, nor has readings."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from db.queries.retention import RETAINED_SINCE
from db.queries.statements import Row, Statements
from db.workflows.sources import Sources
from jobs.gaps import DEFAULT_MIN_LENGTH, Gap, Presence, missing
from jobs.spans import Span

MIN_INTERVALS = 3
# Readings are close together if their distance is at most the tolerance. A sensor that was merged into
# another has its readings there. Each sensor is a statement of its own, so that none takes long.
PRESENT = """
WITH stored_as AS (
    SELECT coalesce(max(merged_into), CAST(:sensor AS text)) AS sensor_id,
           max(expected_interval_seconds) AS interval_seconds
    FROM sensor_settings WHERE sensor_id = :sensor
), minute AS MATERIALIZED (
    SELECT starts_at, starts_at - lag(starts_at) OVER (ORDER BY starts_at) AS distance
    FROM sensor_minutes((SELECT ARRAY[sensor_id] FROM stored_as), CAST(:start AS timestamptz),
                        CAST(:end AS timestamptz))
    WHERE readings > 0
), tolerated AS (
    SELECT greatest(CAST(:min_length AS interval), :intervals * coalesce(
        make_interval(secs => (SELECT interval_seconds FROM stored_as)),
        percentile_disc(0.5) WITHIN GROUP (ORDER BY distance), interval '0')) AS tolerance
    FROM minute
), numbered AS (
    SELECT starts_at, tolerance,
           count(*) FILTER (WHERE distance > tolerance) OVER (ORDER BY starts_at) AS number
    FROM minute CROSS JOIN tolerated
)
SELECT tolerance, min(starts_at) AS start, max(starts_at) + interval '1 minute' AS end
FROM tolerated LEFT JOIN numbered USING (tolerance)
GROUP BY tolerance, number ORDER BY number
"""
RETAINED = f"SELECT ({RETAINED_SINCE}) AS since"
FOREVER = datetime(1900, 1, 1, tzinfo=UTC)


class Gaps:
    """Finds gaps.

    Every method raises StoreUnavailable if the database does not answer in time.
    """

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._sources = Sources(statements)

    def find_all(self, now: datetime, *, source: str | None = None, sensor: str | None = None) -> list[Gap]:
        """Return the gaps of all sources, or of one, and of all their sensors, or of one."""
        rows = self._sources.read_all() if source is None else [self._sources.read(source)]
        return [gap for row in rows if row for gap in self.find(row, now, sensor=sensor)]

    def find(
        self,
        source: Row,
        now: datetime,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        min_length: timedelta = DEFAULT_MIN_LENGTH,
        sensor: str | None = None,
    ) -> list[Gap]:
        """Return the gaps of a source, a row of `source`: sensor by sensor, in the order of time.

        Without `start`, they are those since the first reading of one of its sensors, or since the first time
        that was read. What is older than the retention, or younger than the lag of the source, is in no gap.
        """
        name = source["name"]
        covered = [Span(*each) for each in self._sources.covered(name)]
        complete_until = now - timedelta(seconds=source["lag_seconds"] or 0)
        requested = Span(
            max(start or FOREVER, self._retained_since()), min(end or complete_until, complete_until)
        )
        sensors = [each["sensor_id"] for each in source["sensors"]]
        present = {each: self._presence(each, requested, min_length) for each in sensors}
        if start is None:
            first = _first([*covered, *(span for each in present.values() for span in each.spans)])
            requested = Span(max(requested.start, first or requested.end), requested.end)
        return [
            Gap(name, each, *span)
            for each, presence in present.items()
            if sensor in {None, each}
            for span in missing(requested, covered, presence)
        ]

    def _presence(self, sensor: str, requested: Span, min_length: timedelta) -> Presence:
        rows = self._statements.rows(
            PRESENT,
            sensor=sensor,
            start=requested.start,
            end=requested.end,
            min_length=min_length,
            intervals=MIN_INTERVALS,
        )
        return Presence(
            [Span(row["start"], row["end"]) for row in rows if row["start"]], rows[0]["tolerance"]
        )

    def _retained_since(self) -> datetime:
        since: datetime | None = self._statements.rows(RETAINED)[0]["since"]
        return since or FOREVER


def _first(spans: Iterable[Span]) -> datetime | None:
    return min((span.start for span in spans), default=None)
