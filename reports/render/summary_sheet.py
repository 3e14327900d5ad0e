"""The first sheet of a report's workbook: what was requested, and the figures of each sensor."""

from collections.abc import Iterator, Sequence

from reports.model import Extreme, Report, SensorReport
from reports.render.local_times import LocalTimes
from reports.render.sheet_words import SheetWords
from reports.render.sheets import Column, Sheet, Style

# Of the columns, which several tables share.
WIDTHS = (34, 24, 24, 20, 18, 18, 16, 14, 14, 24, 16, 14, 24, 16, 24, 66)


def write_summary(sheet: Sheet, report: Report, words: SheetWords, times: LocalTimes) -> None:
    """Write the request, then a table each of the sensors, limits, calibrations and inputs."""
    sheet.set_widths(WIDTHS)
    sheet.write(0, report.request.title or words.report, Style.TITLE)
    sheet.row += 2
    for name, value, style, note in _facts(report, words, times):
        sheet.write(0, name, Style.HEAD)
        sheet.write(1, value, style)
        sheet.write(2, note)
        sheet.row += 1
    _write_table(
        sheet, words.sensors, _sensor_columns(words), [_sensor(each, words) for each in report.sensors]
    )
    _write_table(sheet, words.limits, _limit_columns(words), list(_limits(report, words)))
    _write_table(sheet, words.calibrations, _calibration_columns(words), list(_calibrations(report)))
    _write_table(
        sheet,
        words.inputs,
        _input_columns(words),
        [[each.name, each.readings, each.bytes, each.sha256] for each in report.inputs],
    )


def _write_table(
    sheet: Sheet, title: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]
) -> None:
    """Write a table with its title, unless it has no rows."""
    if rows:
        sheet.row += 1
        sheet.write(0, title, Style.TITLE)
        sheet.row += 1
        sheet.write_head(columns, is_frozen=False)
        for row in rows:
            sheet.write_row(columns, row)


def _facts(
    report: Report, words: SheetWords, times: LocalTimes
) -> Iterator[tuple[str, object, Style, str | None]]:
    """Yield what the whole report has in common: its name, the value, how it is shown, and a note."""
    request, offset = report.request, words.utc_offset
    yield words.period_start, request.start, Style.TIME, f"{offset} {times.offset_of(request.start)}"
    yield words.period_end, request.end, Style.TIME, f"{offset} {times.offset_of(request.end)}"
    yield words.time_zone, request.time_zone, Style.TEXT, None
    if preset := request.preset:
        yield words.preset, preset.title, Style.TEXT, None
        yield words.preset_source, preset.source, Style.TEXT, None
    yield words.heat, request.heat_kj_per_mol, Style.NUMBER, None
    yield words.requested_by, request.requested_by, Style.TEXT, None
    yield words.made_at, report.made_at, Style.TIME, f"{offset} {times.offset_of(report.made_at)}"
    yield words.program_version, report.program_version, Style.TEXT, None
    yield words.document_sha256, report.document_sha256, Style.TEXT, None


def _sensor_columns(words: SheetWords) -> list[Column]:
    minimum_at, maximum_at = (
        words.at.format(what=what) for what in (words.minimum_short, words.maximum_short)
    )
    return [
        Column(words.sensor),
        Column(words.name),
        Column(words.location),
        Column(words.serial),
        Column(words.interval, Style.DURATION),
        Column(words.interval_source),
        Column(words.number_of_readings, Style.COUNT),
        Column(words.coverage, Style.PERCENT),
        Column(words.minimum, Style.TEMPERATURE),
        Column(minimum_at, Style.TIME),
        Column(words.mean, Style.TEMPERATURE),
        Column(words.maximum, Style.TEMPERATURE),
        Column(maximum_at, Style.TIME),
        Column(words.deviation, Style.TEMPERATURE),
        Column(words.kinetic, Style.TEMPERATURE),
        Column(words.samples_sha256),
    ]


def _sensor(sensor: SensorReport, words: SheetWords) -> list[object]:
    no_kinetic = sensor.no_mean_kinetic_temperature
    return [
        sensor.sensor_id,
        sensor.name,
        sensor.location,
        sensor.serial,
        sensor.interval_seconds,
        words.interval_sources[sensor.interval_source] if sensor.interval_source else None,
        sensor.readings,
        sensor.coverage,
        *_extreme(sensor.minimum),
        sensor.mean,
        *_extreme(sensor.maximum),
        sensor.standard_deviation,
        words.no_kinetic[no_kinetic] if no_kinetic else sensor.mean_kinetic_temperature,
        sensor.samples_sha256,
    ]


def _extreme(extreme: Extreme | None) -> tuple[object, object]:
    return (extreme.temperature, extreme.measured_at) if extreme else (None, None)


def _limit_columns(words: SheetWords) -> list[Column]:
    return [
        Column(words.sensor),
        Column(words.limit),
        Column(words.threshold, Style.TEMPERATURE),
        Column(words.source),
        Column(words.is_excursion),
        Column(words.outside, Style.DURATION),
        Column(words.degree_minutes, Style.NUMBER),
        Column(words.readings_outside, Style.COUNT),
        Column(words.number_of_excursions, Style.COUNT),
    ]


def _limits(report: Report, words: SheetWords) -> Iterator[list[object]]:
    for sensor in report.sensors:
        for each in sensor.outside:
            limit = each.limit
            head = [sensor.sensor_id, words.kinds[limit.kind], limit.threshold, limit.source]
            figures = [each.seconds, each.degree_minutes, each.readings, each.excursions]
            yield [*head, words.yes if limit.is_excursion else words.no, *figures]


def _calibration_columns(words: SheetWords) -> list[Column]:
    return [
        Column(words.sensor),
        Column(words.valid_from, Style.TIME),
        Column(words.set_at, Style.TIME),
        Column(words.set_by),
        Column(words.slope, Style.NUMBER),
        Column(words.offset, Style.NUMBER),
    ]


def _calibrations(report: Report) -> Iterator[list[object]]:
    for sensor in report.sensors:
        for each in sensor.calibrations:
            when = [each.valid_from, each.set_at, each.set_by]
            yield [sensor.sensor_id, *when, each.slope, each.offset_kelvin]


def _input_columns(words: SheetWords) -> list[Column]:
    return [
        Column(words.file),
        Column(words.number_of_readings, Style.COUNT),
        Column(words.bytes, Style.COUNT),
        Column(words.input_sha256),
    ]
