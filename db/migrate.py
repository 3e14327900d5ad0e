"""Runs the migrations, from one place at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from db.engine import connected
from db.settings import DatabaseSettings

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number that is this project's own; it is held while one process migrates or grants.
ADVISORY_LOCK = 5_675_001
MIGRATION_TIMEOUT_SECONDS = 15 * 60.0


def upgrade(settings: DatabaseSettings) -> str:
    """Bring the schema to the newest version and give that version; safe to run at once from anywhere.

    Raises StoreUnavailable when the database does not answer.
    """
    timeout = MIGRATION_TIMEOUT_SECONDS
    with connected(settings, name="migration", statement_timeout_seconds=timeout) as connection:
        connection.execution_options(isolation_level="READ COMMITTED")
        _migrate(connection)
    return newest_version()


def _migrate(connection: Connection) -> None:
    with connection.begin():
        take_turns(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def take_turns(connection: Connection) -> None:
    """Wait until nobody else changes the schema or its rights, and keep others waiting until the commit."""
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})


def newest_version() -> str:
    """The version that this code expects."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current_version(settings: DatabaseSettings) -> str | None:
    """The version that the database has; None before the first migration. Raises StoreUnavailable."""
    with connected(settings, name="migration") as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
