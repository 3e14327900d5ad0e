"""A report is checked by its JSON: each figure that its readings do not give is found."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from reports.render.json_report import render_json
from reports.verification import verify_report
from tests.unit.reports.test_json_report import report

Change = Callable[[dict[str, Any]], Any]


def changed(change: Change) -> list[str]:
    """Return where a report with a change differs."""
    document = json.loads(render_json(report()))
    change(document)
    return [each.place for each in verify_report(json.dumps(document).encode())]


def sensor(document: dict[str, Any]) -> Any:
    return document["sensors"][0]


def test_a_report_agrees_with_its_readings() -> None:
    assert verify_report(render_json(report())) == []


@pytest.mark.parametrize(
    ("change", "places"),
    [
        (lambda document: sensor(document).update(mean=5.0), ["sensors[0].mean"]),
        (
            lambda document: sensor(document)["excursions"][0].update(seconds=1.0),
            ["sensors[0].excursions[0].seconds"],
        ),
        (
            lambda document: sensor(document)["excursions"][0].update(end="2026-03-01T00:21:00.000000Z"),
            ["sensors[0].excursions[0].end"],
        ),
        (lambda document: sensor(document).update(excursions=[]), ["sensors[0].excursions"]),
        (
            lambda document: sensor(document)["maximum"].update(temperature=7.9),
            ["sensors[0].maximum.temperature"],
        ),
        (lambda document: sensor(document).update(maximum=None), ["sensors[0].maximum"]),
        (
            lambda document: sensor(document)["excursions"][0].update(acknowledged_by="rui"),
            ["sensors[0].excursions[0].acknowledged_by"],
        ),
        (lambda document: sensor(document).update(samples_sha256="0"), ["sensors[0].samples_sha256"]),
        (lambda document: document["request"].update(requested_by="rui"), []),
        (lambda document: document["inputs"][0].update(sha256="0"), []),
        (lambda document: sensor(document).update(serial="SN-2"), []),
    ],
)
def test_a_changed_value_is_found(change: Change, places: list[str]) -> None:
    # Whatever is changed, the digest of the document is another.
    assert changed(change) == [*places, "document_sha256"]


def test_a_changed_reading_changes_the_figures() -> None:
    places = changed(lambda document: sensor(document)["samples"]["temperatures"].__setitem__(2, 7.5))

    assert {"sensors[0].mean", "sensors[0].samples_sha256", "sensors[0].excursions"} <= set(places)


def test_a_removed_reading_is_found() -> None:
    def remove(document: dict[str, Any]) -> None:
        for column in sensor(document)["samples"].values():
            del column[2]

    assert {"sensors[0].readings", "sensors[0].samples_sha256"} <= set(changed(remove))


def test_readings_out_of_order_and_of_other_times_are_found() -> None:
    def swap(document: dict[str, Any]) -> None:
        for column in sensor(document)["samples"].values():
            column[:2] = column[1::-1]

    def move(document: dict[str, Any]) -> None:
        document["request"]["end"] = "2026-03-01T00:35:00.000000Z"

    assert "sensors[0].samples" in changed(swap)
    assert {"sensors[0].samples", "sensors[0].readings"} <= set(changed(move))


@pytest.mark.parametrize("heat", [0, -83.144])
def test_a_heat_of_activation_that_is_not_above_zero_is_refused(heat: float) -> None:
    with pytest.raises(ValueError, match="heat of activation must be above 0"):
        changed(lambda document: document["request"].update(heat_kj_per_mol=heat))


def test_a_column_that_is_shorter_is_refused() -> None:
    def shorten(document: dict[str, Any]) -> None:
        del sensor(document)["samples"]["temperatures"][2]

    with pytest.raises(ValueError, match="as many"):
        changed(shorten)


def test_the_last_digit_of_another_processor_is_no_difference() -> None:
    places = changed(
        lambda document: sensor(document).update(
            mean_kinetic_temperature=sensor(document)["mean_kinetic_temperature"] * (1 + 1e-15)
        )
    )

    assert places == ["document_sha256"]


def test_a_difference_says_both_values() -> None:
    document = json.loads(render_json(report()))
    sensor(document)["mean"] = 5.0

    first, _ = verify_report(json.dumps(document).encode())

    assert str(first) == "sensors[0].mean: the report has 5.0; computed again, it is 6.525"
