"""Runs statements for a person who waits for the response."""

from typing import Any

from sqlalchemy import Engine, text

from db.driver_errors import translate_errors
from db.engine import INTERACTIVE_TIMEOUT_SECONDS, make_interactive_engine
from db.settings import DatabaseSettings

Row = dict[str, Any]


class Statements:
    """Runs statements over one connection.

    Any number of threads may use it; their statements run one after the other.
    """

    def __init__(
        self,
        settings: DatabaseSettings,
        name: str,
        *,
        statement_timeout_seconds: float = INTERACTIVE_TIMEOUT_SECONDS,
    ) -> None:
        self._engine: Engine = make_interactive_engine(
            settings, name=name, statement_timeout_seconds=statement_timeout_seconds
        )

    def rows(self, statement: str, **parameters: object) -> list[Row]:
        """Execute a statement, and return its rows by the names of their columns.

        Raises:
            InvalidInput: When a function of the schema refuses what it was given.
            StoreUnavailable: When the database does not answer in time.
        """
        with translate_errors(), self._engine.connect() as connection:
            rows = connection.execute(text(statement), parameters)
            return [dict(row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's public name)

    def first(self, statement: str, **parameters: object) -> Row | None:
        """Execute a statement, and return its first row; None if it has none. It raises as `rows` does."""
        rows = self.rows(statement, **parameters)
        return rows[0] if rows else None

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()
