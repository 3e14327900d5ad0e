"""What a report says first of a sensor: whether it was within the limits."""

from zoneinfo import ZoneInfo

import pytest

from reports.model import Preset
from reports.render.facts import verdict
from reports.render.view import SensorView
from reports.render.words import Words
from tests.unit.reports.readings_of_a_sensor import FRIDGE, ROOM, at, every, measure


def verdict_of(temperatures: list[float], preset: Preset | None) -> dict[str, str]:
    sensor = measure(every(10, temperatures), preset=preset)
    return verdict(SensorView(sensor, at(0), at(60), ZoneInfo("UTC"), Words("en"), 10))


@pytest.mark.parametrize(
    ("temperatures", "preset", "state", "text"),
    [
        ([5, 5, 5, 5, 5], FRIDGE, "within", "Within the limits at all measured times."),
        ([5, 5, 5, 5, 5], None, "unknown", "No limits were requested or set."),
        ([], FRIDGE, "unknown", "No readings in this period."),
        (
            [5, 5, 11, 5, 5],
            FRIDGE,
            "outside",
            "Outside the limits for 10 min, in 1 excursion. 1 excursion is not acknowledged.",
        ),
        (
            [22, 22, 28, 22, 22],
            ROOM,
            "outside",
            (
                "Outside the limits for 10 min, in 1 excursion. Never beyond the limits of permitted "
                "excursions. 1 excursion is not acknowledged."
            ),
        ),
        (
            [22, 22, 34, 22, 22],
            ROOM,
            "outside",
            (
                "Outside the limits for 15 min, in 1 excursion. Beyond the limits of permitted excursions "
                "for 6 min 40 s, in 1 excursion. 1 excursion is not acknowledged."
            ),
        ),
    ],
)
def test_a_verdict(temperatures: list[float], preset: Preset | None, state: str, text: str) -> None:
    found = verdict_of(temperatures, preset)

    assert (found["state"], found["text"].replace("\N{NO-BREAK SPACE}", " ")) == (state, text)
