"""Numbers of files that stand for a missing value or a fault are refused until an option decides."""

from decimal import Decimal
from typing import Any

import pytest

from readings.model import Unit
from tests.unit.history import Imported
from tests.unit.sensorctl.csv_imports import options

TIMES = ("2026-01-01T00:00:00+00:00", "2026-01-01T00:01:00+00:00", "2026-01-01T00:02:00+00:00")


def imported(*texts: str, column: str = "temperature", **given: Any) -> Imported:
    rows = "".join(f"{time};{text}\n" for time, text in zip(TIMES, texts, strict=False))
    return Imported(f"time;{column}\n{rows}", options(**given))


def stored(*texts: str, **given: Any) -> list[float]:
    return [temperature for _, _, temperature in imported(*texts, **given).values]


@pytest.mark.parametrize(
    "text",
    [
        "999", "999.0", "999.9", "999.99", "9999", "99999", "-99", "-99.9", "-99.99",
        "655.35", "65535", "327.67", "32767", "-273.15",
    ],
)  # fmt: skip
def test_the_number_of_a_missing_value_is_refused(text: str) -> None:
    given: dict[str, Any] = {"scale": Decimal("0.01")} if abs(float(text)) > 9999 else {}
    result = imported("21.5", text, **given)

    assert len(result.values) == 1
    [(line, reason)] = result.invalid
    assert line == 3
    assert f"set --missing {text} to leave it out, or --keep {text} if it was measured" in reason
    assert len(stored("21.5", text, missing=(text,), **given)) == 1
    assert len(stored("21.5", text, keep=(float(text),), **given)) == 2


@pytest.mark.parametrize("text", ["99.9", "99", "999.4", "1000", "-79.9", "-100", "88.8", "0", "3277", "100"])
def test_other_numbers_are_measurements(text: str) -> None:
    assert stored("21.5", text) == [21.5, float(text)]


def test_another_missing_text_does_not_let_them_pass() -> None:
    assert stored("NA", "9999", "21.5", missing=("NA",)) == [21.5]


@pytest.mark.parametrize("missing", ["-99", "-99.0", "-99,00"])
def test_a_missing_number_may_have_other_notations(missing: str) -> None:
    assert imported("21.5", "-99", "-99.00", missing=(missing,)).invalid == []


def test_a_decimal_comma_changes_nothing() -> None:
    assert stored("21,5", "999,9", decimal=",") == [21.5]
    assert stored("21,5", "999,9", decimal=",", keep=(999.9,)) == [21.5, 999.9]


@pytest.mark.parametrize("text", ["85", "85.000"])
def test_the_value_of_a_sensor_that_was_switched_on_is_refused(text: str) -> None:
    result = imported("21.5", text, "21.6")

    assert [temperature for _, _, temperature in result.values] == [21.5, 21.6]
    [(line, reason)] = result.invalid
    assert line == 3
    assert reason == (
        "temperature is 85 celsius, after 21.5 °C, which a DS18B20 reports when it was switched on: set "
        "--missing 85 to leave it out, or --keep 85 if it was measured"
    )
    assert stored("21.5", text, missing=("85",)) == [21.5]
    assert stored("21.5", text, keep=(85.0,)) == [21.5, 85.0]


def test_a_first_value_of_85_degrees_is_refused() -> None:
    assert "in the first row" in imported("85", "21.5").invalid[0][1]


def test_a_boiler_passes_85_degrees() -> None:
    assert stored("84.5", "85", "85.5") == [84.5, 85.0, 85.5]


def test_values_in_other_units_are_recognised() -> None:
    assert stored("32", "185", column="temp_f", value_columns=("temp_f",)) == [0.0]
    assert stored("273.15", "0", units=(Unit.KELVIN,)) == [0.0]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("-127", {}),
        ("-127.00", {}),
        ("-196.6", {"units": (Unit.FAHRENHEIT,)}),
        ("-12700", {"scale": Decimal("0.01")}),
        ("6553.5", {}),
        ("3276.7", {}),
    ],
)
def test_the_value_of_a_sensor_that_is_not_connected_is_refused(text: str, given: dict[str, Any]) -> None:
    result = imported("21.5", text, **given)

    assert len(result.values) == 1
    assert result.left_out == []
    [(line, reason)] = result.invalid
    assert line == 3
    assert "which programs write for a" in reason
    assert "to leave it out, or --keep" in reason


def test_an_export_is_imported_as_it_is() -> None:
    content = (
        "reading_id,sensor_id,measured_at,temperature\n"
        f"00000000-0000-7000-8000-000000000001,s,{TIMES[0]},85.0\n"
        f"00000000-0000-7000-8000-000000000002,s,{TIMES[1]},999.9\n"
    )

    assert [temperature for _, _, temperature in Imported(content, options(sensors=())).values] == [
        85.0,
        999.9,
    ]
