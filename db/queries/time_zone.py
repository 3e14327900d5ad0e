"""The time zone of the installation."""

from sqlalchemy import Connection, text

TIME_ZONE = "SELECT time_zone FROM rollup_state"


def read_time_zone(connection: Connection) -> str:
    """Return the time zone in which the days of the history start and end, as TIME_ZONE set it.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    return str(connection.execute(text(TIME_ZONE)).scalar_one())
