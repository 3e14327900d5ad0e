"""What lies in the database: rows and bytes of each table and of each day, and for how long."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import text

from db.engine import connected
from db.settings import DatabaseSettings

# Rows as the statistics know them; counting them would read everything. Bytes with indexes.
SIZES = """
SELECT relation.relname AS name, parent.relname AS partition_of,
       to_date(substring(relation.relname FROM '^reading_([0-9]{8})$'), 'YYYYMMDD') AS day,
       CASE WHEN live.n_live_tup > 0 THEN live.n_live_tup ELSE greatest(relation.reltuples, 0) END::bigint
           AS rows,
       pg_total_relation_size(relation.oid) AS bytes
FROM pg_class AS relation
JOIN pg_stat_user_tables AS live ON live.relid = relation.oid
LEFT JOIN pg_inherits ON inhrelid = relation.oid
LEFT JOIN pg_class AS parent ON parent.oid = inhparent
WHERE relation.relnamespace = current_schema()::regnamespace AND relation.relkind = 'r'
ORDER BY coalesce(parent.relname, relation.relname), day DESC NULLS FIRST
"""


class TableSize(NamedTuple):
    """A table, or a partition: of a day, or the default one, which has no day."""

    name: str
    partition_of: str | None
    day: date | None
    rows: int
    bytes: int


class StorageReport(NamedTuple):
    """All tables, and how many days of readings are kept (None: all)."""

    sizes: list[TableSize]
    retention_days: int | None


def read_sizes(settings: DatabaseSettings) -> StorageReport:
    """What lies in the database; the rows are estimates. Raises StoreUnavailable."""
    with connected(settings, name="sizes") as connection:
        sizes = [TableSize(*row) for row in connection.execute(text(SIZES))]
        return StorageReport(sizes, connection.scalar(text("SELECT min(days) FROM retention")))
