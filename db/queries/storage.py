"""Reads how much the database stores: rows and bytes of each table and partition, and the retention."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import text

from db.engine import connect
from db.retention import Retention
from db.settings import DatabaseSettings

# Row counts are estimates from the statistics, since counting would scan every table. Bytes include indexes.
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
WHERE relation.relnamespace = quote_ident(current_schema())::regnamespace AND relation.relkind = 'r'
ORDER BY coalesce(parent.relname, relation.relname), day DESC NULLS FIRST
"""
RETENTION = """
SELECT days, minutes_days, hours_days, (SELECT min(days) FROM report_retention)
FROM (SELECT) AS one
LEFT JOIN retention ON true
ORDER BY days LIMIT 1
"""


class TableSize(NamedTuple):
    """The size of a table or partition; `day` is None for tables and for the default partition."""

    name: str
    partition_of: str | None
    day: date | None
    rows: int
    bytes: int


class StorageReport(NamedTuple):
    """The sizes of all tables, and how long each level is kept."""

    sizes: list[TableSize]
    retention: Retention


def read_storage(settings: DatabaseSettings) -> StorageReport:
    """Read the sizes of all tables, with estimated row counts, and the retention.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name="storage") as connection:
        sizes = [TableSize(*row) for row in connection.execute(text(SIZES))]
        return StorageReport(sizes, Retention(*connection.execute(text(RETENTION)).one()))
