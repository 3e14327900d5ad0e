"""The tables of a sensor: time outside the limits, excursions and gaps."""

from heapq import nlargest

from reports.model import Outside, ReportExcursion, ReportGap
from reports.render.document_texts import translate
from reports.render.literal import literal
from reports.render.notation import format_span
from reports.render.texts import Text
from reports.render.view import NONE, SensorView, Table


def outside_table(view: SensorView) -> Table:
    """Return the time outside each limit."""
    words = view.words
    return Table(
        head=[
            words(text)
            for text in (
                Text.LIMIT,
                Text.TIME_OUTSIDE,
                Text.SHARE,
                Text.DEGREE_MINUTES,
                Text.EXCURSIONS,
                Text.SOURCE,
            )
        ],
        widths=["auto", "auto", "auto", "auto", "auto", 1],
        right=[1, 2, 3, 4],
        rows=[_outside_row(view, each) for each in view.sensor.outside],
    )


def _outside_row(view: SensorView, outside: Outside) -> list[str]:
    notation, measured = view.words.notation, view.sensor.measured_seconds
    return [
        view.limit(outside.limit),
        format_span(outside.seconds),
        notation.percent(min(outside.seconds / measured, 1.0)) if measured else NONE,
        notation.amount(outside.degree_minutes),
        notation.number(outside.excursions, 0),
        literal(translate(outside.limit.source, view.words.language)) or NONE,
    ]


def excursions_table(view: SensorView) -> Table:
    """Return the excursions by their start; of very many, the longest."""
    words, excursions = view.words, view.sensor.excursions
    numbered = list(enumerate(excursions, start=1))
    shown = sorted(
        nlargest(view.max_rows, numbered, key=lambda item: item[1].seconds), key=lambda item: item[0]
    )
    notes = []
    if any(not (each.is_start_known and each.is_end_known) for _, each in shown):
        notes.append(words(Text.UNKNOWN_BOUNDS))
    notes.extend(_shortened(view, len(shown), len(excursions)))
    texts = (Text.NUMBER_LIMIT, Text.START_END, Text.DURATION_DEGREES, Text.PEAK, Text.ACKNOWLEDGED)
    return Table(
        head=[words(text) for text in texts],
        # With fixed widths and few cells a thousand rows take a third less memory.
        widths=["15mm", "42mm", "26mm", "36mm", 1],
        right=[],
        rows=[_excursion_row(view, number, each) for number, each in shown],
        note=" ".join(notes),
    )


def _excursion_row(view: SensorView, number: int, excursion: ReportExcursion) -> list[str]:
    earlier = "" if excursion.is_start_known else "≤ "
    later = "" if excursion.is_end_known else "≥ "
    at_least = "" if excursion.is_start_known and excursion.is_end_known else "≥ "
    start, degree_minutes = excursion.start, view.words.notation.amount(excursion.degree_minutes)
    return [
        f"{number}\n{view.limit(excursion.limit)}",
        f"{earlier}{view.moment(start)}\n{later}{view.moment_after(start, excursion.end)}",
        f"{at_least}{format_span(excursion.seconds)}\n{degree_minutes} {view.words(Text.DEGREE_MINUTES)}",
        f"{view.degrees(excursion.peak)}\n{view.moment_after(start, excursion.peak_at)}",
        _acknowledgement(view, excursion),
    ]


def _acknowledgement(view: SensorView, excursion: ReportExcursion) -> str:
    if not excursion.acknowledged_by:
        return view.words(Text.NOT_ACKNOWLEDGED)
    text = view.words(Text.ACKNOWLEDGED_BY, name=literal(excursion.acknowledged_by))
    if excursion.acknowledged_at:
        text += f", {view.moment(excursion.acknowledged_at)}"
    return f"{text}\n{literal(excursion.note)}" if excursion.note else text


def gaps_table(view: SensorView) -> Table:
    """Return the gaps by their start; of very many, the longest."""
    words, gaps = view.words, view.sensor.gaps
    numbered = list(enumerate(gaps, start=1))
    shown = sorted(
        nlargest(view.max_rows, numbered, key=lambda item: item[1].seconds), key=lambda item: item[0]
    )
    return Table(
        head=["", words(Text.START), words(Text.END), words(Text.DURATION)],
        widths=["auto", "auto", "auto", "auto"],
        right=[0, 3],
        rows=[_gap_row(view, number, gap) for number, gap in shown],
        note=" ".join(_shortened(view, len(shown), len(gaps))),
    )


def _gap_row(view: SensorView, number: int, gap: ReportGap) -> list[str]:
    return [str(number), view.moment(gap.start), view.moment(gap.end), format_span(gap.seconds)]


def _shortened(view: SensorView, shown: int, total: int) -> list[str]:
    if shown == total:
        return []
    number = view.words.notation.number
    return [view.words(Text.SHORTENED, shown=number(shown, 0), n=number(total, 0))]
