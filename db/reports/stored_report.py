"""The report of a request, of what is stored: its limits are looked up, its readings read and measured."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from db.reports.presets import read_preset
from db.reports.report_data import read_report_data
from db.reports.stored_samples import Period
from db.settings import DatabaseSettings
from jobs.reports import ReportLanguage, ReportSpec
from reports.measures.report import make_report
from reports.model import Input, Report, ReportLimit, ReportRequest
from reports.render.limit_sources import Locale

SOURCE = "request"
INPUT = "readings in the database"


class ReportDefaults(NamedTuple):
    """What a request that does not say so gets."""

    time_zone: str
    language: ReportLanguage
    heat_kj_per_mol: float


def make_stored_report(
    settings: DatabaseSettings,
    spec: ReportSpec,
    period: Period,
    defaults: ReportDefaults,
    requested_by: str,
    *,
    made_at: datetime | None = None,
    inputs: Sequence[Input] = (),
    serial: str | None = None,
) -> Report:
    """Return the report; its time of making is that of its snapshot, unless one is given.

    Its readings come from `inputs`; without any, from the database, and the period must have ended. `serial`
    is the serial number of sensors that are registered without one.

    Raises:
        InvalidInput: When there is no such sensor, location or preset, the period has not ended, or there are
            too many readings.
        ReadingsPending: When a calibration or a merge is being applied to the stored readings; try again.
        StoreUnavailable: When the database does not answer.
    """
    preset = read_preset(settings, spec.preset) if spec.preset else None
    locale = Locale(spec.language or defaults.language, spec.time_zone or defaults.time_zone)
    read_at, sensors = read_report_data(
        settings,
        period,
        spec.sensors,
        spec.location,
        locale=locale,
        is_frozen=preset is not None and preset.is_frozen,
        # The clock of a logger may be some seconds fast.
        must_have_ended=not inputs,
    )
    request = ReportRequest(
        sensors=tuple(sensor.sensor_id for sensor in sensors),
        start=period.start,
        end=period.end,
        time_zone=locale.time_zone,
        language=locale.language,
        preset=preset,
        limits=tuple(
            ReportLimit(kind=limit.kind, threshold=limit.threshold, source=SOURCE) for limit in spec.limits
        ),
        interval_seconds=spec.interval_seconds,
        heat_kj_per_mol=spec.heat_kj_per_mol or defaults.heat_kj_per_mol,
        title=spec.title or "",
        requested_by=requested_by,
    )
    readings = sum(len(sensor.samples) for sensor in sensors)
    given = inputs or [Input(name=INPUT, readings=readings)]
    with_serials = [sensor if sensor.serial else replace(sensor, serial=serial) for sensor in sensors]
    return make_report(request, with_serials, given, made_at or read_at)
