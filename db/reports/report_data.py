"""What a report needs of the database, of one moment: sensors, calibrations, limits and readings."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Row, text

from db.engine import connect
from db.errors import StoreUnavailable
from db.reports.report_limits import read_limits
from db.reports.selection import SelectedSensor, select_sensors
from db.reports.stored_samples import Period, read_samples
from db.settings import DatabaseSettings
from readings.times import format_timestamp
from reports.model import Acknowledgement, ReportCalibration, SensorInput
from reports.render.limit_sources import Locale
from runtime.errors import InvalidInput
from runtime.text import quote_name

# For the readings, of which there may be millions.
STATEMENT_TIMEOUT_SECONDS = 10 * 60.0
ENGLISH = Locale()
NOW = "SELECT clock_timestamp()"
# Those from the last one that holds at the start, to the end.
CALIBRATIONS = """
SELECT sensor_id, valid_from, slope, offset_kelvin, created_at, created_by
FROM calibration
WHERE sensor_id = ANY(CAST(:sensors AS text[])) AND valid_from < :end
  AND valid_from >= coalesce((
      SELECT max(valid_from) FROM calibration AS first
      WHERE first.sensor_id = calibration.sensor_id AND first.valid_from <= :start), '-infinity')
ORDER BY sensor_id, valid_from
"""
ACKNOWLEDGED = """
SELECT sensor_id, rule, threshold, started_at, ended_at, acknowledged_by, acknowledged_at, acknowledged_note
FROM excursion
WHERE sensor_id = ANY(CAST(:sensors AS text[])) AND rule IN ('high', 'low') AND acknowledged_at IS NOT NULL
  AND started_at < :end AND coalesce(ended_at >= :start, true)
ORDER BY sensor_id, started_at, excursion_id
"""
# Readings that arrived under the ID of a merged sensor, and are not moved yet.
UNMOVED = """
SELECT sensor_id FROM stored_reading
WHERE sensor_id = ANY(CAST(:sensors AS text[])) AND measured_at >= :start AND measured_at < :end LIMIT 1
"""


class ReadingsPending(StoreUnavailable):
    """Stored readings are being changed: a calibration or a merge is applied to them."""


class ReportData(NamedTuple):
    """The sensors of a report, and the database's time of the snapshot."""

    read_at: datetime
    sensors: list[SensorInput]


def read_report_data(
    settings: DatabaseSettings,
    period: Period,
    sensors: Sequence[str] = (),
    location: str | None = None,
    *,
    locale: Locale = ENGLISH,
    is_frozen: bool = False,
    must_have_ended: bool = True,
) -> ReportData:
    """Return the sensors with their calibrated readings in the period, all from one snapshot.

    Where their limits come from is a text as `locale` has it.

    Raises:
        InvalidInput: When there is no such sensor or location, the period has not ended, or there are too
            many readings.
        ReadingsPending: When a calibration or a merge is being applied to the stored readings; try again.
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name="report", statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS) as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection.execute(text("SET LOCAL jit = off"))
        read_at: datetime = connection.execute(text(NOW)).scalar_one()
        if must_have_ended:
            _require_past(period, read_at)
        selected = select_sensors(connection, sensors, location)
        _require_settled(connection, selected, period)
        names = [sensor.sensor_id for sensor in selected]
        parameters = {"sensors": names, **period._asdict()}
        calibrations = _by_sensor(connection.execute(text(CALIBRATIONS), parameters), _calibration)
        acknowledged = _by_sensor(connection.execute(text(ACKNOWLEDGED), parameters), _acknowledgement)
        limits = read_limits(connection, names, period, locale)
        samples = read_samples(connection, names, period)
    return ReportData(
        read_at,
        [
            SensorInput(
                sensor_id=sensor.sensor_id,
                name=sensor.name,
                location=sensor.location,
                serial=sensor.serial,
                unit=sensor.unit,
                expected_interval_seconds=sensor.expected_interval_seconds,
                is_frozen=is_frozen,
                calibrations=tuple(calibrations.get(sensor.sensor_id, ())),
                limits=limits.get(sensor.sensor_id, ()),
                acknowledgements=tuple(acknowledged.get(sensor.sensor_id, ())),
                samples=readings,
            )
            for sensor, readings in zip(selected, samples, strict=True)
        ],
    )


def _require_past(period: Period, now: datetime) -> None:
    if period.end > now:
        raise InvalidInput(
            f"the period ends at {format_timestamp(period.end)}, which is in the future: a report is of "
            "what was measured",
            "to",
        )


def _require_settled(connection: Connection, sensors: Sequence[SelectedSensor], period: Period) -> None:
    """Refuse readings that are about to change, whose figures would not be those of a moment later.

    Raises:
        ReadingsPending: When there are some.
    """
    pending = [sensor.sensor_id for sensor in sensors if sensor.is_recalibrated]
    merged = {name: sensor.sensor_id for sensor in sensors for name in sensor.merged}
    parameters = {"sensors": list(merged), **period._asdict()}
    if merged and (unmoved := connection.execute(text(UNMOVED), parameters).first()):
        pending.append(merged[unmoved.sensor_id])
    if pending:
        raise ReadingsPending(
            "a calibration or a merge is being applied to the stored readings of sensor "
            f"{quote_name(pending[0])}: try again when it is done"
        )


T = TypeVar("T")


def _by_sensor(rows: Iterable[Row[Any]], convert: Callable[[Row[Any]], T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for row in rows:
        found.setdefault(row.sensor_id, []).append(convert(row))
    return found


def _calibration(row: Row[Any]) -> ReportCalibration:
    return ReportCalibration(
        valid_from=row.valid_from,
        slope=row.slope,
        offset_kelvin=row.offset_kelvin,
        set_at=row.created_at,
        set_by=row.created_by,
    )


def _acknowledgement(row: Row[Any]) -> Acknowledgement:
    return Acknowledgement(
        kind=row.rule,
        start=row.started_at,
        end=row.ended_at,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
        note=row.acknowledged_note,
        threshold=row.threshold,
    )
