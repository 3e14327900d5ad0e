"""The first sheet of a report's workbook: what was requested, and the figures of each sensor."""

from collections.abc import Iterator, Sequence

from reports.model import Extreme, Report, SensorReport
from reports.render.local_times import LocalTimes
from reports.render.sheet_words import SheetWords
from reports.render.sheets import Column, Sheet, Style

LABEL_WIDTH, SENSOR_WIDTH = 58, 28
MAX_SENSORS_ON_PAGE = 4


def write_summary(sheet: Sheet, report: Report, words: SheetWords, times: LocalTimes) -> None:
    """Write the request, the inputs, and the figures with a column per sensor."""
    sheet.set_widths([LABEL_WIDTH, *[SENSOR_WIDTH] * max(3, len(report.sensors))])
    sheet.write(0, report.request.title or words.report, Style.TITLE)
    sheet.row += 2
    for name, value, style, note in _facts(report, words, times):
        sheet.write(0, name, Style.LABEL)
        sheet.write(1, value, style)
        sheet.write(2, note)
        sheet.row += 1
    _write_inputs(sheet, report, words)
    _write_title(sheet, words.sensors)
    for name, style, values in _figures(report.sensors, words):
        sheet.write(0, name, Style.LABEL)
        for number, value in enumerate(values, start=1):
            sheet.write(number, value, style)
        sheet.row += 1
    if len(report.sensors) > MAX_SENSORS_ON_PAGE:
        sheet.freeze_labels()


def _write_title(sheet: Sheet, title: str) -> None:
    sheet.row += 1
    sheet.write(0, title, Style.TITLE)
    sheet.row += 1


def _write_inputs(sheet: Sheet, report: Report, words: SheetWords) -> None:
    columns = [
        Column(words.file),
        Column(words.number_of_readings, Style.COUNT),
        Column(words.bytes, Style.COUNT),
        Column(words.input_sha256),
    ]
    _write_title(sheet, words.inputs)
    sheet.write_head(columns, is_frozen=False)
    for each in report.inputs:
        sheet.write_row(columns, [each.name, each.readings, each.bytes, each.sha256])


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


def _figures(sensors: Sequence[SensorReport], words: SheetWords) -> Iterator[tuple[str, Style, list[object]]]:
    """Yield a row each: the name of the figure, how it is shown, and its value of each sensor."""
    names = _names(words)
    for (name, style), values in zip(
        names, zip(*(_values(each, words) for each in sensors), strict=True), strict=True
    ):
        yield name, style, list(values)


def _names(words: SheetWords) -> list[tuple[str, Style]]:
    return [
        (words.sensor, Style.TEXT),
        (words.name, Style.TEXT),
        (words.location, Style.TEXT),
        (words.serial, Style.TEXT),
        (words.interval, Style.DURATION),
        (words.interval_source, Style.TEXT),
        (words.number_of_readings, Style.COUNT),
        (words.coverage, Style.PERCENT),
        (words.minimum, Style.TEMPERATURE),
        (words.at.format(what=words.minimum_short), Style.TIME),
        (words.mean, Style.TEMPERATURE),
        (words.maximum, Style.TEMPERATURE),
        (words.at.format(what=words.maximum_short), Style.TIME),
        (words.deviation, Style.TEMPERATURE),
        (words.kinetic, Style.TEMPERATURE),
        (words.samples_sha256, Style.TEXT),
    ]


def _values(sensor: SensorReport, words: SheetWords) -> list[object]:
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
