"""Checks existing rows against the constraints that a migration added for new rows only."""

import structlog
from psycopg import sql
from sqlalchemy import Connection, text

from db.engine import connect, execute_composed
from db.errors import InvalidData
from db.settings import DatabaseSettings

# One table or partition at a time, so that an interruption costs little. Partitions come before their parent,
# whose validation then has nothing left to read.
VALIDATIONS = """
SELECT format('ALTER TABLE %s %s', conrelid::regclass,
              string_agg(format('VALIDATE CONSTRAINT %I', conname), ', ' ORDER BY conname)) AS statement
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE contype = 'c' AND NOT convalidated AND connamespace = quote_ident(current_schema())::regnamespace
GROUP BY conrelid, relkind, relname
ORDER BY relkind = 'p', relname
"""
MOVE_INVALID_ROWS = "SELECT readings, minutes, sensors FROM move_invalid_rows()"
# For one table or partition.
TIMEOUT_SECONDS = 6 * 3600.0


def check_existing_rows(settings: DatabaseSettings) -> None:
    """Validate the constraints that are not valid yet, and move rows that violate them to `invalid_reading`.

    Readings can be stored meanwhile. What is moved is logged.

    Raises:
        StoreUnavailable: When the database does not answer, or a lock is not available.
    """
    with connect(settings, name="checks", statement_timeout_seconds=TIMEOUT_SECONDS) as connection:
        pending = _pending(connection)
        if pending:
            structlog.get_logger().info("checking existing rows", tables=len(pending))
        try:
            _validate(connection, pending)
        except InvalidData as error:
            _move_invalid_rows(connection, str(error))
            _validate(connection, _pending(connection))


def _pending(connection: Connection) -> list[sql.SQL]:
    return [sql.SQL(statement) for statement in connection.scalars(text(VALIDATIONS))]


def _validate(connection: Connection, statements: list[sql.SQL]) -> None:
    for statement in statements:
        execute_composed(connection, statement)


def _move_invalid_rows(connection: Connection, reason: str) -> None:
    moved = connection.execute(text(MOVE_INVALID_ROWS)).one()
    structlog.get_logger().warning(
        "invalid rows moved",
        readings=moved.readings,
        minutes=moved.minutes,
        sensors=moved.sensors,
        reason=reason,
        hint="something other than a consumer stored them; they are in the table invalid_reading",
    )
