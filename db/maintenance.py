"""Maintenance: creates partitions, computes hours and days, and drops what is past the retention."""

import time
from collections.abc import Callable

import structlog
from sqlalchemy import text

from db.engine import connect
from db.errors import InvalidData, StoreUnavailable
from db.retention import Retention
from db.settings import DatabaseSettings

INTERVAL_SECONDS = 10.0
RETRY_SECONDS = 60.0
# Only the owner may create and drop tables; these functions run as the owner (0007_4_maintenance.sql
# and 0016_3_report_changes.sql). Each is a transaction, so that new partitions stay even if dropping gives
# way to a long reader.
STATEMENTS = (
    "SELECT create_partitions()",
    "SELECT roll_up_hours()",
    "SELECT drop_expired()",
    "SELECT drop_expired_reports()",
)
# One row while calibrations or merges remain to be applied to stored readings.
CONTINUE_CHANGES = "SELECT FROM continue_sensor_changes() AS remains WHERE remains"
CHANGES_INTERVAL_SECONDS = 1.0
SET_RETENTION = """
WITH deleted AS (DELETE FROM retention WHERE days IS DISTINCT FROM CAST(:days AS integer))
INSERT INTO retention AS existing (days, minutes_days, hours_days)
SELECT * FROM (
    VALUES (CAST(:days AS integer), CAST(:minutes_days AS integer), CAST(:hours_days AS integer))
) AS retention (days) WHERE days IS NOT NULL
ON CONFLICT (days) DO UPDATE SET minutes_days = excluded.minutes_days, hours_days = excluded.hours_days
"""
SET_REPORT_RETENTION = """
WITH deleted AS (DELETE FROM report_retention WHERE days IS DISTINCT FROM CAST(:days AS integer))
INSERT INTO report_retention (days)
SELECT days FROM (VALUES (CAST(:days AS integer))) AS given (days) WHERE days IS NOT NULL
ON CONFLICT (days) DO NOTHING
"""
SET_TIME_ZONE = "SELECT set_time_zone(:zone)"
ROLL_UP = "SELECT roll_up_hours()"
SETUP_TIMEOUT_SECONDS = 15 * 60.0
# Setup computes hours and days of an upgraded database for this long; consumers compute the rest.
ROLL_UP_SECONDS = 30.0
NO_LIMIT = 10**12


class PartitionMaintenance:
    """Maintains partitions and roll-ups every few seconds, in the thread and on the connection of its caller.

    It also continues changes of sensors that were interrupted.

    A run takes a few milliseconds when there is nothing to do, and at most a few hundred. It waits at most
    half a second for locks and then retries a minute later; there is time, because partitions exist for a
    week ahead, other days go into the default partition, and views compute what is not rolled up.
    """

    def __init__(self, execute: Callable[[str], int]) -> None:
        self._execute = execute
        self._next_due_at = time.monotonic() + INTERVAL_SECONDS
        self._due_at = dict.fromkeys((*STATEMENTS, CONTINUE_CHANGES), self._next_due_at)

    def run_if_due(self) -> None:
        """Run the statements that are due; a failure is logged, not raised.

        After a failure the others follow in the next call: callers call this once the database has answered.
        """
        now = time.monotonic()
        if now < self._next_due_at:
            return
        for statement in [statement for statement, due_at in self._due_at.items() if now >= due_at]:
            if not self._run(statement):
                break
        self._next_due_at = min(self._due_at.values())

    def _run(self, statement: str) -> bool:
        """Execute the statement, set when it is due again, and return whether it succeeded."""
        try:
            rows = self._execute(statement)
        except (StoreUnavailable, InvalidData) as error:
            self._due_at[statement] = time.monotonic() + RETRY_SECONDS
            structlog.get_logger().warning(
                "database maintenance failed",
                statement=statement,
                reason=str(error),
                retry_seconds=RETRY_SECONDS,
            )
            return False
        remains = statement == CONTINUE_CHANGES and rows > 0
        seconds = CHANGES_INTERVAL_SECONDS if remains else INTERVAL_SECONDS
        self._due_at[statement] = time.monotonic() + seconds
        return True


def prepare_partitions(settings: DatabaseSettings, retention: Retention) -> None:
    """Set how long each level and reports are kept, and create missing partitions, as the owner.

    Unlike the consumers' maintenance this moves any number of readings out of the default partition, and no
    reading can be stored meanwhile. Expired partitions are left to the consumers.

    Raises:
        StoreUnavailable: When the database does not answer, or a long reader holds a lock.
    """
    with connect(settings, name="partitions", statement_timeout_seconds=SETUP_TIMEOUT_SECONDS) as connection:
        connection.execute(text(SET_RETENTION), retention._asdict())
        connection.execute(text(SET_REPORT_RETENTION), {"days": retention.reports_days})
        connection.execute(text("SELECT create_missing_partitions(:max_moved)"), {"max_moved": NO_LIMIT})


def prepare_rollups(settings: DatabaseSettings, time_zone: str) -> None:
    """Set the time zone of the days, and compute hours and days for at most ROLL_UP_SECONDS, as the owner.

    Raises:
        InvalidData: When the days of stored readings cannot be computed in this time zone.
        StoreUnavailable: When the database does not answer.
    """
    ends_at = time.monotonic() + ROLL_UP_SECONDS
    with connect(settings, name="rollups", statement_timeout_seconds=SETUP_TIMEOUT_SECONDS) as connection:
        connection.execute(text(SET_TIME_ZONE), {"zone": time_zone})
        while time.monotonic() < ends_at and connection.scalar(text(ROLL_UP)):
            pass
