"""Reads what was stored since the last time, in the order of commits and without gaps."""

import time
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Cursor

from limits.model import Reading

# A statement of its own, so that the next one sees what another process committed meanwhile.
LOCK = "SELECT FROM limit_cursor FOR UPDATE"
# Every transaction of this database before `snapshot_xid` has ended. One of another database stores nothing
# here, and while it runs it is known to be one, because pg_stat_activity is read after the snapshot was
# taken. Any other is waited for. What is evaluated stays so, unless the position is that of another server.
CURSOR = """
SELECT recent_xid, all_xid, old_before, revision,
       CASE WHEN recent_xid <= next_xid THEN greatest(ended_xid, recent_xid) ELSE ended_xid END,
       (SELECT count(*) FROM sensor)
FROM limit_cursor,
     LATERAL (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_xid) AS next,
     LATERAL (
         SELECT coalesce(min(running::text::bigint), next_xid) AS ended_xid
         FROM pg_snapshot_xip(pg_current_snapshot()) AS running
         WHERE NOT EXISTS (
             SELECT FROM pg_stat_activity
             WHERE backend_xid = running::xid AND datname <> current_database()
         )
     ) AS ended
"""
# The block range index on stored_xid is the only one that helps, and the planner does not know how well.
PLAN = """
SELECT set_config(name, %s, true)
FROM unnest('{enable_seqscan,enable_indexscan,enable_indexonlyscan,enable_nestloop}'::text[]) AS name
"""
# The values are part of the statement, so that it is planned for the partitions that it reads. The sensors
# are a subquery: the planner compares a list with the statistics of each partition, which takes seconds for
# a year of them.
STORED = """
SELECT sensor_id, date_part('epoch', measured_at), temperature
FROM reading
WHERE measured_at {condition} '{old_before}' AND stored_xid >= {since} AND stored_xid < {until}
  AND sensor_id IN (SELECT unnest(%s::text[]))
"""
SAVE_CURSOR = "UPDATE limit_cursor SET recent_xid = %s, all_xid = %s, old_before = %s"
DAY = timedelta(days=1)
# Partitions of earlier days are read less often, because there are many: at most a twentieth of the time.
OLD_INTERVAL = timedelta(seconds=1)
OLD_SHARE = 20
MAX_READINGS, MIN_READINGS = 50_000, 10_000
INITIAL_TRANSACTIONS = 1_000
MAX_TRANSACTIONS = 1_000_000


class FeedCursor(NamedTuple):
    """How far the readings are evaluated, and the transaction before which all here have ended.

    `registered` is the number of sensors; those of all readings before that transaction are among them.
    """

    recent_xid: int
    all_xid: int
    old_before: datetime
    revision: int
    snapshot_xid: int
    registered: int

    @property
    def limits(self) -> tuple[int, int]:
        """What changes with the limits of sensors, except when a sensor moves or is retired."""
        return self.revision, self.registered


class Stored(NamedTuple):
    """The readings by sensor that were stored before a transaction, and the position after them."""

    readings: dict[str, list[Reading]]
    until_xid: int
    position: FeedCursor

    @property
    def is_behind(self) -> bool:
        """Whether more is stored already."""
        return self.until_xid < self.position.snapshot_xid


class Feed:
    """Reads the stored readings of some sensors. It reads a bounded number at a time."""

    def __init__(self) -> None:
        self._transactions = INITIAL_TRANSACTIONS
        self._old_due_at = datetime.min.replace(tzinfo=UTC)

    def lock(self, cursor: Cursor[Any]) -> FeedCursor:
        """Lock the position until the end of the transaction; another process waits."""
        cursor.execute(LOCK)
        row = cursor.execute(CURSOR).fetchone()
        assert row
        return FeedCursor(*row)

    def read(
        self, cursor: Cursor[Any], position: FeedCursor, sensors: Collection[str], now: datetime
    ) -> Stored:
        """Read what was stored since the position, and move it."""
        # A restored database can be ahead of its new server.
        start = min(position.recent_xid, position.snapshot_xid)
        until = min(position.snapshot_xid, start + self._transactions)
        newest_old = datetime.combine(now.date() - DAY, datetime.min.time(), UTC)
        read_old = now >= self._old_due_at or newest_old != position.old_before
        cursor.execute(PLAN, ("off",))
        rows = self._rows(cursor, position, ">=", (start, until), sensors)
        if read_old:
            started_at = time.monotonic()
            rows += self._rows(cursor, position, "<", (min(position.all_xid, start), until), sensors)
            duration = timedelta(seconds=time.monotonic() - started_at)
            self._old_due_at = now + max(OLD_INTERVAL, OLD_SHARE * duration)
        cursor.execute(PLAN, ("on",))
        position = position._replace(recent_xid=until)
        if read_old:
            position = position._replace(all_xid=until, old_before=newest_old)
        cursor.execute(SAVE_CURSOR, (position.recent_xid, position.all_xid, position.old_before))
        self._adapt(len(rows))
        return Stored(_by_sensor(rows), until, position)

    def _rows(
        self, cursor: Cursor[Any], position: FeedCursor, condition: str, xids: tuple[int, int], sensors: Any
    ) -> list[tuple[str, float, float]]:
        since, until = xids
        if since >= until or not sensors:
            return []
        statement = STORED.format(
            condition=condition, old_before=position.old_before.isoformat(), since=since, until=until
        )
        return cursor.execute(statement.encode(), (list(sensors),)).fetchall()

    def _adapt(self, readings: int) -> None:
        if readings > MAX_READINGS:
            self._transactions = max(1, self._transactions // 2)
        elif readings < MIN_READINGS:
            self._transactions = min(MAX_TRANSACTIONS, self._transactions * 2)


def _by_sensor(rows: list[tuple[str, float, float]]) -> dict[str, list[Reading]]:
    readings = defaultdict(list)
    for sensor_id, measured_at, temperature in rows:
        readings[sensor_id].append(Reading(measured_at, temperature))
    for each in readings.values():
        each.sort()
    return readings
