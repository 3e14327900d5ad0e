"""Runs the migrations, from one place at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from db.engine import make_engine, translated
from db.settings import DatabaseSettings

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number that is this project's own; it is held while one process migrates.
ADVISORY_LOCK = 5_675_001
MIGRATION_TIMEOUT_SECONDS = 15 * 60.0


def upgrade(settings: DatabaseSettings) -> str:
    """Bring the schema to the newest version and give that version; safe to run at once from anywhere.

    Raises StoreUnavailable when the database does not answer.
    """
    engine = make_engine(settings, name="migration", statement_timeout_seconds=MIGRATION_TIMEOUT_SECONDS)
    try:
        with translated(), engine.connect().execution_options(isolation_level="READ COMMITTED") as connection:
            _migrate(connection)
    finally:
        engine.dispose()
    return newest_version()


def _migrate(connection: Connection) -> None:
    with connection.begin():
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def newest_version() -> str:
    """The version that this code expects."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current_version(settings: DatabaseSettings) -> str | None:
    """The version that the database has; None before the first migration. Raises StoreUnavailable."""
    engine = make_engine(settings, name="migration")
    try:
        with translated(), engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
