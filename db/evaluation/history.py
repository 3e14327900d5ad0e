"""The stored readings of a sensor, as the evaluation of its limits needs them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from psycopg import Connection, Cursor

from db.feed import FOLLOWED_UNTIL, STORED_ELSEWHERE, followed_until
from limits.history import MINUTE, MinuteRange, Surroundings
from limits.model import Reading
from limits.series import MEDIAN_INTERVALS

MINUTES = """
SELECT date_part('epoch', starts_at), readings, min_temperature, max_temperature
FROM rollup_minute
WHERE sensor_id = %s COLLATE "C" AND starts_at < to_timestamp(%s)
ORDER BY sensor_id DESC, starts_at DESC
LIMIT 100
"""
# Readings that are not evaluated yet are left out, so that they are not evaluated twice.
READINGS = f"""
SELECT date_part('epoch', measured_at), temperature
FROM reading
WHERE sensor_id = %s AND measured_at >= to_timestamp(%s) AND measured_at < {FOLLOWED_UNTIL}
  AND (stored_xid < %s OR stored_xid IS NULL OR {STORED_ELSEWHERE})
ORDER BY measured_at, temperature
"""  # noqa: S608 (a constant)
READINGS_OF_MANY = f"""
SELECT sensor_id, date_part('epoch', measured_at), temperature
FROM reading
WHERE sensor_id = ANY(%s) AND measured_at >= to_timestamp(%s) AND measured_at < {FOLLOWED_UNTIL}
  AND (stored_xid < %s OR stored_xid IS NULL OR {STORED_ELSEWHERE})
ORDER BY measured_at, temperature
"""  # noqa: S608 (a constant)
# The last minute before the readings, those between them, and some after them.
AROUND = f"""
SELECT given.sensor, min(min_temperature), max(max_temperature),
       (SELECT date_part('epoch', last_measured_at) FROM rollup_minute
        WHERE sensor_id = given.sensor COLLATE "C" AND starts_at < until
        ORDER BY sensor_id DESC, starts_at DESC LIMIT 1)
FROM (SELECT sensor, to_timestamp(first) AS first, to_timestamp(last) AS last
      FROM unnest(%s::text[], %s::float8[], %s::float8[]) AS range (sensor, first, last)) AS given
CROSS JOIN {FOLLOWED_UNTIL} AS until
CROSS JOIN LATERAL (
    (SELECT min_temperature, max_temperature FROM rollup_minute
     WHERE sensor_id = given.sensor COLLATE "C" AND starts_at < given.first
     ORDER BY sensor_id DESC, starts_at DESC LIMIT 1)
    UNION ALL
    (SELECT min_temperature, max_temperature FROM rollup_minute
     WHERE sensor_id = given.sensor COLLATE "C" AND starts_at >= given.first AND starts_at <= given.last)
    UNION ALL
    (SELECT min_temperature, max_temperature FROM rollup_minute
     WHERE sensor_id = given.sensor COLLATE "C" AND starts_at > given.last AND starts_at < until
     ORDER BY sensor_id, starts_at LIMIT {MEDIAN_INTERVALS + 1})
) AS minute
GROUP BY given.sensor, until
"""  # noqa: S608 (a constant)
OVERLAP = """
SELECT date_part('epoch', min(started_at))
FROM limit_excursion
WHERE sensor_id = %s AND withdrawn_at IS NULL
  AND started_at <= to_timestamp(%s) AND (ended_at IS NULL OR ended_at >= to_timestamp(%s))
"""
FLOOR = "SELECT date_part('epoch', date_trunc('day', now(), 'UTC')) - min(days) * 86400.0 FROM retention"
FETCH_READINGS = 5_000
Range = tuple[float, float]


class StoredHistory:
    """The readings of a sensor that were stored before a transaction."""

    def __init__(
        self,
        connection: Connection[Any],
        sensor_id: str,
        until_xid: int,
        known: Mapping[str, tuple[Range, Surroundings]] | None = None,
    ) -> None:
        """`known` has surroundings that were read before."""
        self._connection, self._sensor_id, self._until_xid = connection, sensor_id, until_xid
        self._known = (known or {}).get(sensor_id)

    def around(self, first: float, last: float) -> Surroundings:
        """Return the temperatures around readings."""
        if self._known and self._known[0] == (first, last):
            return self._known[1]
        ranges = {self._sensor_id: (first, last)}
        return surroundings_of(self._connection.cursor(binary=True), ranges)[self._sensor_id][1]

    def overlap_start(self, at: float) -> float:
        """Return when the earliest excursion started that contains a time."""
        row = self._connection.execute(OVERLAP, (self._sensor_id, at, at), binary=True).fetchone()
        return float("inf") if row is None or row[0] is None else row[0]

    def minutes_before(self, before: float) -> Iterator[MinuteRange]:
        """Yield the minutes before a time, the latest first."""
        while rows := self._connection.execute(MINUTES, (self._sensor_id, before), binary=True).fetchall():
            for row in rows:
                yield MinuteRange(*row)
            before = rows[-1][0]

    def readings(self, since: float) -> Iterator[Reading]:
        """Yield the evaluated readings from a time on."""
        with self._connection.cursor(name="history") as cursor:
            cursor.itersize = FETCH_READINGS
            values = (self._sensor_id, since, followed_until(), self._until_xid)
            cursor.execute(READINGS, values, binary=True)
            for row in cursor:
                yield Reading(*row)


def surroundings_of(
    cursor: Cursor[Any], ranges: Mapping[str, Range]
) -> dict[str, tuple[Range, Surroundings]]:
    """Return the surroundings of the readings of some sensors, from their first to their last."""
    firsts = [first // MINUTE * MINUTE for first, _ in ranges.values()]
    lasts = [last for _, last in ranges.values()]
    rows = cursor.execute(AROUND, (list(ranges), firsts, lasts, followed_until())).fetchall()
    return {sensor_id: (ranges[sensor_id], Surroundings(*values)) for sensor_id, *values in rows}


def readings_of(
    cursor: Cursor[Any], sensors: Collection[str], since: float, until_xid: int
) -> dict[str, list[Reading]]:
    """Return the evaluated readings of some sensors from a time on, in order."""
    readings = defaultdict(list)
    values = (list(sensors), since, followed_until(), until_xid)
    for sensor_id, *reading in cursor.execute(READINGS_OF_MANY, values):
        readings[sensor_id].append(Reading(*reading))
    return readings


def retained_since(cursor: Cursor[Any]) -> float:
    """Return from when on readings are kept."""
    row = cursor.execute(FLOOR).fetchone()
    return float("-inf") if row is None or row[0] is None else row[0]
