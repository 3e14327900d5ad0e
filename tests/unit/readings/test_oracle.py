"""For any body, sensor, time and temperature are those that the format defines, or the body is refused.

The oracle is written from docs/guides/sending-readings.md, with exact decimals and no code of the parser.
"""

import json
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readings.errors import InvalidReading
from readings.model import Reading
from readings.parsing import ParseContext, parse_reading
from readings.payload import MqttDefaults
from tests.unit.bodies import NOW

BERLIN = ZoneInfo("Europe/Berlin")
TOPIC = "hall"
ARRIVAL = datetime(2026, 11, 22, 5, 29, tzinfo=UTC)
UNIT_NAMES = ("unit", "units", "TempUnit", "temperature_unit", "unit_of_measurement", "Unit", "uom")
SPELLINGS = {
    "C": ("celsius", "C", "°C", "℃", "degC", "Celsius", "Â°C"),
    "F": ("fahrenheit", "F", "°F", "℉", "degF", "FAHRENHEIT", "*F"),
    "K": ("kelvin", "K", "°K", "Kelvin"),
}
OTHERS = {"humidity": 40, "battery": "97 %", "rssi": -60, "tags": ["F", {"a": 1}], "device": {"name": "x: y"}}


@dataclass(frozen=True)
class Message:
    """Fields of a body, and what they mean; `refused` if they have no single meaning."""

    fields: tuple[tuple[str, Any], ...]
    sensor: str | None = None
    time: datetime | None = None
    celsius: Decimal | None = None
    refused: bool = field(default=False)

    def body(self, indent: int | None) -> bytes:
        # By hand, since a dictionary cannot have a name twice.
        separator = ",\n" if indent else ", "
        return f"{{{separator.join(f'{json.dumps(n)}: {json.dumps(v)}' for n, v in self.fields)}}}".encode()


@st.composite
def sensors(draw: st.DrawFn) -> Message:
    text = draw(
        st.sampled_from(["attic", "K\u00fcche", "Ku\u0308che", " 7 ", "a:b", "\u212b"])
        | st.integers(0, 2**63 - 1)
    )
    names = draw(st.sampled_from([("sensor_id",), ("id",), ("sensor_id", "id")]))
    values = [text] * len(names)
    refused = len(names) == 2 and draw(st.booleans())
    if refused:
        values[1] = "another"
    sensor = unicodedata.normalize("NFC", str(text)).strip()
    return Message(tuple(zip(names, values, strict=True)), sensor=sensor, refused=refused)


def write_offset(draw: st.DrawFn, minutes: int) -> str:
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    notations = [f"{sign}{hours:02}:{rest:02}", f"{sign}{hours:02}{rest:02}"]
    notations += [] if rest else [f"{sign}{hours:02}"]
    notations += [] if minutes else ["Z", " UTC", "z"]
    return draw(st.sampled_from(notations))


def in_berlin(local: datetime) -> list[datetime]:
    """Return when the clocks showed this, by trying both offsets of Berlin."""
    moments = [(local - timedelta(hours=hours)).replace(tzinfo=UTC) for hours in (2, 1)]
    return [moment for moment in moments if moment.astimezone(BERLIN).replace(tzinfo=None) == local]


@st.composite
def times(draw: st.DrawFn) -> Message:
    local = draw(
        st.datetimes(datetime(2022, 1, 1), datetime(2026, 11, 21))  # noqa: DTZ001 (a local time)
        | st.sampled_from([datetime(2024, 3, 31, 2, 30), datetime(2024, 10, 27, 2, 30)])  # noqa: DTZ001
    )
    digits = draw(st.sampled_from(["auto", "seconds", "minutes", "milliseconds"]))
    text = local.isoformat(draw(st.sampled_from("T ")), timespec=digits)
    written = datetime.fromisoformat(text)
    offset = draw(st.none() | st.integers(-14 * 4, 14 * 4).map(lambda quarters: quarters * 15))
    moments = in_berlin(written)
    if offset is not None:
        text += write_offset(draw, offset)
        moments = [written.replace(tzinfo=timezone(timedelta(minutes=offset))).astimezone(UTC)]
    names = draw(
        st.lists(st.sampled_from(["measured_at", "timestamp", "data", "time"]), min_size=1, max_size=2)
    )
    fields = [(name, text) for name in names]
    is_other = len(fields) == 2 and draw(st.booleans())
    if is_other:
        fields[1] = (names[1], (ARRIVAL + timedelta(days=1)).isoformat())
    return Message(tuple(fields), time=moments[0] if moments else None, refused=len(moments) != 1 or is_other)


def to_celsius(number: Decimal, unit: str) -> Decimal:
    if unit == "F":
        return (number - 32) * 5 / 9
    return number - Decimal("273.15") if unit == "K" else number


@st.composite
def temperatures(draw: st.DrawFn) -> Message:
    number = draw(st.decimals(-300, 12_000, places=2))
    unit = draw(st.sampled_from(["", "C", "F", "K"]))
    fields: list[tuple[str, Any]] = [(draw(st.sampled_from(["temperature", "temperatura"])), float(number))]
    if unit:
        names = draw(st.lists(st.sampled_from(UNIT_NAMES), min_size=1, max_size=2, unique=True))
        fields += [(name, draw(st.sampled_from(SPELLINGS[unit]))) for name in names]
    refused = False
    match draw(
        st.sampled_from(["", "", "two units", "unknown unit", "nested unit", "twice", "same", "in a name"])
    ):
        case "two units" if unit:
            fields.append(("temperatureUnit", {"C": "F", "F": "K", "K": "C"}[unit]))
            refused = True
        case "unknown unit":
            fields.append(("unitOfMeasurement", draw(st.sampled_from(["rankine", "m°C", "°", "imperial"]))))
            refused = True
        case "nested unit":
            fields.append(("attributes", {"unit_of_measurement": "°F"}))
            refused = not unit
        case "twice":
            fields.append(("temperatura", float(number) + 1))
            refused = True
        case "same":
            fields.append(("temp", float(number)))
        case "in a name":
            fields.append(("temperature_F", float(to_celsius(number, unit) * 9 / 5 + 37)))
            refused = True
    celsius = to_celsius(number, unit)
    possible = Decimal("-273.15") <= round(celsius, 9) <= 10_000
    return Message(tuple(fields), celsius=celsius, refused=refused or not possible)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    parts = [draw(sensors()), draw(times()), draw(temperatures())]
    others = draw(st.lists(st.sampled_from(list(OTHERS.items())), max_size=2, unique_by=lambda item: item[0]))
    fields = draw(st.permutations([*(pair for part in parts for pair in part.fields), *others]))
    return Message(
        tuple(fields), parts[0].sensor, parts[1].time, parts[2].celsius, any(part.refused for part in parts)
    )


def outcome(body: bytes, context: ParseContext) -> Reading | None:
    try:
        return parse_reading(body, context)
    except InvalidReading:
        return None


def check(reading: Reading | None, expected: Message) -> None:
    if expected.refused:
        assert reading is None
        return
    assert reading is not None
    assert (reading.sensor_id, reading.measured_at) == (expected.sensor, expected.time)
    assert reading.temperature == pytest.approx(float(expected.celsius or 0), abs=1e-8)


@given(messages(), st.sampled_from([None, 2]))
def test_a_message_is_stored_as_its_format_defines_it_or_refused(
    expected: Message, indent: int | None
) -> None:
    check(outcome(expected.body(indent), ParseContext(BERLIN, NOW)), expected)


@given(temperatures(), times(), st.sampled_from([None, "id", "sensor_id", "time"]))
def test_an_mqtt_message_is_stored_under_its_topic_with_its_time_or_that_of_arrival(
    temperature: Message, time: Message, other: str | None
) -> None:
    fields = temperature.fields
    expected = replace(temperature, sensor=TOPIC, time=ARRIVAL)
    if other == "time":
        fields += time.fields
        expected = replace(expected, time=time.time, refused=temperature.refused or time.refused)
    elif other:
        fields += ((other, "4711"),)
        is_older_format = any(name == "temperatura" for name, _ in temperature.fields)
        expected = replace(expected, refused=temperature.refused or other == "sensor_id" or is_older_format)
    context = ParseContext(BERLIN, NOW, MqttDefaults(TOPIC, ARRIVAL.isoformat()))

    check(outcome(replace(expected, fields=fields).body(None), context), expected)
