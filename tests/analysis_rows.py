"""Forecasts and anomalies as the analysis stores them."""

from tests.database import Database

FORECAST = """
INSERT INTO sensor_forecast (sensor_id, kind, version, made_at, first_at, step_seconds, mean, lower, upper)
SELECT %(sensor)s, 'season', 3, now(), date_bin('30 minutes', now(), 'epoch') + interval '30 minutes', 1800,
       array_agg(mean ORDER BY n), array_agg(mean - 0.3 - n * 0.02 ORDER BY n),
       array_agg(mean + 0.3 + n * 0.02 ORDER BY n)
FROM generate_series(1, 48) AS n,
     LATERAL (SELECT %(mean)s + %(swing)s * sin(-n * 15 / 230.0) AS mean) AS means
"""
ANOMALY = """
INSERT INTO detected_anomaly (sensor_id, kind, started_at, ended_at, detected_at, score, observed, expected,
                              lower, upper, model_version, reason)
VALUES (%(sensor)s, %(kind)s, now() - make_interval(mins => %(since)s),
        now() - make_interval(mins => %(until)s), now() - make_interval(mins => %(since)s), 2.5,
        %(observed)s, %(expected)s, %(expected)s - 0.5, %(expected)s + 0.5, 'season 3', %(reason)s)
"""
VIRTUAL_VALUE = """
INSERT INTO virtual_value (sensor_id, at, value, lower, upper, neighbours)
VALUES (%(sensor)s, now(), %(value)s, %(value)s - 1, %(value)s + 1, %(neighbours)s)
"""
MODEL = """
INSERT INTO model (sensor_id, kind, version, trained_to, state, reason, active)
VALUES (%(sensor)s, 'season', %(version)s, now(), '', 'retrained', %(active)s)
"""


def store_forecast(database: Database, sensor: str, mean: float, swing: float = 0.0) -> None:
    """Store a forecast of the next 24 hours."""
    database.query(FORECAST, sensor=sensor, mean=mean, swing=swing)


def store_models(database: Database, sensor: str) -> None:
    """Store two versions of a model, of which the second is active."""
    for version in (1, 2):
        database.query(MODEL, sensor=sensor, version=version, active=version == 2)


def store_virtual_value(database: Database, sensor: str, value: float, *neighbours: str) -> None:
    """Store what an offline sensor would measure."""
    database.query(VIRTUAL_VALUE, sensor=sensor, value=value, neighbours=list(neighbours))


def store_anomaly(
    database: Database,
    sensor: str,
    kind: str,
    minutes_ago: tuple[int, int | None],
    temperatures: tuple[float, float],
    reason: str,
) -> None:
    """Store an anomaly that started and ended (None: it lasts) so many minutes ago, in °C."""
    (since, until), (observed, expected) = minutes_ago, temperatures
    database.query(
        ANOMALY,
        sensor=sensor,
        kind=kind,
        since=since,
        until=until,
        observed=observed,
        expected=expected,
        reason=reason,
    )
