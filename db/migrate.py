"""Runs the migrations, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from db.engine import connect
from db.migration_lock import lock_migrations
from db.settings import DatabaseSettings

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_TIMEOUT_SECONDS = 15 * 60.0


def upgrade(settings: DatabaseSettings) -> str:
    """Migrate the schema to the newest version and return that version.

    Several processes may call this at the same time.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    timeout = MIGRATION_TIMEOUT_SECONDS
    with connect(settings, name="migration", statement_timeout_seconds=timeout) as connection:
        connection.execution_options(isolation_level="READ COMMITTED")
        _upgrade(connection)
    return newest_version()


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
