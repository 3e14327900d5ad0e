"""Maintenance of the partitions: creates those of the coming days, and drops those past the retention."""

import time
from collections.abc import Callable

import structlog
from sqlalchemy import text

from db.engine import connect
from db.errors import InvalidData, StoreUnavailable
from db.settings import DatabaseSettings

INTERVAL_SECONDS = 10.0
RETRY_SECONDS = 60.0
# Only the owner may create and drop tables; these functions run as the owner (0001_2_partitions.sql). Each is
# a transaction, so that new partitions stay even if dropping gives way to a long reader.
STATEMENTS = ("SELECT create_partitions()", "SELECT drop_expired()")
SET_RETENTION = """
WITH deleted AS (DELETE FROM retention WHERE days IS DISTINCT FROM CAST(:days AS integer))
INSERT INTO retention SELECT CAST(:days AS integer) WHERE CAST(:days AS integer) IS NOT NULL
ON CONFLICT DO NOTHING
"""
SETUP_TIMEOUT_SECONDS = 15 * 60.0
NO_LIMIT = 10**12


class PartitionMaintenance:
    """Maintains the partitions every few seconds, in the thread and on the connection of its caller.

    A run takes about a millisecond when there is nothing to do. It waits at most half a second for locks and
    then retries a minute later; there is time, because partitions exist for a week ahead and other days go
    into the default partition.
    """

    def __init__(self, execute: Callable[[str], object]) -> None:
        self._execute = execute
        self._due_at = time.monotonic() + INTERVAL_SECONDS

    def run_if_due(self) -> None:
        """Run the maintenance if it is due; a failure is logged, not raised."""
        if time.monotonic() < self._due_at:
            return
        try:
            for statement in STATEMENTS:
                self._execute(statement)
        except (StoreUnavailable, InvalidData) as error:
            self._due_at = time.monotonic() + RETRY_SECONDS
            structlog.get_logger().warning(
                "partition maintenance failed", reason=str(error), retry_seconds=RETRY_SECONDS
            )
        else:
            self._due_at = time.monotonic() + INTERVAL_SECONDS


def prepare_partitions(settings: DatabaseSettings, retention_days: int | None) -> None:
    """Set how many days readings are kept (None: forever), and create missing partitions, as the owner.

    Unlike the consumers' maintenance this moves any number of readings out of the default partition, and no
    reading can be stored meanwhile. Expired partitions are left to the consumers.

    Raises:
        StoreUnavailable: When the database does not answer, or a long reader holds a lock.
    """
    with connect(settings, name="partitions", statement_timeout_seconds=SETUP_TIMEOUT_SECONDS) as connection:
        connection.execute(text(SET_RETENTION), {"days": retention_days})
        connection.execute(text("SELECT create_missing_partitions(:max_moved)"), {"max_moved": NO_LIMIT})
