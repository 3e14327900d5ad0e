"""The lock of everything that changes the schema or its grants."""

from sqlalchemy import Connection, text

# An arbitrary number of this project; the lock is held while a process migrates or grants.
ADVISORY_LOCK = 5_675_001
# For the statements of the process that holds it, and for those that wait for it.
MIGRATION_TIMEOUT_SECONDS = 15 * 60.0
# While the process then waits for a table, consumers wait behind it, and give up after 5 seconds.
TABLE_LOCK_TIMEOUT = "2s"


def lock_migrations(connection: Connection) -> None:
    """Wait until no other process changes the schema or its grants, and block them until the commit."""
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.execute(text(f"SET LOCAL lock_timeout = '{TABLE_LOCK_TIMEOUT}'"))
