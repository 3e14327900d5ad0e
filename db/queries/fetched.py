"""Reads how many readings each workflow has fetched from its source, and how many of them are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from db.engine import connect
from db.queries.sequences import BEGINNING_OF_TIME
from db.settings import DatabaseSettings

# The number of stored readings reads the whole table, as the search for missing sequences does.
STATEMENT_TIMEOUT_SECONDS = 10 * 60.0
# Readings that are not marked (`mark` false) cannot be distinguished from those of others.
FETCHED = """
SELECT workflow_id, rerun_of, source, has_succeeded, published
FROM (
    SELECT workflow_id, rerun_of, job.spec ->> 'source' AS source,
           bool_and(job.state = 'succeeded') AS has_succeeded,
           CAST(sum(coalesce(CAST(counts ->> 'new' AS bigint), 0)) AS bigint) AS published,
           min(CAST(job.spec ->> 'from' AS timestamptz)) AS fetched_from
    FROM workflow JOIN job USING (workflow_id)
    WHERE job.kind = 'rest' AND coalesce(CAST(job.spec ->> 'mark' AS boolean), true)
      AND workflow.requested_at >= :since
    GROUP BY workflow_id, rerun_of, source
) AS fetching
WHERE (fetched_from IS NULL OR fetched_from >= :retained_since)
  AND NOT EXISTS (SELECT FROM undone_import AS undone WHERE undone.import_id = workflow_id::text)
ORDER BY workflow_id
"""
STORED = "SELECT import_id, readings FROM reading_import WHERE import_id = ANY(CAST(:workflows AS uuid[]))"


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
        fetched = connection.execute(text(FETCHED), bounds).mappings().all()
        workflows = [row["workflow_id"] for row in fetched]
        # Without workflows that fetched, the table is not read.
        stored = _count_stored(connection, workflows) if workflows else {}
        return [Fetched(**row, stored=stored.get(row["workflow_id"], 0)) for row in fetched]


def _count_stored(connection: Connection, workflows: Sequence[UUID]) -> dict[UUID, int]:
    rows = connection.execute(text(STORED), {"workflows": list(workflows)})
    return {row.import_id: row.readings for row in rows}
