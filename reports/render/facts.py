"""What a report says about a sensor: whether it was within its limits, how it is set up, and its figures."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from reports.measures.strictest import outside_all
from reports.model import Extreme, ReportCalibration, ReportLimit, SensorReport
from reports.render.document_texts import translate
from reports.render.literal import literal
from reports.render.notation import format_span
from reports.render.texts import Text
from reports.render.view import DASH, NONE, Content, SensorView
from reports.render.words import INTERVALS, UNMEASURED


class Fact(NamedTuple):
    """A line of a list: what it is, and its value."""

    label: str
    value: str


class Figure(NamedTuple):
    """A figure with what explains it."""

    label: str
    value: str
    detail: str


def verdict(view: SensorView) -> Content:
    """Return in sentences whether the temperature was within the limits, and what is not known."""
    words, sensor = view.words, view.sensor
    sentences = []
    if not sensor.readings:
        sentences.append(words(Text.NO_READINGS))
    elif not sensor.limits:
        sentences.append(words(Text.UNCHECKED))
    elif (outside := outside_all(sensor)).excursions:
        sentences.append(words.count(Text.OUTSIDE, outside.excursions, time=format_span(outside.seconds)))
        sentences.extend(_permitted(view))
        if unacknowledged := _count_unacknowledged(sensor, outside.limits):
            sentences.append(words.count(Text.UNACKNOWLEDGED, unacknowledged))
    else:
        sentences.append(words(Text.WITHIN))
    if sensor.readings and sensor.gaps:
        missing = format_span(sum(gap.seconds for gap in sensor.gaps))
        sentences.append(words.count(Text.NOT_MEASURED, len(sensor.gaps), time=missing))
    return {"state": _state(sensor), "text": " ".join(sentences)}


def _permitted(view: SensorView) -> Iterator[str]:
    """Yield whether it was beyond the outer limits, up to which the preset permits excursions."""
    words = view.words
    outer = [each for each in view.sensor.outside if each.limit.is_excursion]
    if number := sum(each.excursions for each in outer):
        yield words.count(Text.BEYOND, number, time=format_span(sum(each.seconds for each in outer)))
    elif outer:
        yield words(Text.NOT_BEYOND)


def _state(sensor: SensorReport) -> str:
    if not sensor.readings or not sensor.limits:
        return "unknown"
    return "outside" if sensor.excursions else "within"


def _count_unacknowledged(sensor: SensorReport, limits: Sequence[ReportLimit]) -> int:
    return sum(not each.acknowledged_by for each in sensor.excursions if each.limit in limits)


def facts(view: SensorView) -> list[Fact]:
    """Return how the sensor is registered and set up."""
    words, sensor = view.words, view.sensor
    named = ((Text.NAME, sensor.name), (Text.LOCATION, sensor.location), (Text.SERIAL, sensor.serial))
    calibrations = "\n".join(_describe_calibration(view, each) for each in sensor.calibrations)
    interval = NONE
    if sensor.interval_seconds is not None and sensor.interval_source is not None:
        interval = f"{format_span(sensor.interval_seconds)}, {words(INTERVALS[sensor.interval_source])}"
    limits = "\n".join(_describe_limit(view, each) for each in sensor.limits)
    return [
        *(Fact(words(text), literal(value or NONE)) for text, value in named),
        Fact(words(Text.CALIBRATION), calibrations or words(Text.NO_CALIBRATION)),
        Fact(words(Text.INTERVAL), interval),
        Fact(words(Text.LIMITS), limits or words(Text.NO_LIMITS)),
        *([Fact(words(Text.STORAGE), words(Text.FROZEN))] if sensor.is_frozen else []),
    ]


def _describe_calibration(view: SensorView, calibration: ReportCalibration) -> str:
    words, exact = view.words, view.words.notation.exact
    parts = [
        words(
            Text.CALIBRATED,
            time=view.moment(calibration.valid_from),
            slope=exact(calibration.slope),
            sign="\N{MINUS SIGN}" if calibration.offset_kelvin < 0 else "+",
            offset=exact(abs(calibration.offset_kelvin)),
        )
    ]
    if calibration.set_at:
        parts.append(words(Text.CALIBRATED_AT, time=view.moment(calibration.set_at)))
    if calibration.set_by:
        parts.append(words(Text.CALIBRATED_BY, name=literal(calibration.set_by)))
    return "; ".join(parts)


def _describe_limit(view: SensorView, limit: ReportLimit) -> str:
    text = Text.LIMIT_HIGH if limit.kind == "high" else Text.LIMIT_LOW
    value = view.words(text, value=view.words.notation.exact(limit.threshold))
    outer = f", {view.words(Text.LIMIT_OUTER)}" if limit.is_excursion else ""
    source = literal(translate(limit.source, view.words.language))
    return f"{value}{outer} {DASH} {source}" if source else f"{value}{outer}"


def figures(view: SensorView) -> list[Figure]:
    """Return the figures of the period."""
    words, sensor, number = view.words, view.sensor, view.words.notation.number
    deviation = NONE
    if sensor.standard_deviation is not None:
        deviation = f"{number(sensor.standard_deviation)}\N{NO-BREAK SPACE}°C"
    period = (view.end - view.start) / timedelta(seconds=1)
    measured = words(Text.MEASURED, measured=format_span(sensor.measured_seconds), period=format_span(period))
    return [
        _extreme(view, Text.MINIMUM, sensor.minimum),
        Figure(words(Text.MEAN), view.degrees(sensor.mean), words(Text.WEIGHTED)),
        _extreme(view, Text.MAXIMUM, sensor.maximum),
        Figure(words(Text.STANDARD_DEVIATION), deviation, words(Text.WEIGHTED_DEVIATION)),
        _kinetic(view),
        Figure(words(Text.READINGS), number(sensor.readings, 0), _first_and_last(view)),
        Figure(words(Text.COVERAGE), words.notation.percent(sensor.coverage), measured),
    ]


def _extreme(view: SensorView, label: Text, extreme: Extreme | None) -> Figure:
    if extreme is None:
        return Figure(view.words(label), NONE, "")
    return Figure(view.words(label), view.degrees(extreme.temperature), view.moment(extreme.measured_at))


def _kinetic(view: SensorView) -> Figure:
    words, sensor = view.words, view.sensor
    detail = ""
    if sensor.no_mean_kinetic_temperature:
        detail = words(UNMEASURED[sensor.no_mean_kinetic_temperature])
    elif sensor.mean_kinetic_temperature_of_readings is not None:
        value = words.notation.number(sensor.mean_kinetic_temperature_of_readings)
        detail = words(Text.EQUAL_WEIGHT, value=value)
    return Figure(words(Text.KINETIC), view.degrees(sensor.mean_kinetic_temperature), detail)


def _first_and_last(view: SensorView) -> str:
    first, last = view.sensor.first_measured_at, view.sensor.last_measured_at
    if first is None or last is None:
        return ""
    return view.words(Text.FIRST_TO_LAST, first=view.moment(first), last=view.moment(last))
