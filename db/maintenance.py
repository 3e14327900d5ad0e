"""Keeps partitions ahead of the readings, and drops what is older than the retention."""

import time
from collections.abc import Callable

import structlog
from sqlalchemy import text

from db.engine import connected
from db.errors import InvalidData, StoreUnavailable
from db.settings import DatabaseSettings

UPKEEP_SECONDS = 10.0
AFTER_FAILURE_SECONDS = 60.0
# Both are the owner's, who alone may make and drop tables (db/migrations/first_partitions.py). One at a
# time: what the first has made is there even if the second gives way to somebody who reads.
KEEP = ("SELECT keep_partitions()", "SELECT drop_expired()")
SET_RETENTION = """
WITH gone AS (DELETE FROM retention WHERE days IS DISTINCT FROM CAST(:days AS integer))
INSERT INTO retention SELECT CAST(:days AS integer) WHERE CAST(:days AS integer) IS NOT NULL
ON CONFLICT DO NOTHING
"""
SETUP_TIMEOUT_SECONDS = 15 * 60.0
ANY_NUMBER = 10**12


class PartitionMaintenance:
    """Looks after the partitions every few seconds, in the thread and on the connection of its caller.

    A call takes about a millisecond when there is nothing to do. It gives way to others after half a
    second, and tries again a minute later: partitions are a week ahead, and there is always the default.
    """

    def __init__(self, execute: Callable[[str], object]) -> None:
        self._execute = execute
        self._due = time.monotonic() + UPKEEP_SECONDS

    def when_due(self) -> None:
        """Do it if it is time. Raises nothing: the next reading tells whether the database answers."""
        if time.monotonic() < self._due:
            return
        try:
            for statement in KEEP:
                self._execute(statement)
        except (StoreUnavailable, InvalidData) as error:
            self._due = time.monotonic() + AFTER_FAILURE_SECONDS
            structlog.get_logger().warning(
                "partitions not kept up", reason=str(error), retry_seconds=AFTER_FAILURE_SECONDS
            )
        else:
            self._due = time.monotonic() + UPKEEP_SECONDS


def keep_up(settings: DatabaseSettings, retention_days: int | None) -> None:
    """As the owner: set how many days are kept (None: all), and make what partitions are missing.

    Unlike the consumers' upkeep it moves any number of readings out of the default partition, and
    nothing can be written meanwhile. What is to be dropped the consumers drop. Raises StoreUnavailable.
    """
    with connected(settings, name="upkeep", statement_timeout_seconds=SETUP_TIMEOUT_SECONDS) as connection:
        connection.execute(text(SET_RETENTION), {"days": retention_days})
        connection.execute(text("SELECT make_partitions(:most)"), {"most": ANY_NUMBER})
