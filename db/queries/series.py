"""Reads the series of some sensors over any range, from the roll-up that gives a useful number of points."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, text

from db.driver_errors import translate_errors
from db.engine import make_interactive_engine
from db.settings import DatabaseSettings

MAX_POINTS = 2_000
FIVE_SECONDS_KEPT = timedelta(hours=2)
STATEMENT_TIMEOUT_SECONDS = 5
STATE = """
SELECT time_zone, now() AS now, nullif(minutes_dropped_before, '-infinity') AS minutes_since,
       nullif(hours_dropped_before, '-infinity') AS hours_since
FROM rollup_state
"""
# JSON, because 20,000 points as rows would take the driver longer than the database. A week is the sum of its
# days. Where clocks are set back at midnight, a day starts in the hour before what date_trunc() returns.
POINTS = """
SELECT sensor_id, json_agg(
    json_build_array(at, min_temperature, sum_temperature / readings, max_temperature, readings) ORDER BY at
)::text AS points
FROM (
    SELECT sensor_id, extract(epoch FROM {start})::bigint AS at, sum(readings)::bigint AS readings,
           sum(sum_temperature) AS sum_temperature,
           min(min_temperature) AS min_temperature, max(max_temperature) AS max_temperature
    FROM {source}(CAST(:sensors AS text[]), {since}, CAST(:until AS timestamptz))
    GROUP BY 1, 2
) AS bucket
GROUP BY sensor_id
"""
BINNED = (
    "date_bin(CAST(:width AS interval), CAST(:since AS timestamptz), timestamptz '2000-01-01 00:00:00+00')"
)
TRUNCATED = "date_trunc(:bucket, CAST(:since AS timestamptz), :zone) - interval '1 hour'"


class Bucket(StrEnum):
    """The steps of time of a series, from fine to coarse."""

    FIVE_SECONDS = "5 seconds"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"

    @property
    def width(self) -> timedelta:
        """The width; that of a day on which clocks are changed differs."""
        return WIDTHS[self]


WIDTHS = {
    Bucket.FIVE_SECONDS: timedelta(seconds=5),
    Bucket.MINUTE: timedelta(minutes=1),
    Bucket.HOUR: timedelta(hours=1),
    Bucket.DAY: timedelta(days=1),
    Bucket.WEEK: timedelta(weeks=1),
}
MAX_RANGE = MAX_POINTS * WIDTHS[Bucket.WEEK]
SOURCES = {
    Bucket.FIVE_SECONDS: ("sensor_five_seconds", BINNED, "starts_at"),
    Bucket.MINUTE: ("sensor_minutes", BINNED, "starts_at"),
    Bucket.HOUR: ("sensor_hours", BINNED, "starts_at"),
    Bucket.DAY: ("sensor_days", TRUNCATED, "starts_at"),
    Bucket.WEEK: ("sensor_days", TRUNCATED, "date_trunc('week', starts_at, :zone)"),
}


class Kept(NamedTuple):
    """From when on minutes and hours are kept (None: all), by the clock of the database."""

    now: datetime
    minutes_since: datetime | None
    hours_since: datetime | None


@dataclass(frozen=True)
class Series:
    """The points of each sensor as the text of a JSON array: `[epoch seconds, min, mean, max, readings]`."""

    bucket: Bucket
    time_zone: str
    points: dict[str, str]


def choose_bucket(since: datetime, until: datetime, kept: Kept) -> Bucket:
    """Return the finest step that is kept from `since` on and yields at most MAX_POINTS points."""
    starts = {
        Bucket.FIVE_SECONDS: kept.now - FIVE_SECONDS_KEPT,
        Bucket.MINUTE: kept.minutes_since,
        Bucket.HOUR: kept.hours_since,
    }
    for bucket in Bucket:
        start = starts.get(bucket)
        if (until - since) / bucket.width <= MAX_POINTS and (start is None or start <= since):
            return bucket
    return Bucket.WEEK


class SeriesReader:
    """Reads series. Any number of threads may use it; their queries run one after the other."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._engine = make_interactive_engine(
            settings,
            name="series",
            statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS,
            may_use_standby=True,
        )

    def read(self, sensors: Collection[str], since: datetime, until: datetime) -> Series:
        """Return the series of these sensors from the bucket that contains `since` on and before `until`.

        Raises:
            StoreUnavailable: When the database does not answer in time.
        """
        with translate_errors(), self._engine.connect() as connection:
            zone, kept = _read_state(connection)
            bucket = choose_bucket(since, until, kept)
            source, first, start = SOURCES[bucket]
            rows = connection.execute(
                text(POINTS.format(source=source, since=first, start=start)),
                {
                    "sensors": list(sensors),
                    "since": since,
                    "until": until,
                    "width": bucket.width,
                    "bucket": bucket.value,
                    "zone": zone,
                },
            )
            return Series(bucket, zone, {row.sensor_id: row.points for row in rows})

    def time_zone(self) -> str:
        """Return the name of the installation's time zone.

        Raises:
            StoreUnavailable: When the database does not answer in time.
        """
        with translate_errors(), self._engine.connect() as connection:
            return _read_state(connection)[0]

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()


def _read_state(connection: Connection) -> tuple[str, Kept]:
    zone, *times = connection.execute(text(STATE)).one()
    return str(zone), Kept(*times)
