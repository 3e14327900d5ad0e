"""Finds wrong times: sensors that are hours behind their arrival, and readings ahead of the clock."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Engine, text

from db.driver_errors import translate_errors
from db.feed import AHEAD_SECONDS

STEP = timedelta(minutes=30)  # of the world's offsets, but for those of three quarters of an hour
TOLERANCE = timedelta(minutes=3)
MAX_SPREAD = timedelta(minutes=5)
MIN_SPAN = timedelta(minutes=1)
# Of candidates, the latest readings are compared: at most an hour of them, and 200.
DELAYS = """
WITH candidate AS MATERIALIZED (
    SELECT sensor_id, last_measured_at
    FROM sensor_status
    WHERE last_received_at > now() - interval '1 hour'
      AND last_received_at - last_measured_at BETWEEN interval '25 minutes' AND interval '15 hours'
    ORDER BY sensor_id
    LIMIT 100
)
SELECT sensor_id, median, spread, span
FROM candidate
CROSS JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY delay) AS median,
           max(delay) - min(delay) AS spread, max(measured_at) - min(measured_at) AS span
    FROM (
        SELECT measured_at, received_at - measured_at AS delay
        FROM stored_reading
        WHERE stored_reading.sensor_id = candidate.sensor_id COLLATE "C"
          AND measured_at BETWEEN last_measured_at - interval '1 hour' AND last_measured_at
        ORDER BY measured_at DESC
        LIMIT 200
    ) AS latest
) AS delays
ORDER BY sensor_id
"""


AHEAD = f"""
SELECT count(DISTINCT sensor_id), count(*), max(measured_at)
FROM stored_reading
WHERE measured_at > now() + interval '{AHEAD_SECONDS:g} seconds'
"""  # noqa: S608 (a constant)


class ReadingsAhead(NamedTuple):
    """How many readings of how many sensors are ahead of the clock, and the time of the last of them."""

    sensors: int
    readings: int
    last_measured_at: datetime


class Delays(NamedTuple):
    """How long the latest readings of a sensor took to arrive: median and range, within a `span` of times."""

    sensor_id: str
    median: timedelta
    spread: timedelta
    span: timedelta


class TimeShift(NamedTuple):
    """The times of a sensor are this number of hours behind their arrival."""

    sensor_id: str
    hours: float


def read_time_shifts(engine: Engine) -> list[TimeShift]:
    """Return the sensors whose times are shifted, at most 100.

    Raises:
        StoreUnavailable: When the database does not answer, or has no such views.
    """
    with translate_errors(), engine.connect() as connection:
        return find_time_shifts(Delays._make(row) for row in connection.execute(text(DELAYS)))


def read_readings_ahead(engine: Engine) -> ReadingsAhead | None:
    """Return which readings are ahead of the clock; None if none is.

    Raises:
        StoreUnavailable: When the database does not answer, or has no such view.
    """
    with translate_errors(), engine.connect() as connection:
        found = ReadingsAhead._make(connection.execute(text(AHEAD)).one())
    return found if found.readings else None


def find_time_shifts(delays: Iterable[Delays]) -> list[TimeShift]:
    """Return those with a constant delay near a multiple of half an hour.

    A backlog or an import has other delays: they are not constant, since its readings arrive faster than they
    were measured.
    """
    return [
        TimeShift(delay.sensor_id, round(delay.median / STEP) * STEP / timedelta(hours=1))
        for delay in delays
        if _is_constant(delay) and _is_near_a_step(delay.median)
    ]


def _is_constant(delay: Delays) -> bool:
    return delay.span >= MIN_SPAN and delay.spread <= min(MAX_SPREAD, delay.span / 4)


def _is_near_a_step(median: timedelta) -> bool:
    steps = round(median / STEP)
    return steps > 0 and abs(median - steps * STEP) <= TOLERANCE
