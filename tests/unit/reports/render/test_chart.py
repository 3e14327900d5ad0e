"""The chart hides no extreme, breaks at gaps and stays small, however many readings there are."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from reports.model import Extreme, ReportGap, ReportLimit
from reports.render.chart import LINE, draw_chart
from reports.render.notation import ENGLISH, PORTUGUESE
from reports.samples import Samples, to_epoch_us
from tests.unit.reports.render.documents import HIGH, START, samples, sensor

HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
LOW = ReportLimit(kind="low", threshold=-2.5, source="request")


def draw(readings: Samples, hours: float = 10, **fields: Any) -> ET.Element:
    given: dict[str, Any] = {
        "gaps": (), "excursions": (), "outside": (), "minimum": None, "maximum": None, "limits": (HIGH,),
    }  # fmt: skip
    svg = draw_chart(
        sensor(readings=readings, **given | fields), START, START + hours * HOUR, BERLIN, ENGLISH
    )
    return ET.fromstring(svg)


def lines(chart: ET.Element) -> list[list[tuple[float, float]]]:
    """Return the points of the lines of readings."""
    paths = [path.attrib["d"] for path in chart.iter() if path.attrib.get("stroke-linejoin") == "round"]
    return [[(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", path)] for path in paths]


def texts(chart: ET.Element) -> list[str]:
    return [element.text or "" for element in chart.iter() if element.tag.endswith("text")]


def extreme(hours: float, temperature: float) -> Extreme:
    return Extreme(temperature=temperature, measured_at=START + hours * HOUR)


def test_a_single_reading_that_is_too_warm_among_a_hundred_thousand_is_drawn() -> None:
    spike = 54_321
    times = [to_epoch_us(START) + index * 360_000 for index in range(100_000)]
    readings = Samples(times, [25.0 if index == spike else 5.0 for index in range(100_000)])
    chart = draw(readings, minimum=extreme(0, 5.0), maximum=extreme(5.4321, 25.0))
    [line] = lines(chart)
    top = min(y for _, y in line)
    assert [x for x, y in line if y == top] == [pytest.approx(34 + 430 * 0.54321, abs=0.5)]
    assert len(line) <= 4 * 860 + 4


def test_the_line_breaks_at_a_gap_and_a_lone_reading_is_a_dot() -> None:
    readings = samples((START + hour * HOUR, 5.0) for hour in (0, 1, 2, 5, 8, 9))
    gaps = tuple(
        ReportGap(start=START + start * HOUR, end=START + end * HOUR, seconds=10_800.0)
        for start, end in ((2, 5), (5, 8))
    )
    chart = draw(readings, gaps=gaps, minimum=extreme(0, 5.0), maximum=extreme(0, 5.0))
    assert [len(line) for line in lines(chart)] == [3, 1, 2]
    assert sum(element.attrib.get("fill") == "url(#gap)" for element in chart.iter()) == 1


def test_gaps_and_excursions_that_are_drawn_over_each_other_become_one() -> None:
    gaps = tuple(
        ReportGap(start=START + n * HOUR / 1000, end=START + (n + 1) * HOUR / 1000, seconds=3.6)
        for n in range(1000)
    )
    chart = draw(samples([]), gaps=gaps)
    assert sum(element.attrib.get("fill") == "url(#gap)" for element in chart.iter()) == 1


def test_limits_and_extremes_are_in_the_picture() -> None:
    readings = samples([(START, -11.0), (START + HOUR, 19.0)])
    chart = draw(readings, limits=(HIGH, LOW), minimum=extreme(0, -11.0), maximum=extreme(1, 19.0))
    assert {"≤ 8 °C", "≥ \N{MINUS SIGN}2.5 °C"} <= set(texts(chart))
    circles = [element.attrib for element in chart.iter() if element.tag.endswith("circle")]
    assert len(circles) == 2
    assert all(10 <= float(circle["cy"]) <= 152 for circle in circles)


def test_labels_of_limits_that_are_close_do_not_cover_each_other() -> None:
    limits = tuple(ReportLimit(kind="high", threshold=8 + n / 1000, source="request") for n in range(4))
    chart = draw(samples([]), limits=limits)
    heights = sorted(
        float(element.attrib["y"]) for element in chart.iter() if (element.text or "").startswith("≤")
    )
    assert all(second - first >= 8 for first, second in pairwise(heights))
    assert heights[-1] <= 176


def test_a_period_without_readings_limits_or_gaps_has_axes() -> None:
    chart = draw(samples([]), limits=())
    assert not lines(chart)
    assert "10 °C" in texts(chart)


def test_a_change_of_the_clocks_is_marked() -> None:
    chart = draw(samples([]))
    assert "UTC+02:00" in texts(chart)


def test_readings_that_never_change_have_a_line() -> None:
    readings = samples((START + hour * HOUR, 5.0) for hour in range(3))
    [line] = lines(draw(readings, limits=(), minimum=extreme(0, 5.0), maximum=extreme(0, 5.0)))
    assert {y for _, y in line} == {81.0}


def test_numbers_are_those_of_the_language() -> None:
    found = sensor(readings=samples([]), limits=(LOW,), gaps=(), excursions=())
    start = datetime(2026, 3, 1, tzinfo=UTC)
    svg = draw_chart(found, start, start + timedelta(days=3), BERLIN, PORTUGUESE)
    assert "≥ \N{MINUS SIGN}2,5 °C" in svg
    assert "02/03" in svg
    assert LINE in svg


def test_temperatures_at_the_axis_have_the_same_decimals() -> None:
    labels = texts(draw(samples([]), limits=(HIGH,)))
    assert {"7.6", "7.8", "8.0", "8.2", "8.4 °C"} <= set(labels)
