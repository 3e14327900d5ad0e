"""Reads the imports of which readings are stored."""

from typing import Any

from sqlalchemy import text

from db.engine import connect
from db.settings import DatabaseSettings

# It reads the whole table.
STATEMENT_TIMEOUT_SECONDS = 10 * 60.0
IMPORTS = "SELECT * FROM reading_import ORDER BY first_received_at"


def stored_imports(settings: DatabaseSettings) -> list[dict[str, Any]]:
    """Return `reading_import`: one row per import, the oldest first.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name="import", statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS) as connection:
        return [dict(row) for row in connection.execute(text(IMPORTS)).mappings()]
