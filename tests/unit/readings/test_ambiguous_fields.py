"""Other fields that change what a temperature or a time means are not ignored."""

import math
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from readings.errors import InvalidReading
from readings.parsing import ParseContext, parse_reading
from tests.unit.bodies import with_fields

NOW = datetime(2026, 11, 26, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def parse(zone: tzinfo = UTC, **fields: Any) -> tuple[datetime, float]:
    reading = parse_reading(with_fields(**fields), ParseContext(zone, NOW))
    return reading.measured_at, reading.temperature


def refusal(zone: tzinfo = UTC, **fields: Any) -> str:
    with pytest.raises(InvalidReading) as caught:
        parse(zone, **fields)
    return str(caught.value)


@pytest.mark.parametrize(
    "field",
    [
        {"isFahrenheit": True},
        {"fahrenheit": True},
        {"useFahrenheit": 1},
        {"is_celsius": False},
        {"metric": False},
        {"imperial": True},
        {"system": "imperial"},
        {"config": {"isFahrenheit": True}},
        {"config": {"units": "US customary"}},
        {"engUnit": "F"},
        {"eu": "F"},
        {"description": "Temperature in °F"},
        {"note": "in Fahrenheit"},
        {"note": "accuracy 0.5 °C (0.9 °F)"},
        {"format": "F"},
        {"tempMode": "F"},
        {"display": {"format": "f"}},
        {"type": "F"},
        {"temperature_format": "fahrenheit"},
        {"temp_u": "F"},
        {"metric": "temperature_f"},
        {"tags": ["unit:F"]},
        {"labels": "unit=F,room=attic"},
        {"meta": '{"unit":"F"}'},
        {"query": "units=imperial"},
        {"comment": "in F"},
        {"location": "attic, °F"},
        {"comment": "values in deg F"},
        {"comment": "in Kelvin"},
        {"note": "华氏"},
    ],
)
def test_a_unit_that_is_said_in_another_way_is_not_ignored(field: dict[str, Any]) -> None:
    assert 'send it in the field "unit"' in refusal(temperature=70.5, **field).replace(
        "the unit of temperature", "it"
    )
    assert parse(temperature=70.7, unit="F", **field)[1] == 21.5


@pytest.mark.parametrize(
    "field",
    [
        {"isFahrenheit": False},
        {"celsius": True},
        {"fahrenheit": 70.7},
        {"metric": True},
        {"description": "Temperature in °C"},
        {"us": True},
        {"note": "Off at noon"},
        {"multiplier": 1},
        {"factor": "1.0"},
        {"exponent": 0},
        {"scale": 1},
        {"scale": "celsius"},
        {"decimals": 1},
        {"format": "C"},
        {"format": "json"},
        {"humidity": {"value": 45, "factor": 0.1}},
        {"factor": {"humidity": 0.1}},
        {"note": "resolution 0.1 °C"},
        {"note": "calibrated 1/10/2026 at 20 °C"},
        {"power_factor": 0.9},
        {"spreading_factor": 7},
        {"raw_value": 344},
        {"owner": "Kelvin"},
        {"note": "scale=1"},
        {"precision": 1},
        {"resolution": 0.1},
        {"resolution": 12},
        {"exp": 1767268800},
        {"exp": 0},
        {"power": -1},
        {"offset": 0.5},
        {"offset": "NaN"},
        {"humidity": math.nan},
        {"e": 3},
        {"location": "Unit F"},
        {"name": "Temp F2"},
        {"temp_f2": 4.1},
        {"room": "Fahrenheitstraße 12"},
        {"meta": {"site": "Kelvin Hall, Unit K"}},
        {"sf": 7},
        {"sf": "SF12BW125"},
        {"degrees": 45},
        {"temp_c2": 4.0},
        {"note": "0.5 °C above yesterday"},
        {"note": "lowest 0.1 °C"},
        {"units": "metric"},
        {"unit_system": "Metric"},
    ],
)
def test_other_fields_change_nothing(field: dict[str, Any]) -> None:
    assert parse(temperature=21.5, **field)[1] == 21.5


@pytest.mark.parametrize("field", [{"step": 3}, {"step": 0}, {"increment": 5}, {"dp": 9}, {"dp": 4.5}])
def test_other_fields_change_no_whole_number(field: dict[str, Any]) -> None:
    assert parse(temperature=21, **field)[1] == 21


@pytest.mark.parametrize(
    "field",
    [
        {"multiplier": 0.1},
        {"divisor": 10},
        {"divisor": "10"},
        {"multiplier": 10**309},
        {"scale": -(10**309)},
        {"factor": 0.1},
        {"factor": "1/10"},
        {"factor": [0.1, 1]},
        {"scale": 10},
        {"scale": "0.1"},
        {"scale_factor": 0.01},
        {"tempDivisor": 10},
        {"exponent": -1},
        {"temp_exponent": "-1"},
        {"decimals": 1},
        {"in_tenths": True},
        {"config": {"factor": 0.1}},
        {"channels": [{"multiplier": 0.1}]},
        {"factor": {"temperature": 0.1, "humidity": 1}},
        {"divisor": 10, "unit": "C"},
        {"desc": "0.1 °C steps"},
        {"desc": "0.1 °F steps"},
        {"note": "tenths of a degree"},
        {"description": "1/10 °C"},
        {"description": "°C x10"},
        {"temperature_factor": 10},
        {"Multiplikator": 10},
        {"multiplicateur": 0.1},
        {"unit_factor": 10},
        {"raw": True},
        {"note": "value/10 = °C"},
        {"note": "scale=0.1"},
        {"description": "raw ADC counts"},
        {"exp": -1},
        {"exp": "-1"},
        {"sf": -1},
        {"temp_sf": -1},
        {"e": -1},
        {"power": -1},
        {"precision": 1},
        {"precision": 0.1},
        {"dp": 1},
        {"resolution": 0.1},
        {"resolution": "0.1 °C"},
        {"step": 0.0625},
        {"offset": -273.15},
        {"encoding": "q8.8"},
        {"format": "fixed point"},
        {"note": "0.0625 °C per bit"},
        {"note": "0.5 °C steps"},
        {"note": "step: 0.25 °C"},
    ],
)
def test_a_factor_that_may_apply_is_refused(field: dict[str, Any]) -> None:
    assert "send it without a factor" in refusal(temperature=215, **field)


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, "-Infinity", 10**309, -(10**309)])
@pytest.mark.parametrize("name", ["offset", "temp_offset", "power", "exp", "e", "multiplier"])
def test_a_factor_that_is_no_finite_number_is_refused(name: str, number: Any) -> None:
    assert "send it without a factor" in refusal(temperature=21.5, calibration={name: number})


LOCAL = "2026-07-01T12:00:00"


@pytest.mark.parametrize(
    "field",
    [
        {"tz": "America/New_York"},
        {"tz": "EST5EDT,M3.2.0,M11.1.0"},
        {"tz": "UTC+5"},
        {"tz": "EST-5"},
        {"utc_offset": 3600},
        {"tz_offset": -5},
        {"tz": "<+24>-24"},
        {"tz": "<-99>99"},
        {"tz": "<+15>-15"},
        {"timezone": {"name": "America/New_York"}},
        {"timezone_abbreviation": "EDT"},
    ],
)
def test_the_zone_of_a_time_without_an_offset_is_not_ignored(field: dict[str, Any]) -> None:
    assert "the time has no offset: send it with one" in refusal(BERLIN, measured_at=LOCAL, **field)
    assert parse(BERLIN, measured_at=f"{LOCAL}Z", **field)[0] == datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "field",
    [
        {"tz": "Europe/Paris"},
        {"tz": "CET-1CEST,M3.5.0,M10.5.0/3"},
        {"timezone": "+02:00"},
        {"utc_offset": 7200},
        {"utc": False},
        {"timezone": "CEST"},
        {"dst": True},
    ],
)
def test_a_zone_that_is_the_configured_one_is_fine(field: dict[str, Any]) -> None:
    assert parse(BERLIN, measured_at=LOCAL, **field)[0] == datetime(2026, 7, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "hour"),
    [
        ({"tz": "UTC0"}, 12),
        ({"tz": "GMT0"}, 12),
        ({"tz": "EST5"}, 17),
        ({"tz": "<-05>5"}, 17),
        ({"tz": "JST-9"}, 3),
        ({"timezone": "+01:00"}, 11),
        ({"utc_offset": "-03:00", "tz": "BRT3"}, 15),
        ({"tz": "utc", "ts": 1782907200}, 12),
        ({"utc": True}, 12),
        ({"timeIsUtc": "true"}, 12),
        ({"offset": "-05:00"}, 17),
    ],
)
def test_a_fixed_offset_of_a_time_without_one_is_used(field: dict[str, Any], hour: int) -> None:
    assert parse(BERLIN, measured_at=LOCAL, **field)[0] == datetime(2026, 7, 1, hour, tzinfo=UTC)


def test_daylight_saving_time_that_the_zone_does_not_have_is_refused() -> None:
    assert "no daylight saving time then" in refusal(measured_at=LOCAL, is_dst=True)


def test_a_temperature_in_another_unit_must_be_the_same() -> None:
    assert parse(temperature=21.5, fahrenheit=70.7)[1] == 21.5
    assert "two temperatures" in refusal(temperature=70.7, fahrenheit=70.7)


def test_two_zones_are_refused() -> None:
    assert "two time zones; send one" in refusal(measured_at=LOCAL, tz="EST5", utc_offset="+05:00")


def test_a_posix_zone_with_daylight_saving_time_is_refused_with_its_name() -> None:
    assert "set NAIVE_TIME_ZONE=America/New_York" in refusal(measured_at=LOCAL, tz="EST5EDT,M3.2.0,M11.1.0")


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("21.5", '"temperature": 21.5}'),
        ("21,5 °C", '"temperature": 21.5}'),
        ("70.7°F", '"temperature": 70.7, "unit": "fahrenheit"}'),
    ],
)
def test_a_number_as_text_is_shown_as_a_number(text: str, example: str) -> None:
    assert refusal(temperature=text).endswith(example)


@pytest.mark.parametrize("text", ["NaN", "21.5 %", "", "unavailable"])
def test_other_texts_are_no_number(text: str) -> None:
    assert refusal(temperature=text).endswith("must be a number")


@pytest.mark.parametrize(
    ("time", "problem"),
    [
        ("2026-07-01T24:00:00Z", "the hour is 24, and must be 0 to 23"),
        ("2026-07-01T12:00:60Z", "the second is 60, and must be 0 to 59"),
        ("2026-07-01T12:00:00+24:00", "the offset's hour is 24, and must be 0 to 23"),
        ("2026-07-01 12:00-25", "the offset's hour is 25"),
        ("2026-07-01T12:00:00+14:60", "the offset's minute is 60, and must be 0 to 59"),
    ],
)
def test_a_time_that_does_not_exist_is_explained(time: str, problem: str) -> None:
    assert problem in refusal(measured_at=time)


def test_a_time_with_pm_names_no_zone() -> None:
    assert "has an hour up to 12 with PM" in refusal(measured_at="2026-07-01T03:00 PM")
