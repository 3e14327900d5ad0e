"""Checks existing rows against the constraints that a migration added for new rows only."""

from collections import Counter

import structlog
from psycopg import sql
from sqlalchemy import Connection, Row, text

from db.engine import connect, execute_composed
from db.errors import InvalidData
from db.settings import DatabaseSettings

# One table or partition at a time, so that an interruption costs little. The roll-ups come first, because
# they show which sensors are invalid; partitions come before their parent, which then has nothing to read.
PENDING = """
SELECT conrelid::regclass::text AS relation, relname AS name,
       string_agg(format('VALIDATE CONSTRAINT %I', conname), ', ' ORDER BY conname) AS actions
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE contype = 'c' AND NOT convalidated AND connamespace = quote_ident(current_schema())::regnamespace
GROUP BY conrelid, relkind, relname
ORDER BY relname <> 'rollup_minute', relkind = 'p', relname
"""
# Each corrects the rows of a table, and returns how many readings it moved or sensors it renamed.
CORRECTIONS = {"rollup_minute": "move_invalid_sensors()", "sensor": "clean_sensors()"}
# For one table or partition.
TIMEOUT_SECONDS = 6 * 3600.0


def check_existing_rows(settings: DatabaseSettings) -> None:
    """Validate the constraints that are not valid yet, and move rows that violate them to `invalid_reading`.

    Readings can be stored meanwhile. What is moved is logged.

    Raises:
        StoreUnavailable: When the database does not answer, or a lock is not available.
    """
    corrected: Counter[str] = Counter()
    with connect(settings, name="checks", statement_timeout_seconds=TIMEOUT_SECONDS) as connection:
        pending = connection.execute(text(PENDING)).all()
        if pending:
            structlog.get_logger().info("checking existing rows", tables=len(pending))
        try:
            for table in pending:
                corrected += _validate(connection, table)
        finally:
            if corrected:
                _report(corrected)


def _validate(connection: Connection, table: Row[tuple[str, str, str]]) -> Counter[str]:
    statement = sql.SQL(f"ALTER TABLE {table.relation} {table.actions}")
    try:
        execute_composed(connection, statement)
    except InvalidData:
        corrected = _correct(connection, table)
        execute_composed(connection, statement)
        return corrected
    return Counter()


def _correct(connection: Connection, table: Row[tuple[str, str, str]]) -> Counter[str]:
    correction = CORRECTIONS.get(table.name)
    if correction:
        number = connection.scalar(text(f"SELECT {correction}"))
    else:
        number = connection.scalar(
            text("SELECT move_invalid_readings(CAST(:relation AS regclass))"), {"relation": table.relation}
        )
    connection.execute(text("SELECT reset_hours()"))
    return Counter({"sensors" if table.name == "sensor" else "readings": number})


def _report(corrected: Counter[str]) -> None:
    structlog.get_logger().warning(
        "invalid rows corrected",
        readings_moved=corrected["readings"],
        sensors_renamed=corrected["sensors"],
        hint="something other than a consumer stored NaN, infinity or control characters; the readings are "
        "in the table invalid_reading",
    )
