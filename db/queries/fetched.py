"""Reads how many readings each workflow has fetched from its source, and how many of them are stored."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text

from db.engine import connect
from db.settings import DatabaseSettings

# It reads the whole table of readings, as the search for missing sequences does.
STATEMENT_TIMEOUT_SECONDS = 10 * 60.0
# Readings that are not marked (`mark` false) cannot be distinguished from those of others.
FETCHED = """
WITH fetching AS (
    SELECT workflow_id, rerun_of, job.spec ->> 'source' AS source,
           bool_and(job.state = 'succeeded') AS has_succeeded,
           CAST(sum(coalesce(CAST(counts ->> 'new' AS bigint), 0)) AS bigint) AS published,
           min(CAST(job.spec ->> 'from' AS timestamptz)) AS fetched_from
    FROM workflow JOIN job USING (workflow_id)
    WHERE job.kind = 'rest' AND coalesce(CAST(job.spec ->> 'mark' AS boolean), true)
      AND workflow.requested_at >= :since
    GROUP BY workflow_id, rerun_of, source
)
SELECT workflow_id, rerun_of, source, has_succeeded, published, coalesce(readings, 0) AS stored
FROM fetching LEFT JOIN reading_import ON import_id = workflow_id
WHERE (fetched_from IS NULL OR fetched_from >= :retained_since)
  AND NOT EXISTS (SELECT FROM undone_import AS undone WHERE undone.import_id = workflow_id::text)
ORDER BY workflow_id
"""
BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """The readings of a workflow: what it has published that was not stored before, and what is stored.

    `rerun_of` is the workflow that it repeats.
    """

    workflow_id: UUID
    source: str
    rerun_of: UUID | None
    has_succeeded: bool
    published: int
    stored: int


def read_fetched(
    settings: DatabaseSettings, since: datetime | None, retained_since: datetime | None
) -> list[Fetched]:
    """Return the workflows that have fetched readings and were requested since then.

    Left out are those that fetched from before `retained_since`, whose readings may have been dropped, and
    those that were undone.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(
        settings, name="reconcile", statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS
    ) as connection:
        bounds = {
            "since": since or BEGINNING_OF_TIME,
            "retained_since": retained_since or BEGINNING_OF_TIME,
        }
        rows = connection.execute(text(FETCHED), bounds)
        return [Fetched(**row) for row in rows.mappings()]
