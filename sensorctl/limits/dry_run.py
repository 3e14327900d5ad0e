"""What limits would have found in the stored readings."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from db.queries.sensors import read_sensor
from db.queries.stored_readings import stored_readings
from db.settings import DatabaseSettings
from limits.definition import LimitDefinition
from limits.model import Limit, LimitKind
from limits.schedule import parse_schedule
from limits.series import SensorSeries
from limits.track import excursions_of
from runtime.errors import InvalidInput

TIMES = ("started_at", "ended_at", "peak_at")


def find_excursions(
    settings: DatabaseSettings, definition: LimitDefinition, since: datetime
) -> tuple[int, list[dict[str, Any]]]:
    """Return the number of readings since a time, and the excursions in them.

    Raises:
        InvalidInput: When there is no such sensor.
        StoreUnavailable: When the database does not answer.
    """
    assert definition.sensor_id
    found_sensor = read_sensor(settings, definition.sensor_id)
    if found_sensor is None:
        raise InvalidInput(f"There is no sensor {definition.sensor_id}.", "sensor_id")
    sensor, _calibrations = found_sensor
    limits = [_limit(number, rule) for number, rule in enumerate(definition.rules())]
    series = SensorSeries(limits, sensor.expected_interval_seconds)
    number = 0
    for reading in stored_readings(settings, definition.sensor_id, since):
        series.feed((reading,))
        number += 1
    found = excursions_of(series)
    rows = [
        {"sensor_id": definition.sensor_id, "rule": limit.kind.value, "threshold": limit.threshold}
        | _row(asdict(excursion))
        for limit in limits
        for excursion in found[limit.limit_id]
    ]
    return number, sorted(rows, key=lambda row: row["started_at"])


def _limit(number: int, rule: dict[str, Any]) -> Limit:
    return Limit(
        limit_id=number,
        kind=LimitKind(rule["kind"]),
        threshold=rule["threshold"],
        delay_seconds=rule["delay_seconds"],
        hysteresis=rule["hysteresis"],
        window_seconds=rule["window_seconds"] or 0.0,
        schedule=parse_schedule(rule["schedule"], rule["zone"]) if rule["schedule"] else None,
    )


def _row(values: dict[str, Any]) -> dict[str, Any]:
    last_at = values.pop("last_at")
    times = {name: values[name] and datetime.fromtimestamp(values[name], UTC) for name in TIMES}
    return values | times | {"duration_seconds": last_at - values["started_at"]}
