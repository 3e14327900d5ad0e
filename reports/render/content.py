"""What the page of a report shows, as texts for the template: it lays them out and computes nothing."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from reports.formulas import GAS_CONSTANT
from reports.model import Preset, Report, SensorReport
from reports.render.axes import clock_changes
from reports.render.chart import draw_chart
from reports.render.document_texts import translate
from reports.render.facts import Fact, facts, figures, verdict
from reports.render.inputs import cleaned_rows, inputs_table
from reports.render.literal import literal
from reports.render.notation import format_offset
from reports.render.tables import excursions_table, gaps_table, outside_table
from reports.render.texts import Text
from reports.render.view import DASH, NONE, Content, SensorView, Table
from reports.render.words import Words

MAX_ROWS = 1000  # of a table of excursions or gaps
MAX_ROWS_OF_ALL = 2000
MIN_ROWS = 20
MAX_CLOCK_CHANGES = 4  # that are listed
MAX_HEADER = 90  # characters of the title at the top of a page


def report_content(report: Report) -> Content:
    """Return the texts, tables and charts of a report."""
    words = Words(report.request.language)
    zone = ZoneInfo(report.request.time_zone)
    views = [_view(report, sensor, zone, words) for sensor in report.sensors]
    title = literal(report.request.title) or words(Text.REPORT)
    period = _period(report, zone, words)
    return {
        "language": words.language,
        "title": title,
        "header": title if len(title) <= MAX_HEADER else f"{title[:MAX_HEADER]}…",
        "kind": words(Text.REPORT) if title != words(Text.REPORT) else "",
        "period": period,
        "footer": " · ".join(
            [words(Text.VERSION, version=report.program_version), _moment(report.made_at, zone, words)]
        ),
        "facts": [list(fact) for fact in _facts(report, period, zone, words)],
        "summary": _summary(views, words).content(),
        "sensors": [_sensor(view) for view in views],
        "inputs": inputs_table(report.inputs, words).content() if report.inputs else None,
        "samples": _samples(report.sensors, words).content(),
        "cleaned": cleaned_rows(report.inputs, words),
        "method": [
            words(Text.METHOD_TIME),
            words(Text.METHOD_GAP),
            words(Text.METHOD_DEGREES),
            words(Text.METHOD_VERIFY),
        ],
        "kinetic": words(
            Text.METHOD_KINETIC,
            heat=words.notation.exact(report.request.heat_kj_per_mol),
            gas_constant=words.notation.exact(GAS_CONSTANT, 9),
        ),
        "words": {text.name.lower(): words(text) for text in _TEMPLATE_WORDS},
    }


# The texts that are in the template, not in the content of a report.
_TEMPLATE_WORDS = (
    Text.SUMMARY, Text.CHART, Text.LEGEND_LINE, Text.LEGEND_EXTREME, Text.LEGEND_LIMIT, Text.LIMIT_OUTER,
    Text.LEGEND_EXCURSION, Text.LEGEND_GAP, Text.OUTSIDE_LIMITS, Text.EXCURSIONS, Text.GAPS,
    Text.NO_EXCURSIONS, Text.NO_GAPS, Text.DATA, Text.CLEANED, Text.NOTHING_CLEANED, Text.METHOD,
    Text.SIGNATURES, Text.REMARKS, Text.PREPARED, Text.REVIEWED, Text.SIGNATURE, Text.NAME, Text.DATE,
    Text.PAGE_OF,
)  # fmt: skip


def _view(report: Report, sensor: SensorReport, zone: ZoneInfo, words: Words) -> SensorView:
    rows = min(MAX_ROWS, max(MIN_ROWS, MAX_ROWS_OF_ALL // len(report.sensors)))
    start, end = report.request.start.astimezone(UTC), report.request.end.astimezone(UTC)
    return SensorView(sensor, start, end, zone, words, rows)


def _moment(time: datetime, zone: ZoneInfo, words: Words) -> str:
    return words.notation.moment(time.astimezone(zone))


def _period(report: Report, zone: ZoneInfo, words: Words) -> str:
    return words(
        Text.FROM_TO,
        start=_long_moment(report.request.start, zone, words),
        end=_long_moment(report.request.end, zone, words),
    )


def _long_moment(time: datetime, zone: ZoneInfo, words: Words) -> str:
    local = time.astimezone(zone)
    return f"{words.notation.date(local)}, {local:%H:%M:%S} (UTC{format_offset(local)})"


def _facts(report: Report, period: str, zone: ZoneInfo, words: Words) -> list[Fact]:
    request = report.request
    zones = [words(Text.ALL_TIMES, zone=request.time_zone), *_clock_changes(report, zone, words)]
    preset = request.preset
    return [
        Fact(words(Text.PERIOD), period),
        Fact(words(Text.TIME_ZONE), "\n".join(zones)),
        *([Fact(words(Text.PRESET), _preset(preset, words))] if preset else []),
        Fact(words(Text.REQUESTED_BY), literal(request.requested_by) or NONE),
        Fact(words(Text.MADE_AT), _moment(report.made_at, zone, words)),
        Fact(words(Text.PROGRAM), words(Text.VERSION, version=report.program_version)),
        Fact(words(Text.DATA_SHA256), report.document_sha256),
    ]


def _preset(preset: Preset, words: Words) -> str:
    title, source = (translate(text, words.language) for text in (preset.title, preset.source))
    return f"{literal(title)} {DASH} {literal(source)}"


def _clock_changes(report: Report, zone: ZoneInfo, words: Words) -> list[str]:
    start, end = report.request.start.astimezone(UTC), report.request.end.astimezone(UTC)
    changes = clock_changes(start, end, zone)
    if len(changes) > MAX_CLOCK_CHANGES:
        return [words(Text.CLOCK_CHANGES, n=words.notation.number(len(changes), 0))]
    return [
        words(Text.CLOCK_CHANGE, offset=format_offset(each), time=_long_moment(each, zone, words))
        for each in changes
    ]


def _summary(views: list[SensorView], words: Words) -> Table:
    texts = (
        Text.SENSOR,
        Text.READINGS,
        Text.COVERAGE,
        Text.MINIMUM,
        Text.MEAN,
        Text.MAXIMUM,
        Text.KINETIC_SHORT,
    )
    return Table(
        head=[*map(words, texts), words(Text.RESULT)],
        widths=[2, "auto", "auto", "auto", "auto", "auto", "auto", 3],
        right=[1, 2, 3, 4, 5, 6],
        rows=[_summary_row(view) for view in views],
    )


def _summary_row(view: SensorView) -> list[str]:
    sensor, notation = view.sensor, view.words.notation
    name = f"\n{literal(sensor.name)}" if sensor.name else ""
    return [
        f"{literal(sensor.sensor_id)}{name}",
        notation.number(sensor.readings, 0),
        notation.percent(sensor.coverage),
        view.degrees(sensor.minimum.temperature if sensor.minimum else None),
        view.degrees(sensor.mean),
        view.degrees(sensor.maximum.temperature if sensor.maximum else None),
        view.degrees(sensor.mean_kinetic_temperature),
        verdict(view)["text"],
    ]


def _sensor(view: SensorView) -> Content:
    sensor, words = view.sensor, view.words
    title = literal(sensor.sensor_id)
    return {
        "heading": words(Text.SENSOR_HEADING, sensor=title),
        "name": literal(sensor.name or ""),
        "verdict": verdict(view),
        "facts": [list(fact) for fact in facts(view)],
        "figures": [list(figure) for figure in figures(view)],
        "chart": draw_chart(sensor, view.start, view.end, view.zone, words.notation),
        "chart_description": words(Text.CHART_DESCRIPTION, sensor=title),
        "legend": {
            "readings": bool(sensor.readings),
            "limit": any(not limit.is_excursion for limit in sensor.limits),
            "outer": any(limit.is_excursion for limit in sensor.limits),
            "excursion": bool(sensor.excursions),
            "gap": bool(sensor.gaps),
        },
        "outside": outside_table(view).content() if sensor.outside else None,
        "excursions": excursions_table(view).content() if sensor.excursions else None,
        "gaps": gaps_table(view).content() if sensor.gaps else None,
    }


def _samples(sensors: tuple[SensorReport, ...], words: Words) -> Table:
    return Table(
        head=[words(Text.SENSOR), words(Text.READINGS), words(Text.SAMPLES_SHA256)],
        widths=[1, "auto", "auto"],
        right=[1],
        rows=[
            [literal(each.sensor_id), words.notation.number(each.readings, 0), each.samples_sha256]
            for each in sensors
        ],
    )
