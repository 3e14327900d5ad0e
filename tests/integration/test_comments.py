"""Every table, view, column, index and function is explained by a comment, which `\\d+` in psql shows."""

from datetime import UTC, datetime, timedelta

from tests.database import Database

# Partitions are explained by their parent, and an index of a constraint by the constraint.
UNCOMMENTED_RELATIONS = """
SELECT relname AS name FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'i', 'I')
  AND NOT relispartition AND obj_description(oid, 'pg_class') IS NULL
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = pg_class.oid)
"""
UNCOMMENTED_COLUMNS = """
SELECT relname || '.' || attname AS name
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition
  AND attnum > 0 AND NOT attisdropped AND col_description(attrelid, attnum) IS NULL
"""
UNCOMMENTED_FUNCTIONS = """
SELECT proname AS name FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL
"""
COLUMN_COMMENTS = """
SELECT attname AS column, col_description(attrelid, attnum) AS comment
FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum
"""


def test_every_object_has_a_comment(database: Database) -> None:
    queries = (UNCOMMENTED_RELATIONS, UNCOMMENTED_COLUMNS, UNCOMMENTED_FUNCTIONS)

    uncommented = [row["name"] for query in queries for row in database.query(query)]

    assert uncommented == []


def test_a_new_partition_has_the_column_comments_of_its_table(database: Database) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    partition = f"reading_{tomorrow:%Y%m%d}"
    database.query(f"DROP TABLE {partition}")

    database.query("SELECT create_partitions()")

    comments = database.query(COLUMN_COMMENTS, partition)
    assert comments == database.query(COLUMN_COMMENTS, "reading")
    assert all(row["comment"] for row in comments)
