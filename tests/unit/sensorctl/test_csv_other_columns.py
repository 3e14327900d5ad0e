"""What columns and lines besides those of the values say about the temperature is used or refused."""

from decimal import Decimal

import pytest

from readings.model import Unit
from tests.unit.sensorctl.csv_imports import error, refused, values

TIME = "2026-01-01T12:00:00Z"


@pytest.mark.parametrize(
    "name", ["uom", "Temperature Unit", "unité", "eenheid", "单位", "TempUnit", "Einheit"]
)
def test_a_column_with_the_unit_is_used(name: str) -> None:
    assert values(f"time,temperature,{name}\n{TIME},68,°F\n")[0][1] == 20


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("type", "Fahrenheit"),
        ("format", "F"),
        ("isFahrenheit", "true"),
        ("is_fahrenheit", "1"),
        ("description", "Temp in °F"),
        ("system", "imperial"),
        ("scale", "F"),
        ("meta.unit", "°R"),
    ],
)
def test_a_column_that_may_give_another_unit_is_asked_for(name: str, text: str) -> None:
    content = f"time,temperature,{name}\n{TIME},68,{text}\n"

    assert refused(content)[0][1].endswith("so that the temperature is not clear: set --unit")
    assert values(content, units=(Unit.FAHRENHEIT,))[0][1] == 20
    assert values(content, units=(Unit.CELSIUS,))[0][1] == 68


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("factor", "0.1"),
        ("divisor", "10"),
        ("exponent", "-1"),
        ("decimals", "1"),
        ("exp", "-1"),
        ("precision", "1"),
        ("resolution", "0.1"),
        ("note", "in 0.1 °C"),
        ("raw", "yes"),
    ],
)
def test_a_column_with_a_factor_is_asked_for(name: str, text: str) -> None:
    content = f"time,temperature,{name}\n{TIME},215,{text}\n"

    assert "set --scale, to 1 if it is no factor" in refused(content)[0][1]
    assert values(content, scale=Decimal("0.1"))[0][1] == 21.5
    assert values(content, scale=Decimal(1))[0][1] == 215


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("factor", "1"),
        ("isFahrenheit", "0"),
        ("humidity", "45"),
        ("note", "off at noon"),
        ("degrees", "270"),
        ("type", "K"),
        ("precision", "1"),
        ("resolution", "0.1"),
    ],
)
def test_other_columns_change_nothing(name: str, text: str) -> None:
    assert values(f"time,temperature,{name}\n{TIME},21.5,{text}\n")[0][1] == 21.5


@pytest.mark.parametrize(
    "line", ["# multiplier=0.1", "Scale: 0.1", "values in tenths of degree", "T in 0.1 °C"]
)
def test_a_scale_above_the_header_is_asked_for(line: str) -> None:
    content = f"{line}\ntime,temperature\n{TIME},215\n"

    assert error(content) == "line 1, above the header, mentions a scale: set --scale"
    assert values(content, scale=Decimal("0.1"))[0][1] == 21.5


@pytest.mark.parametrize("line", ["Lower limit: 0.5 °C", "Min 0.1 °C, Max 7.1 °C", "Lowest: 0.1 °C"])
def test_limits_and_extremes_above_the_header_are_no_scale(line: str) -> None:
    assert values(f"{line}\ntime,temperature\n{TIME},3.5\n")[0][1] == 3.5


def test_a_unit_above_the_header_is_asked_for() -> None:
    assert error(f"Unit: F\ntime,temperature\n{TIME},68\n").endswith("mentions a unit: set --unit")
