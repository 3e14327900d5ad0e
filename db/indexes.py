"""Builds indexes that a migration left out because building them takes long, without blocking writers."""

import structlog
from psycopg import sql
from sqlalchemy import text

from db.engine import connect, execute_composed
from db.settings import DatabaseSettings

# Partitions without the index on stored_xid; what an interruption left is not valid.
MISSING = """
SELECT relname AS name,
       (SELECT indexrelid::regclass::text
        FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
        WHERE indrelid = inhrelid AND amname = 'brin' AND NOT indisvalid) AS invalid
FROM pg_inherits JOIN pg_class ON oid = inhrelid
WHERE inhparent = 'reading'::regclass AND NOT EXISTS (
    SELECT FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE indrelid = inhrelid AND amname = 'brin' AND indisvalid
)
ORDER BY relname DESC
"""
BUILD = "CREATE INDEX CONCURRENTLY {index} ON {table} USING brin (stored_xid) WITH (pages_per_range = 16)"
ATTACH = "ALTER INDEX reading_stored_xid ATTACH PARTITION {index}"
# For one partition.
TIMEOUT_SECONDS = 6 * 3600.0


def build_missing_indexes(settings: DatabaseSettings) -> None:
    """Build the missing indexes one after the other; another call continues after an interruption.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name="indexes", statement_timeout_seconds=TIMEOUT_SECONDS) as connection:
        missing = connection.execute(text(MISSING)).all()
        if missing:
            structlog.get_logger().info("building indexes", tables=len(missing))
        for partition in missing:
            if partition.invalid:
                execute_composed(connection, sql.SQL(f"DROP INDEX {partition.invalid}"))
            table, index = sql.Identifier(partition.name), sql.Identifier(f"{partition.name}_stored_xid_idx")
            for statement in (BUILD, ATTACH):
                execute_composed(connection, sql.SQL(statement).format(table=table, index=index))
