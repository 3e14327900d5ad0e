"""Other fields of a body: second values of one meaning, and units."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from readings.errors import DeadLetterReason, InvalidReading
from readings.parsing import ParseContext, parse_reading
from tests.unit.bodies import CONTEXT, MESSAGE, NOW, with_fields


def parse_invalid(body: bytes, context: ParseContext = CONTEXT) -> str:
    with pytest.raises(InvalidReading) as caught:
        parse_reading(body, context)
    assert caught.value.reason is DeadLetterReason.INVALID_FIELD
    assert caught.value.detail.isprintable()
    assert len(caught.value.detail) <= 250
    return caught.value.detail


@pytest.mark.parametrize(
    ("fields", "celsius"),
    [
        *(({name: "°F", "temperature": 70.7}, 21.5) for name in (
            "TempUnit", "temp_unit", "unit_of_measurement", "units", "temperature_unit", "temperature_units",
            "Unit", "UNIT", "unitOfMeasurement", "uom", "tUnit", "unitName",
            "value_unit", "degree", "temperatureScale", "unidade",
        )),
        ({"Unit": "K", "temperature": 294.65}, 21.5),
        ({"units": "C", "unit": "celsius"}, 21.5),
        ({"units": {"temperature": "°F", "humidity": "%"}, "temperature": 70.7}, 21.5),
        ({"TempUnit": None}, 21.5),
        ({"humidity_unit": "%", "pressure_unit": "hPa"}, 21.5),
        ({"humidity": {"value": 40, "unit": "%"}, "attributes": {"unit_of_measurement": "°C"}}, 21.5),
        ({"unit": "C", "setpoint": {"value": 70, "unit": "°F"}}, 21.5),
        ({"name": "Kelvin", "type": "temp sensor F", "u": "V", "label": "Temp (°C)"}, 21.5),
        ({"note": "so cold °", "names": ["Kelvin", "F"]}, 21.5),
    ],
)  # fmt: skip
def test_a_unit_in_any_field_is_used(fields: dict[str, Any], celsius: float) -> None:
    assert parse_reading(with_fields(**fields), CONTEXT).temperature == celsius


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"TempUnit": "rankine"}, "TempUnit is 'rankine': must be celsius, fahrenheit or kelvin"),
        ({"units": "imperial"}, "units is 'imperial': must be"),
        ({"units": {"humidity": "%"}}, "units is {'humidity': '%'}: must be"),
        ({"scale": 0.1}, "scale is 0.1, so that the temperature is not clear"),
        ({"Unit": 2}, "Unit is 2: must be"),
        ({"unit": "C", "units": "F"}, "unit is 'C' and units is 'F': two units; send one"),
        ({"attributes": {"unit_of_measurement": "°F"}}, "attributes.unit_of_measurement is '°F', perhaps of"),
        ({"values": [{"unit": "F"}]}, "values.0.unit is 'F', perhaps of another value: send the unit"),
        ({"name": "Temperature (°F)"}, "name is 'Temperature (°F)', perhaps of another value: send the unit"),
        ({"type": "temperature_f"}, "type is 'temperature_f', perhaps of another value"),
        ({"u": "F"}, "u is 'F', perhaps of another value"),
        ({"unit_system": "imperial"}, "unit_system is 'imperial': must be celsius"),
        ({"symbol": "°F"}, "symbol is '°F', perhaps of another value"),
        ({"meta": {"unit": "°R"}}, "meta.unit is '°R': must be celsius"),
    ],
)
def test_a_unit_that_cannot_be_used_is_rejected(fields: dict[str, Any], detail: str) -> None:
    assert parse_invalid(with_fields(**fields)).startswith(detail)


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"temperatura": 22}, "temperature is 21.5 and temperatura is 22: two temperatures; send one"),
        ({"temperatura": "n/a"}, "temperature is 21.5 and temperatura is 'n/a': two temperatures"),
        ({"Temp": 21.4}, "temperature is 21.5 and Temp is 21.4: two temperatures"),
        ({"temperature_F": 21.5}, "temperature is 21.5 and temperature_F is 21.5: two temperatures, since"),
        (
            {"tempF": 75},
            "temperature is 21.5 and tempF is 75: two temperatures, since the first is in celsius",
        ),
        ({"id": "attic"}, "sensor_id is 'kitchen' and id is 'attic': two sensors; send one"),
        ({"id": 1}, "sensor_id is 'kitchen' and id is 1: two sensors"),
        ({"SensorID": "x"}, "sensor_id is 'kitchen' and SensorID is 'x': two sensors"),
        ({"timestamp": "2026-11-22T05:28:38Z"}, "measured_at is '2026-11-22T05:28:37Z' and timestamp is"),
        ({"timestamp": "22/11/2026 05:28:37"}, "measured_at is '2026-11-22T05:28:37Z' and timestamp is"),
        ({"time": "2026-11-22T05:28:37-05:00"}, "measured_at is '2026-11-22T05:28:37Z' and time is"),
        ({"data": "2026-11-22T04:28:37"}, "measured_at is '2026-11-22T05:28:37Z' and data is"),
        (
            {"ts": 1763789317},
            "measured_at is '2026-11-22T05:28:37Z' and ts is 1763789317: two times; send one",
        ),
    ],
)
def test_two_values_of_one_meaning_are_rejected(fields: dict[str, Any], detail: str) -> None:
    assert parse_invalid(with_fields(**fields)).startswith(detail)


@pytest.mark.parametrize(
    "fields",
    [
        {"temperatura": 21.5, "temp": 21.5, "Temperature": None},
        {"temperature_F": 70.7, "temp_c": 21.5, "tF": 71},
        {"id": " kitchen ", "device_id": "esp-1"},
        {"timestamp": "2026-11-22T06:28:37+01:00", "time": "05:28:37", "data": {"raw": "00ff"}},
        {"time": "2026-11-22 05:28:37 UTC", "ts": 1795325317250, "date": "2026-11-22"},
        {"last_seen": "2026-11-22T05:29:00Z"},
        {"humidity": 40, "cpu_temp_f": 130, "dewpoint": 4},
        {"measured_at": "2026-11-22T05:28:37.25Z", "timestamp": "2026-11-22T05:28:37Z"},
    ],
)
def test_other_fields_that_agree_or_mean_something_else_are_accepted(fields: dict[str, Any]) -> None:
    reading = parse_reading(with_fields(**fields), CONTEXT)

    assert (reading.sensor_id, reading.temperature) == ("kitchen", 21.5)
    assert reading.measured_at.replace(microsecond=0) == datetime(2026, 11, 22, 5, 28, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "second", "detail"),
    [
        ('"temperature": 20', '"temperature": 21', "temperature is given twice, as 20 and as 21: send one"),
        ('"temperature": 20', r'"temperatur\u0065": 21', "temperature is given twice"),
        ('"sensor_id" : "a"', '"sensor_id"\n:"b"', "sensor_id is given twice, as 'a' and as 'b'"),
        ('"sensor_id": "a"', r'"sensor\u005fid": "b\u003a:"', "sensor_id is given twice"),
        (
            '"measured_at": "2026-11-22T05:28Z"',
            '"measured_at": "2026-11-22T05:27Z"',
            "measured_at is given twice",
        ),
        ('"sequence": 1', '"sequence": 2', "sequence is given twice, as 1 and as 2"),
        ('"unit": "C"', '"unit": "F"', "unit is 'C' and unit is 'F': two units"),
    ],
)
def test_a_name_with_two_values_is_rejected(first: str, second: str, detail: str) -> None:
    names = {text.split('"')[1] for text in (first, second)}
    others = [
        f"{json.dumps(name)}: {json.dumps(value)}" for name, value in MESSAGE.items() if name not in names
    ]

    assert parse_invalid(f"{{{', '.join([first, *others, second])}}}".encode()).startswith(detail)
    assert parse_invalid(f"{{{','.join([first, second, *others])}}}".encode()).startswith(detail)


@pytest.mark.parametrize("name", ["device_id", "deviceId", "station_id"])
@pytest.mark.parametrize("number", ["019309a1-7c5e-7cc3-98c4-dc0c0c07398f", 17])
def test_an_id_next_to_another_id_of_the_device_is_not_taken_for_the_sensor(
    name: str, number: str | int
) -> None:
    body = {"id": number, name: "kitchen", "timestamp": "2026-11-22T05:28:37Z", "temperature": 21.5}

    assert parse_invalid(json.dumps(body).encode()) == (
        f"id is {number!r} and {name} is 'kitchen': either may be the sensor; send it as sensor_id"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"id": 17, "device_id": "17", "timestamp": "2026-11-22T05:28:37Z", "temperature": 21.5},
        {"id": 17, "device_id": "esp-1", "data": "2026-11-22T05:28:37", "temperatura": 21.5},
        {"id": 17, "sensor": "DHT22", "timestamp": "2026-11-22T05:28:37Z", "temperature": 21.5},
    ],
)
def test_an_id_that_nothing_contradicts_is_the_sensor(fields: dict[str, Any]) -> None:
    assert parse_reading(json.dumps(fields).encode(), CONTEXT).sensor_id == "17"


def test_a_name_twice_with_one_value_is_accepted() -> None:
    assert parse_reading(with_fields()[:-1] + b', "temperature": 21.50}', CONTEXT).temperature == 21.5


def test_a_time_with_minutes_only_does_not_hide_a_field() -> None:
    assert "two sensors" in parse_invalid(
        b'{"sensor_id": "a", "measured_at": "2026-11-22T05:28Z", "temperature": 1, "id": "b"}'
    )


@pytest.mark.parametrize(
    ("time", "fragment"),
    [
        ("2025-10-26T02:30:00", "showed twice: send it with its offset, 2025-10-26T02:30:00+02:00 or "),
        ("2026-03-29T02:30:00", "skipped (daylight saving time): send it with its offset or in UTC"),
    ],
)
def test_a_local_time_that_is_two_or_none_is_rejected(time: str, fragment: str) -> None:
    detail = parse_invalid(with_fields(measured_at=time), ParseContext(ZoneInfo("Europe/Berlin"), NOW))

    assert detail.startswith(f"measured_at is {time}, which clocks of NAIVE_TIME_ZONE (Europe/Berlin) ")
    assert fragment in detail


def test_a_history_may_have_the_day_on_which_clocks_start() -> None:
    body = with_fields(measured_at="2015-01-01T00:00:12Z")

    assert "clock that was never set" in parse_invalid(body)
    assert parse_reading(body, ParseContext(ZoneInfo("UTC"), NOW, is_history=True)).measured_at.year == 2015
    with_id = with_fields(measured_at="2015-01-01T00:00:12Z", reading_id="0193" + "0" * 28)
    assert parse_reading(with_id, CONTEXT).measured_at.year == 2015
