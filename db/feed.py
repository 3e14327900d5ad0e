"""Reads what was stored since a position, in the order of commits and without gaps."""

import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Cursor

# Every transaction of this database before the horizon has ended. One of another database stores nothing
# here, and while it runs it is known to be one, because pg_stat_activity is read after the snapshot was
# taken. Any other is waited for.
HORIZON = """
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
# A reading that is dumped and restored keeps the number that another server gave its transaction. Above all
# transactions of this server it is known to be that, and what is restored was evaluated there.
STORED_ELSEWHERE = "stored_xid >= (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
# The block range index on stored_xid is the only one that helps, and the planner does not know how well.
PLAN = """
SELECT set_config(name, %s, true)
FROM unnest('{enable_seqscan,enable_indexscan,enable_indexonlyscan,enable_nestloop}'::text[]) AS name
"""
# What is later was stored while the clock of a machine was ahead, which has been set right since. It is not
# read, or what is measured now would count as late. Consumers accept five minutes. The later clock
# of the database and this machine counts, so that with one that is behind everything is read.
AHEAD_SECONDS = 600.0
FOLLOWED_UNTIL = f"greatest(now() + interval '{AHEAD_SECONDS:g} seconds', to_timestamp(%s))"
# The values are part of the statement, so that it is planned for the partitions that it reads. The sensors
# are a subquery: the planner compares a list with the statistics of each partition, which takes seconds for
# a year of them. Of a reading that was restored, the row (xmin) is of an earlier transaction than the number
# that it kept from another server; of any other it is of that one, or of a later one if it was changed since.
STORED = """
SELECT sensor_id, date_part('epoch', measured_at), temperature
FROM reading
WHERE measured_at {condition} '{old_before}' AND measured_at < {clock}
  AND stored_xid >= {since} AND stored_xid < {until} {of_sensors}
  AND age(xmin) <= age(stored_xid::text::xid8::xid)
ORDER BY stored_xid, measured_at, reading_id
"""
OF_SENSORS = "AND sensor_id IN (SELECT unnest(%s::text[]))"
DAY = timedelta(days=1)
# Partitions of earlier days are read less often, because there are many: at most a twentieth of the time.
OLD_INTERVAL = timedelta(seconds=1)
OLD_SHARE = 20
MAX_READINGS, MIN_READINGS = 50_000, 10_000
INITIAL_TRANSACTIONS = 1_000
MAX_TRANSACTIONS = 1_000_000
Row = tuple[str, float, float]  # the sensor, when it was measured, and the temperature


def followed_until() -> float:
    """Return the parameter of FOLLOWED_UNTIL: the time, by the clock of this machine, until which is read."""
    return time.time() + AHEAD_SECONDS


class Position(NamedTuple):
    """How far the readings are read: those of `old_before` and later, and all."""

    recent_xid: int
    all_xid: int
    old_before: datetime


class Stored(NamedTuple):
    """What was stored between two positions, in the order of commits.

    `old_rows` were measured before `old_before`, and possibly stored before some of the last batch. More is
    stored already if it is behind.
    """

    rows: Sequence[Row]
    old_rows: Sequence[Row]
    position: Position
    is_behind: bool


def safe_horizon(position: Position, next_xid: int, ended_xid: int) -> int:
    """Return the transaction up to which can be read.

    What was read stays so, unless the position is that of another server.
    """
    return max(ended_xid, position.recent_xid) if position.recent_xid <= next_xid else ended_xid


class Feed:
    """Reads stored readings, of some sensors or (None) of all; a bounded number at a time.

    It reads within a transaction, whose settings of the planner it changes.
    """

    def __init__(self) -> None:
        self._transactions = INITIAL_TRANSACTIONS
        self._old_due_at = datetime.min.replace(tzinfo=UTC)

    def read(
        self,
        cursor: Cursor[Any],
        position: Position,
        horizon: int,
        sensors: Collection[str] | None,
        now: datetime,
        *,
        with_old: bool = False,
    ) -> Stored:
        """Read what was stored since the position; old readings only if they are due or requested."""
        # A restored database can be ahead of its new server.
        start = min(position.recent_xid, horizon)
        until = min(horizon, start + self._transactions)
        newest_old = datetime.combine(now.date() - DAY, datetime.min.time(), UTC)
        read_old = with_old or now >= self._old_due_at or newest_old != position.old_before
        cursor.execute(PLAN, ("off",))
        rows = read_range(cursor, ">=", position.old_before, (start, until), sensors)
        old_rows: list[Row] = []
        if read_old:
            started_at = time.monotonic()
            xids = (min(position.all_xid, start), until)
            old_rows = read_range(cursor, "<", position.old_before, xids, sensors)
            duration = timedelta(seconds=time.monotonic() - started_at)
            self._old_due_at = now + max(OLD_INTERVAL, OLD_SHARE * duration)
        cursor.execute(PLAN, ("on",))
        position = position._replace(recent_xid=until)
        if read_old:
            position = position._replace(all_xid=until, old_before=newest_old)
        self._adapt(len(rows) + len(old_rows))
        return Stored(rows, old_rows, position, until < horizon)

    def _adapt(self, readings: int) -> None:
        if readings > MAX_READINGS:
            self._transactions = max(1, self._transactions // 2)
        elif readings < MIN_READINGS:
            self._transactions = min(MAX_TRANSACTIONS, self._transactions * 2)


def read_range(
    cursor: Cursor[Any],
    condition: str,
    old_before: datetime,
    xids: tuple[int, int],
    sensors: Collection[str] | None,
) -> list[Row]:
    """Read what these transactions stored, measured before (<) a time or from then on (>=)."""
    since, until = xids
    if since >= until or (sensors is not None and not sensors):
        return []
    statement = STORED.format(
        condition=condition,
        old_before=old_before.isoformat(),
        since=since,
        until=until,
        clock=FOLLOWED_UNTIL,
        of_sensors="" if sensors is None else OF_SENSORS,
    )
    values: list[Any] = [followed_until()]
    if sensors is not None:
        values.append(list(sensors))
    return cursor.execute(statement.encode(), values).fetchall()
