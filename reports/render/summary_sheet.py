"""The first sheet of a report's workbook: what was requested, and the figures of each sensor."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from reports.model import Extreme, Report, SensorReport
from reports.render.document_texts import input_name, translate
from reports.render.local_times import LocalTimes
from reports.render.sheet_texts import SheetText
from reports.render.sheets import Column, Sheet, Style
from reports.render.texts import Text
from reports.render.words import INTERVALS, UNMEASURED, Words

LABEL_WIDTH, SENSOR_WIDTH = 58, 28
MAX_SENSORS_ON_PAGE = 4


def write_summary(sheet: Sheet, report: Report, words: Words, times: LocalTimes) -> None:
    """Write the request, the inputs, and the figures with a column per sensor."""
    sheet.set_widths([LABEL_WIDTH, *[SENSOR_WIDTH] * max(3, len(report.sensors))])
    sheet.write(0, report.request.title or words(Text.REPORT), Style.TITLE)
    sheet.row += 2
    for name, value, style, note in _facts(report, words, times):
        sheet.write(0, name, Style.LABEL)
        sheet.write(1, value, style)
        sheet.write(2, note)
        sheet.row += 1
    _write_inputs(sheet, report, words)
    _write_title(sheet, words(Text.SENSORS))
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


def _write_inputs(sheet: Sheet, report: Report, words: Words) -> None:
    columns = [
        Column(words(Text.NAME)),
        Column(words(Text.READINGS), Style.COUNT),
        Column(words(SheetText.BYTES), Style.COUNT),
        Column(words(SheetText.INPUT_SHA256)),
        Column(words(SheetText.PROGRAM)),
        Column(words(SheetText.LOCAL_TIMES)),
    ]
    _write_title(sheet, words(Text.DATA))
    sheet.write_head(columns, is_frozen=False)
    for each in report.inputs:
        read_as = [each.program, each.time_zone]
        name = input_name(each, words.language)
        sheet.write_row(columns, [name, each.readings, each.bytes, each.sha256, *read_as])


def _facts(
    report: Report, words: Words, times: LocalTimes
) -> Iterator[tuple[str, object, Style, str | None]]:
    """Yield what the whole report has in common: its name, the value, how it is shown, and a note."""
    request = report.request

    def offset(at: datetime) -> str:
        return f"{words(SheetText.UTC_OFFSET)} {times.offset_of(at)}"

    yield words(SheetText.PERIOD_START), request.start, Style.TIME, offset(request.start)
    yield words(SheetText.PERIOD_END), request.end, Style.TIME, offset(request.end)
    yield words(SheetText.TIME_ZONE), request.time_zone, Style.TEXT, None
    if preset := request.preset:
        yield words(Text.PRESET), translate(preset.title, words.language), Style.TEXT, None
        yield words(SheetText.PRESET_SOURCE), translate(preset.source, words.language), Style.TEXT, None
    yield words(SheetText.HEAT), request.heat_kj_per_mol, Style.NUMBER, None
    yield words(Text.REQUESTED_BY), request.requested_by, Style.TEXT, None
    yield words(Text.MADE_AT), report.made_at, Style.TIME, offset(report.made_at)
    yield words(Text.PROGRAM), report.program_version, Style.TEXT, None
    yield words(Text.DATA_SHA256), report.document_sha256, Style.TEXT, None


def _figures(sensors: Sequence[SensorReport], words: Words) -> Iterator[tuple[str, Style, list[object]]]:
    """Yield a row each: the name of the figure, how it is shown, and its value of each sensor."""
    names = _names(words)
    for (name, style), values in zip(
        names, zip(*(_values(each, words) for each in sensors), strict=True), strict=True
    ):
        yield name, style, list(values)


def _names(words: Words) -> list[tuple[str, Style]]:
    return [
        (words(Text.SENSOR), Style.TEXT),
        (words(Text.NAME), Style.TEXT),
        (words(Text.LOCATION), Style.TEXT),
        (words(Text.SERIAL), Style.TEXT),
        (words(Text.INTERVAL), Style.DURATION),
        (words(SheetText.INTERVAL_SOURCE), Style.TEXT),
        (words(Text.READINGS), Style.COUNT),
        (words(Text.COVERAGE), Style.PERCENT),
        (words(SheetText.DEGREES, what=words(Text.MINIMUM)), Style.TEMPERATURE),
        (words(SheetText.TIME_OF, what=words(Text.MINIMUM)), Style.TIME),
        (words(SheetText.MEAN), Style.TEMPERATURE),
        (words(SheetText.DEGREES, what=words(Text.MAXIMUM)), Style.TEMPERATURE),
        (words(SheetText.TIME_OF, what=words(Text.MAXIMUM)), Style.TIME),
        (words(SheetText.DEVIATION), Style.TEMPERATURE),
        (words(SheetText.DEGREES, what=words(Text.KINETIC)), Style.TEMPERATURE),
        (words(Text.SAMPLES_SHA256), Style.TEXT),
    ]


def _values(sensor: SensorReport, words: Words) -> list[object]:
    no_kinetic = sensor.no_mean_kinetic_temperature
    return [
        sensor.sensor_id,
        sensor.name,
        sensor.location,
        sensor.serial,
        sensor.interval_seconds,
        words(INTERVALS[sensor.interval_source]) if sensor.interval_source else None,
        sensor.readings,
        sensor.coverage,
        *_extreme(sensor.minimum),
        sensor.mean,
        *_extreme(sensor.maximum),
        sensor.standard_deviation,
        words(UNMEASURED[no_kinetic]) if no_kinetic else sensor.mean_kinetic_temperature,
        sensor.samples_sha256,
    ]


def _extreme(extreme: Extreme | None) -> tuple[object, object]:
    return (extreme.temperature, extreme.measured_at) if extreme else (None, None)
