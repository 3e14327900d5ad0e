"""A report as an Excel workbook: summary, excursions, gaps, readings, and what was cleaned."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

from xlsxwriter import Workbook

from reports.model import Report, ReportLimit, SensorReport
from reports.render.cleaning_texts import describe_problem
from reports.render.local_times import LocalTimes
from reports.render.sheet_words import WORDS, SheetWords
from reports.render.sheets import MAX_ROWS, TIME_WIDTH, Column, Sheet, Style, Styles, add_styles
from reports.render.summary_sheet import write_summary

A4 = 9
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
    """
    options = OPTIONS | ({"tmpdir": directory} if directory else {})
    words, times = WORDS[report.request.language], LocalTimes(report.request.time_zone)
    with Workbook(file, options) as workbook:
        workbook.set_properties(_properties(report, words))
        pages = _Pages(workbook, add_styles(workbook), times, words)
        write_summary(pages.add(words.summary), report, words, times)
        _write_limits(pages.add(words.limits), report, words)
        _write_excursions(pages.add(words.excursions), report, words, times)
        _write_gaps(pages.add(words.gaps), report, words, times)
        _write_readings(pages, report, words, times)
        if any(each.calibrations for each in report.sensors):
            _write_calibrations(pages.add(words.calibrations), report, words)
        if any(each.cleaned for each in report.inputs):
            _write_cleaned(pages.add(words.cleaned), report, words)


class _Pages:
    """Adds the sheets, each ready to be printed."""

    def __init__(self, workbook: Any, styles: Styles, times: LocalTimes, words: SheetWords) -> None:
        self._workbook, self._styles, self._times, self._words = workbook, styles, times, words

    def add(self, name: str) -> Sheet:
        worksheet = self._workbook.add_worksheet(name)
        worksheet.set_landscape()
        worksheet.set_paper(A4)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_footer(self._words.page)
        return Sheet(worksheet, self._styles, self._times)


def _properties(report: Report, words: SheetWords) -> dict[str, Any]:
    # XlsxWriter writes it as it is, with a Z.
    made_at = report.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    return {"title": report.request.title or words.report, "author": "", "created": made_at}


def _write_limits(sheet: Sheet, report: Report, words: SheetWords) -> None:
    columns = [
        *_sensor_columns(words),
        *_limit_columns(words),
        Column(words.is_excursion),
        Column(words.outside, Style.DURATION, 12),
        Column(words.degree_minutes, Style.NUMBER),
        Column(words.readings_outside, Style.COUNT, 10),
        Column(words.number_of_excursions, Style.COUNT, 11),
    ]
    sheet.write_head(columns)
    for sensor in report.sensors:
        for each in sensor.outside:
            is_excursion = words.yes if each.limit.is_excursion else words.no
            figures = [each.seconds, each.degree_minutes, each.readings, each.excursions]
            row = [*_sensor(sensor), *_limit(each.limit, words), is_excursion, *figures]
            sheet.write_row(columns, row)


def _limit_columns(words: SheetWords) -> list[Column]:
    return [
        Column(words.limit, width=9),
        Column(words.threshold, Style.TEMPERATURE, 9),
        Column(words.source, width=26),
    ]


def _limit(limit: ReportLimit, words: SheetWords) -> list[object]:
    return [words.kinds[limit.kind], limit.threshold, limit.source]


def _write_excursions(sheet: Sheet, report: Report, words: SheetWords, times: LocalTimes) -> None:
    columns = [
        *_sensor_columns(words),
        *_limit_columns(words),
        *_period_columns(words, times),
        Column(words.start_known, width=9),
        Column(words.end_known, width=9),
        Column(words.duration, Style.DURATION, 12),
        Column(words.peak, Style.TEMPERATURE, 10),
        Column(words.at.format(what=words.peak_short), Style.TIME, TIME_WIDTH),
        Column(words.degree_minutes, Style.NUMBER),
        Column(words.acknowledged_by, width=20),
        Column(words.acknowledged_at, Style.TIME, TIME_WIDTH),
        Column(words.note, width=30),
    ]
    sheet.write_head(columns)
    for sensor in report.sensors:
        for each in sensor.excursions:
            known = [words.yes if flag else words.no for flag in (each.is_start_known, each.is_end_known)]
            limit = _limit(each.limit, words)
            acknowledged = [each.acknowledged_by, each.acknowledged_at, each.note]
            peak = [each.peak, each.peak_at, each.degree_minutes]
            row = [*_sensor(sensor), *limit, *_period(each.start, each.end, times), *known, each.seconds]
            sheet.write_row(columns, [*row, *peak, *acknowledged])


def _write_gaps(sheet: Sheet, report: Report, words: SheetWords, times: LocalTimes) -> None:
    duration = Column(words.duration, Style.DURATION, 12)
    columns = [*_sensor_columns(words), *_period_columns(words, times), duration]
    sheet.write_head(columns)
    for sensor in report.sensors:
        for gap in sensor.gaps:
            sheet.write_row(columns, [*_sensor(sensor), *_period(gap.start, gap.end, times), gap.seconds])


def _sensor_columns(words: SheetWords) -> list[Column]:
    return [Column(words.sensor, width=14), Column(words.name, width=18)]


def _sensor(sensor: SensorReport) -> list[str | None]:
    return [sensor.sensor_id, sensor.name]


def _period_columns(words: SheetWords, times: LocalTimes) -> list[Column]:
    offset = Column(words.utc_offset, width=10)
    heads = (f"{word} ({times.zone_name})" for word in (words.start, words.end))
    return [column for head in heads for column in (Column(head, Style.TIME, TIME_WIDTH), offset)]


def _period(start: datetime, end: datetime, times: LocalTimes) -> list[object]:
    return [start, times.offset_of(start), end, times.offset_of(end)]


def _write_readings(pages: _Pages, report: Report, words: SheetWords, times: LocalTimes) -> None:
    """Write them to as many sheets as they need."""
    columns = [
        Column(words.sensor, width=16),
        Column(words.time.format(zone=times.zone_name), Style.TIME, TIME_WIDTH),
        Column(words.utc_offset, width=10),
        Column(words.temperature, Style.TEMPERATURE, 16),
    ]
    sheet, number = pages.add(words.readings), 1
    sheet.write_head(columns)
    for row in _readings(report, times):
        if sheet.row == MAX_ROWS:
            number += 1
            sheet = pages.add(f"{words.readings} {number}")
            sheet.write_head(columns)
        sheet.write_row(columns, row)


def _readings(report: Report, times: LocalTimes) -> Iterator[tuple[object, ...]]:
    for sensor in report.sensors:
        samples = sensor.samples
        for at, temperature in zip(samples.times, samples.temperatures, strict=True):
            yield sensor.sensor_id, times.cell(at), times.offset_text(at), temperature


def _write_calibrations(sheet: Sheet, report: Report, words: SheetWords) -> None:
    columns = [
        *_sensor_columns(words),
        Column(words.valid_from, Style.TIME, TIME_WIDTH),
        Column(words.set_at, Style.TIME, TIME_WIDTH),
        Column(words.set_by, width=20),
        Column(words.slope, Style.NUMBER),
        Column(words.offset, Style.NUMBER),
    ]
    sheet.write_head(columns)
    for sensor in report.sensors:
        for each in sensor.calibrations:
            when = [each.valid_from, each.set_at, each.set_by]
            sheet.write_row(columns, [*_sensor(sensor), *when, each.slope, each.offset_kelvin])


def _write_cleaned(sheet: Sheet, report: Report, words: SheetWords) -> None:
    columns = [
        Column(words.file, width=30),
        Column(words.reason, width=40),
        Column(words.number_of_readings, Style.COUNT, 12),
        Column(words.lines, width=60),
    ]
    sheet.write_head(columns)
    for source in report.inputs:
        for each in source.cleaned:
            lines = ", ".join(map(str, each.lines))
            reason = describe_problem(each.reason, report.request.language)
            sheet.write_row(columns, [source.name, reason, each.count, lines])
