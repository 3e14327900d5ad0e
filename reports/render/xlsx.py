"""A report as an Excel workbook: summary, excursions, gaps, readings, and what was cleaned."""

from collections.abc import Iterator
from datetime import UTC, datetime
from tempfile import gettempdir
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from reports.model import Report, ReportLimit, SensorReport
from reports.render.cleaning_texts import describe_problem
from reports.render.document_texts import translate
from reports.render.local_times import LocalTimes
from reports.render.sheet_texts import LIMIT_KINDS, SheetText
from reports.render.sheets import MAX_ROWS, TIME_WIDTH, Column, Sheet, Style, Styles, add_styles
from reports.render.summary_sheet import write_summary
from reports.render.texts import Text
from reports.render.words import Words

A4 = 9
BYTES_PER_READING = 200
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def render_xlsx(report: Report, file: IO[bytes], directory: str | None = None) -> None:
    """Write a workbook in constant memory; it needs a temporary file per sheet in `directory`.

    The same report gives the same bytes.

    Raises:
        ZoneInfoNotFoundError: When the report's zone does not exist.
        OSError: When there is no room for the temporary files.
    """
    options = OPTIONS | ({"tmpdir": directory} if directory else {})
    try:
        _write(report, file, options)
    except (OSError, FileCreateError) as error:
        raise OSError(
            f"the workbook could not be written: {error}; {directory or gettempdir()} requires about "
            f"{BYTES_PER_READING} bytes per reading: set TMPDIR to a folder with more room"
        ) from error


def _write(report: Report, file: IO[bytes], options: dict[str, Any]) -> None:
    words, times = Words(report.request.language), LocalTimes(report.request.time_zone)
    with Workbook(file, options) as workbook:
        workbook.set_properties(_properties(report, words))
        pages = _Pages(workbook, add_styles(workbook), times, words)
        write_summary(pages.add(words(Text.SUMMARY)), report, words, times)
        _write_limits(pages.add(words(Text.LIMITS)), report, words)
        _write_excursions(pages.add(words(Text.EXCURSIONS)), report, words, times)
        _write_gaps(pages.add(words(Text.GAPS)), report, words, times)
        _write_readings(pages, report, words, times)
        if any(each.calibrations for each in report.sensors):
            _write_calibrations(pages.add(words(SheetText.CALIBRATIONS)), report, words)
        if any(each.cleaned for each in report.inputs):
            _write_cleaned(pages.add(words(SheetText.CLEANED)), report, words)


class _Pages:
    """Adds the sheets, each ready to be printed."""

    def __init__(self, workbook: Any, styles: Styles, times: LocalTimes, words: Words) -> None:
        self._workbook, self._styles, self._times, self._words = workbook, styles, times, words

    def add(self, name: str) -> Sheet:
        worksheet = self._workbook.add_worksheet(name)
        worksheet.set_landscape()
        worksheet.set_paper(A4)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_footer(self._words(SheetText.PAGE))
        return Sheet(worksheet, self._styles, self._times)


def _properties(report: Report, words: Words) -> dict[str, Any]:
    # XlsxWriter writes it as it is, with a Z.
    made_at = report.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    return {"title": report.request.title or words(Text.REPORT), "author": "", "created": made_at}


def _yes_or_no(words: Words, *, is_yes: bool) -> str:
    return words(SheetText.YES if is_yes else SheetText.NO)


def _write_limits(sheet: Sheet, report: Report, words: Words) -> None:
    columns = [
        *_sensor_columns(words),
        *_limit_columns(words),
        Column(words(SheetText.IS_OUTER)),
        Column(words(Text.TIME_OUTSIDE), Style.DURATION, 12),
        Column(words(SheetText.DEGREE_MINUTES), Style.NUMBER),
        Column(words(SheetText.READINGS_OUTSIDE), Style.COUNT, 10),
        Column(words(Text.EXCURSIONS), Style.COUNT, 11),
    ]
    sheet.write_head(columns)
    for sensor in report.sensors:
        for each in sensor.outside:
            is_excursion = _yes_or_no(words, is_yes=each.limit.is_excursion)
            figures = [each.seconds, each.degree_minutes, each.readings, each.excursions]
            row = [*_sensor(sensor), *_limit(each.limit, words), is_excursion, *figures]
            sheet.write_row(columns, row)


def _limit_columns(words: Words) -> list[Column]:
    return [
        Column(words(Text.LIMIT), width=9),
        Column(words(SheetText.DEGREES, what=words(Text.LIMIT)), Style.TEMPERATURE, 9),
        Column(words(Text.SOURCE), width=26),
    ]


def _limit(limit: ReportLimit, words: Words) -> list[object]:
    return [words(LIMIT_KINDS[limit.kind]), limit.threshold, translate(limit.source, words.language)]


def _write_excursions(sheet: Sheet, report: Report, words: Words, times: LocalTimes) -> None:
    columns = [
        *_sensor_columns(words),
        *_limit_columns(words),
        *_period_columns(words, times),
        Column(words(SheetText.START_KNOWN), width=9),
        Column(words(SheetText.END_KNOWN), width=9),
        Column(words(Text.DURATION), Style.DURATION, 12),
        Column(words(SheetText.DEGREES, what=words(SheetText.PEAK)), Style.TEMPERATURE, 10),
        Column(words(SheetText.TIME_OF, what=words(SheetText.PEAK)), Style.TIME, TIME_WIDTH),
        Column(words(SheetText.DEGREE_MINUTES), Style.NUMBER),
        Column(words(SheetText.ACKNOWLEDGED_BY), width=20),
        Column(words(SheetText.ACKNOWLEDGED_AT), Style.TIME, TIME_WIDTH),
        Column(words(SheetText.NOTE), width=30),
    ]
    sheet.write_head(columns)
    for sensor in report.sensors:
        for each in sensor.excursions:
            known = [_yes_or_no(words, is_yes=is_yes) for is_yes in (each.is_start_known, each.is_end_known)]
            limit = _limit(each.limit, words)
            acknowledged = [each.acknowledged_by, each.acknowledged_at, each.note]
            peak = [each.peak, each.peak_at, each.degree_minutes]
            row = [*_sensor(sensor), *limit, *_period(each.start, each.end, times), *known, each.seconds]
            sheet.write_row(columns, [*row, *peak, *acknowledged])


def _write_gaps(sheet: Sheet, report: Report, words: Words, times: LocalTimes) -> None:
    duration = Column(words(Text.DURATION), Style.DURATION, 12)
    columns = [*_sensor_columns(words), *_period_columns(words, times), duration]
    sheet.write_head(columns)
    for sensor in report.sensors:
        for gap in sensor.gaps:
            sheet.write_row(columns, [*_sensor(sensor), *_period(gap.start, gap.end, times), gap.seconds])


def _sensor_columns(words: Words) -> list[Column]:
    return [Column(words(Text.SENSOR), width=14), Column(words(Text.NAME), width=18)]


def _sensor(sensor: SensorReport) -> list[str | None]:
    return [sensor.sensor_id, sensor.name]


def _period_columns(words: Words, times: LocalTimes) -> list[Column]:
    offset = Column(words(SheetText.UTC_OFFSET), width=10)
    heads = (f"{word} ({times.zone_name})" for word in (words(Text.START), words(Text.END)))
    return [column for head in heads for column in (Column(head, Style.TIME, TIME_WIDTH), offset)]


def _period(start: datetime, end: datetime, times: LocalTimes) -> list[object]:
    return [start, times.offset_of(start), end, times.offset_of(end)]


def _write_readings(pages: _Pages, report: Report, words: Words, times: LocalTimes) -> None:
    """Write them to as many sheets as they need."""
    columns = [
        Column(words(Text.SENSOR), width=16),
        Column(words(SheetText.TIME, zone=times.zone_name), Style.TIME, TIME_WIDTH),
        Column(words(SheetText.UTC_OFFSET), width=10),
        Column(words(SheetText.DEGREES, what=words(SheetText.TEMPERATURE)), Style.TEMPERATURE, 16),
    ]
    sheet, number = pages.add(words(Text.READINGS)), 1
    sheet.write_head(columns)
    for row in _readings(report, times):
        if sheet.row == MAX_ROWS:
            number += 1
            sheet = pages.add(f"{words(Text.READINGS)} {number}")
            sheet.write_head(columns)
        sheet.write_row(columns, row)


def _readings(report: Report, times: LocalTimes) -> Iterator[tuple[object, ...]]:
    for sensor in report.sensors:
        samples = sensor.samples
        for at, temperature in zip(samples.times, samples.temperatures, strict=True):
            yield sensor.sensor_id, times.cell(at), times.offset_text(at), temperature


def _write_calibrations(sheet: Sheet, report: Report, words: Words) -> None:
    columns = [
        *_sensor_columns(words),
        Column(words(SheetText.VALID_FROM), Style.TIME, TIME_WIDTH),
        Column(words(SheetText.SET_AT), Style.TIME, TIME_WIDTH),
        Column(words(SheetText.SET_BY), width=20),
        Column(words(SheetText.SLOPE), Style.NUMBER),
        Column(words(SheetText.OFFSET), Style.NUMBER),
    ]
    sheet.write_head(columns)
    for sensor in report.sensors:
        for each in sensor.calibrations:
            when = [each.valid_from, each.set_at, each.set_by]
            sheet.write_row(columns, [*_sensor(sensor), *when, each.slope, each.offset_kelvin])


def _write_cleaned(sheet: Sheet, report: Report, words: Words) -> None:
    columns = [
        Column(words(Text.NAME), width=30),
        Column(words(Text.REASON), width=40),
        Column(words(Text.COUNT), Style.COUNT, 12),
        Column(words(Text.LINES), width=60),
    ]
    sheet.write_head(columns)
    for source in report.inputs:
        for each in source.cleaned:
            lines = ", ".join(map(str, each.lines))
            reason = describe_problem(each.reason, report.request.language)
            sheet.write_row(columns, [source.name, reason, each.count, lines])
