"""From when on readings are kept."""

from datetime import datetime

from sqlalchemy import Connection, text

from db.engine import connect
from db.settings import DatabaseSettings

# As drop_expired() has it: whole UTC days.
RETAINED_SINCE = "SELECT (current_date - min(days))::timestamp AT TIME ZONE 'UTC' FROM retention"


def retained_since(settings: DatabaseSettings) -> datetime | None:
    """Return from when on readings are kept; None if they are kept forever.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name="retention") as connection:
        return read_retained_since(connection)


def read_retained_since(connection: Connection) -> datetime | None:
    """Return the same on an open connection."""
    moment: datetime | None = connection.execute(text(RETAINED_SINCE)).scalar()
    return moment
