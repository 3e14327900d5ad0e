"""Spellings of units, and units in the names of fields and columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readings.model import Unit
from readings.units import UnknownUnit, find_unit, parse_unit

C, F, K = Unit.CELSIUS, Unit.FAHRENHEIT, Unit.KELVIN
CELSIUS = (
    "°C", "℃", "C", "c", "celsius", "Celsius", "degC", "deg C", "degrees_celsius",
    "degree_Celsius", "ºC", "˚C",
    "Â°C", "\ufffdC", "\ufffd\ufffdC", "\udcb0C", "â„ƒ", "°\N{CYRILLIC CAPITAL LETTER ES}", "Cel",
    "Grad Celsius",
    "°Celsius", "C°", "oC", "'C", "┬░C", "øC", "Celcius", "centigrade", "摄氏度", "(°C)",
    "Grados Celsius", "degrés Celsius", "gradi C",
    "graden Celsius", "grader Celsius", "градусы Цельсия", "stopnie Celsjusza", "Celsius degrees",
    "\N{FULLWIDTH LATIN CAPITAL LETTER C}",
)  # fmt: skip
FAHRENHEIT = (
    "°F", "℉", "F", "f ", "fahrenheit", "FAHRENHEIT", "(*F)", "*F", "[degF]", "deg. F", "Âº F",
    "\xc3\u201a\xc2\xb0F", "ï¿½F",
    "\udcc2\udcb0F", "â\x84\x89", "&deg;F", "°\u200bF", "unit:DEG_F", "Fahr", "degrees Fahrenheit",
    "oF", "华氏度", "grados F",
)  # fmt: skip
KELVIN = ("K", "k", "kelvin", "Kelvins", "°K", "degK", "\N{KELVIN SIGN}", "KEL", "开尔文")


@pytest.mark.parametrize(
    ("text", "unit"), [*((t, C) for t in CELSIUS), *((t, F) for t in FAHRENHEIT), *((t, K) for t in KELVIN)]
)
def test_every_spelling_of_a_unit_is_understood(text: str, unit: Unit) -> None:
    assert parse_unit(text) is unit


@pytest.mark.parametrize(
    "text",
    ["", "°", "deg", "rankine", "°R", "m°C", "0.1 °C", "C/10", "%", "metric", "1", "ok", "fc", "C,F", "°C/°F",
     "celsius fahrenheit", "attic"],
)  # fmt: skip
def test_what_is_no_unit_alone_is_rejected(text: str) -> None:
    with pytest.raises(UnknownUnit, match="must be celsius, fahrenheit or kelvin"):
        parse_unit(text)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        *((name, F) for name in (
            "Temperature_Fahrenheit", "Temperature(℉)", "Temp (*F)", "Temp (F)", "temp_f", "TempF",
            "tF", "F", "°F",
            "Temp, °F (LGR S/N: 20, SEN S/N: C)", "tempf", "temp1f", "tempinf", "soiltemp1f",
            "TEMPF", "TEMP F",
            "tmpf", "dwpf", "wtmpf", "tmaxf", "tavg_f", "tmin_f", "dry_bulb_f", "DryBulb_F",
            "drybulbf", "Tair_F", "soil_f", "high_f", "outdoor F",
            "Temp. (° F)", "T(degF)", "Temp {F}", "Temp (in F)", "Temp (unit: F)", "Temp F 2 (F)",
            "temp_f_avg",
            "Avg Temp F", "Outdoor Temperature (Â°F)", "Outdoor Temperature (\udcb0F)", "value_f",
            "Temp/F",
            "Temperature in Fahrenheit", "Temperature-F", "temperature.degrees_f", "F Temp",
            "airTemperatureF",
            "Temperatur in Grad Fahrenheit", "temp °f", "Dew Point (F)", "Temp (Fahr)", "Temp °F [attic]",
        )),
        *((name, C) for name in (
            "temperature_c", "Temperatura [°C]", "Temp, °C (LGR S/N: 20, SEN S/N: 20)",
            "Celsius(°C)", "tC",
            "temperature_celsius", "Temp_Centigrade", "temperature °C", "Temp Cel", "Temperature ℃",
        )),
        *((name, K) for name in ("temp_k", "Temp K", "TemperatureKelvin", "temperature (K)")),
        *((name, None) for name in (
            "temperature", "temp", "temperatura", "value", "office", "frost", "coffee temp",
            "measured_at", "LabC",
            "Room F", "Temperature sensor F", "Type K temp", "Thermocouple K",
            "Temperature (attic)", "template_f",
            "temperature_decimal", "Kitchen", "fridge", "temp/10min", "Temp (C. Smith)", "Temp K-Type",
            "Temp Raum F",
        )),
    ],
)  # fmt: skip
def test_a_unit_is_found_in_a_name_only_where_it_is_one(name: str, unit: Unit | None) -> None:
    assert find_unit(name) is unit


@pytest.mark.parametrize(
    ("name", "fragment"),
    [
        ("Temperature (0.1°C)", "a scaled unit"),
        ("temp_mC", "a scaled unit"),
        ("Temp (°C) x10", "a scaled unit"),
        ("Temp C/10", "a scaled unit"),
        ("tenths of °C", "a scaled unit"),
        ("Temp (°)", "degrees without saying"),
        ("Temp (deg)", "degrees without saying"),
        ("Temperature °R", "degrees without saying"),
        ("Temp (°C/°F)", "two units, celsius and fahrenheit"),
        ("temp_c_f", "two units"),
        ("Temperature (mV)", "the unit mV"),
        ("Temp (%)", "the unit %"),
        ("Temp F2", "a letter with a number"),
        ("Temp K1", "a letter with a number"),
        ("2F 温度", "a letter with a number"),
        ("Temp NTC 10K", "a letter with a number"),
    ],
)
def test_a_name_with_a_unit_that_cannot_be_used_is_rejected(name: str, fragment: str) -> None:
    with pytest.raises(UnknownUnit, match=f"gives .*{fragment}"):
        find_unit(name)


@given(st.text(max_size=40))
def test_any_text_has_a_unit_or_none_or_is_rejected(text: str) -> None:
    try:
        assert find_unit(text) in {*Unit, None}
    except UnknownUnit as error:
        message = str(error)
        if len(message) >= 200:
            raise
