"""Runs the migrations, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from db.checks import check_existing_rows
from db.engine import connect
from db.errors import StoreTimeout
from db.indexes import build_missing_indexes
from db.migration_lock import MIGRATION_TIMEOUT_SECONDS, lock_migrations
from db.settings import DatabaseSettings

MIGRATIONS = Path(__file__).parent / "migrations"
# The oldest transaction that keeps a table of this project locked, such as an export.
TABLE_READER = """
SELECT application_name AS name, usename AS role, pid, date_trunc('second', xact_start) AS started_at
FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND pid IN (
    SELECT pid FROM pg_locks
    WHERE granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND relation IN (to_regclass('reading'), to_regclass('sensor'), to_regclass('rollup_minute'))
)
ORDER BY xact_start
LIMIT 1
"""


def upgrade(settings: DatabaseSettings) -> str:
    """Migrate the schema to the newest version and return that version.

    Several processes may call this at the same time, and consumers may store readings meanwhile.

    Raises:
        StoreTimeout: When a long transaction, such as an export, keeps a table locked.
        StoreUnavailable: When the database does not answer.
    """
    timeout = MIGRATION_TIMEOUT_SECONDS
    try:
        with connect(settings, name="migration", statement_timeout_seconds=timeout) as connection:
            connection.execution_options(isolation_level="READ COMMITTED")
            _upgrade(connection)
    except StoreTimeout as error:
        raise StoreTimeout(f"{error}{_oldest_reader(settings)}") from error
    check_existing_rows(settings)
    build_missing_indexes(settings)
    return newest_version()


def _oldest_reader(settings: DatabaseSettings) -> str:
    with connect(settings, name="migration") as connection:
        reader = connection.execute(text(TABLE_READER)).first()
    if reader is None:
        return ""
    return (
        f"; {reader.name or 'a client'} (role {reader.role}, PID {reader.pid}) has used the tables since "
        f"{reader.started_at}: wait for it or end it"
    )


def _upgrade(connection: Connection) -> None:
    with connection.begin():
        lock_migrations(connection)
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def newest_version() -> str:
    """Return the schema version that this code expects."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


def current_version(settings: DatabaseSettings) -> str | None:
    """Return the schema version of the database, or None before the first migration.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name="migration") as connection:
        return MigrationContext.configure(connection).get_current_revision()


def alembic_config() -> Config:
    """Return Alembic's configuration, which takes the place of an alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
