"""Any body parses to a valid reading or is rejected with a reason, and encoded readings parse."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readings.errors import DeadLetterReason, InvalidReading
from readings.ids import validate_sensor_id
from readings.model import Reading, Unit
from readings.parsing import FUTURE_TOLERANCE, ParseContext, parse_reading
from readings.payload import MAX_INTEGER, MqttDefaults, encode_reading
from readings.units import ABSOLUTE_ZERO, MAX_TEMPERATURE
from tests.unit.bodies import CONTEXT, MESSAGE, NOW, with_fields

PARSE_REASONS = {
    DeadLetterReason.NOT_JSON,
    DeadLetterReason.INVALID_FIELD,
    DeadLetterReason.TOO_LARGE,
    DeadLetterReason.FUTURE_TIME,
}
VALID = with_fields(
    reading_id="01934f2a-7c00-7abc-8000-0123456789ab", unit="celsius", run_id=None, sequence=1842
)
NAMES = [
    *MESSAGE, "id", "data", "timestamp", "time", "temperatura", "unit", "reading_id", "run_id", "sequence",
    "Id", "ts", "last_seen", "temp", "temperature_F", "TempUnit", "units", "attributes", "name", "u",
    "tz", "utc_offset", "offset", "multiplier", "scale", "power",
]  # fmt: skip
MAX_DETAIL_CHARACTERS = 500  # of the header x-dead-detail

MQTT_CONTEXT = replace(CONTEXT, mqtt_defaults=MqttDefaults("kitchen", NOW.isoformat()))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        [*MESSAGE.values(), "2026-11-22T05:28:37", "<+24>-24", "<-14>14", "+15:00", 10**309, -(10**309)]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def outcome(body: bytes, context: ParseContext) -> Reading | InvalidReading:
    try:
        return parse_reading(body, context)
    except InvalidReading as error:
        return error


def check(body: bytes, context: ParseContext = CONTEXT) -> None:
    """Check that the body parses to a valid reading or is rejected with a reason."""
    reading = outcome(body, context)
    if isinstance(reading, InvalidReading):
        assert reading.reason in PARSE_REASONS
        assert reading.detail.isprintable()
        assert len(reading.detail) <= MAX_DETAIL_CHARACTERS
        return
    assert math.isfinite(reading.temperature)
    assert ABSOLUTE_ZERO <= reading.temperature <= MAX_TEMPERATURE
    assert reading.measured_at.tzinfo is UTC
    assert reading.measured_at <= NOW + FUTURE_TOLERANCE
    assert reading.sensor_id.isprintable()
    assert reading.sensor_id.strip() == reading.sensor_id != ""
    assert reading.sequence is None or 0 <= reading.sequence <= MAX_INTEGER


@given(st.binary())
def test_any_bytes_parse_or_are_rejected(body: bytes) -> None:
    check(body)


@given(json_values)
def test_any_json_parses_or_is_rejected(value: Any) -> None:
    check(json.dumps(value).encode())


@given(st.dictionaries(st.sampled_from(NAMES), json_values))
def test_any_values_in_the_known_fields_parse_or_are_rejected(fields: dict[str, Any]) -> None:
    for context in (CONTEXT, MQTT_CONTEXT):
        check(with_fields(**fields), context)
        check(json.dumps(fields).encode(), context)


@given(
    st.integers(0, len(VALID)),
    st.integers(0, 12),
    st.binary(max_size=6) | st.sampled_from([b"\\u0000", b"9" * 30]),
)
def test_any_mutation_of_a_valid_body_parses_or_is_rejected(at: int, removed: int, inserted: bytes) -> None:
    check(VALID[:at] + inserted + VALID[at + removed :])


@given(st.datetimes(timezones=st.timezones() | st.none()))
def test_any_time_parses_or_is_rejected(time: datetime) -> None:
    check(with_fields(measured_at=time.isoformat()))


def is_sensor_id(text: str) -> bool:
    try:
        return validate_sensor_id(text) == text
    except ValueError:
        return False


sensor_ids = st.text(min_size=1, max_size=128).filter(is_sensor_id)
times = st.datetimes(datetime(2000, 1, 2), datetime(2026, 11, 22)).map(  # noqa: DTZ001 (set below)
    lambda time: time.replace(tzinfo=UTC)
)
readings = st.builds(
    Reading,
    reading_id=st.uuids(),
    sensor_id=sensor_ids,
    measured_at=times,
    temperature=st.floats(-273, 10_000).map(lambda value: round(value, 6)),
    run_id=st.none() | st.uuids(),
    sequence=st.none() | st.integers(0, MAX_INTEGER),
    revised_at=st.none() | times,
)


@given(readings)
def test_an_encoded_reading_parses_to_itself(reading: Reading) -> None:
    assert parse_reading(encode_reading(reading, reading.temperature, Unit.CELSIUS), CONTEXT) == reading


@given(readings, st.sampled_from([Unit.FAHRENHEIT, Unit.KELVIN]), st.floats(0, 10_000))
@settings(max_examples=50)
def test_a_temperature_encoded_in_another_unit_parses_to_the_same_temperature(
    reading: Reading, unit: Unit, measured: float
) -> None:
    celsius = {Unit.KELVIN: measured - 273.15, Unit.FAHRENHEIT: (measured - 32) / 1.8}[unit]

    assert parse_reading(encode_reading(reading, measured, unit), CONTEXT).temperature == pytest.approx(
        celsius, abs=1e-8
    )


@given(readings)
def test_an_encoded_time_has_microseconds_and_ends_in_z(reading: Reading) -> None:
    text = json.loads(encode_reading(reading, reading.temperature, Unit.CELSIUS))["measured_at"]

    assert datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC) == reading.measured_at


@pytest.mark.parametrize("temperature", [math.nan, math.inf, -math.inf])
def test_a_temperature_that_json_cannot_represent_is_rejected(temperature: float) -> None:
    reading = Reading(*(None,) * 4)._replace(measured_at=NOW - timedelta(hours=1))  # type: ignore[arg-type]

    with pytest.raises(ValueError, match="which JSON cannot represent"):
        encode_reading(reading, temperature, Unit.CELSIUS)
