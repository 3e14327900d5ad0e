"""Bodies that are not readings: the reason and the detail of each."""

import json
import time
from contextlib import suppress
from typing import Any

import pytest

from readings.errors import DeadLetterReason, InvalidReading
from readings.parsing import parse_reading
from readings.payload import MAX_BODY_BYTES
from tests.unit.bodies import CONTEXT, MESSAGE, filled_up_to, with_field_renamed, with_fields
from tests.unit.invalid_payloads import FIELDS, MISSING, NOT_AN_OBJECT, NOT_JSON, RAW_NUMBERS, VALID

DETAIL_CHARACTERS = 250


def with_text(name: str, text: str) -> bytes:
    """Return the valid body with this text in a field, in UTF-8 instead of escape sequences."""
    return json.dumps({**MESSAGE, name: text}, ensure_ascii=False).encode()


def parse_invalid(body: bytes) -> InvalidReading:
    """Return the error; its detail is always short and safe for a log or a terminal."""
    with pytest.raises(InvalidReading) as caught:
        parse_reading(body, CONTEXT)
    assert caught.value.detail.isprintable()
    assert len(caught.value.detail) <= DETAIL_CHARACTERS
    return caught.value


@pytest.mark.parametrize(("body", "fragment"), NOT_JSON)
def test_a_body_that_is_not_json_is_reported_with_its_beginning(body: bytes, fragment: str) -> None:
    error = parse_invalid(body)

    assert error.reason is DeadLetterReason.NOT_JSON
    assert fragment in error.detail


@pytest.mark.parametrize(("body", "fragment"), [*NOT_AN_OBJECT, *MISSING, *RAW_NUMBERS])
def test_json_that_is_not_a_reading_is_reported_with_the_problem(body: bytes, fragment: str) -> None:
    error = parse_invalid(body)

    assert error.reason is DeadLetterReason.INVALID_FIELD
    assert fragment in error.detail


@pytest.mark.parametrize(("field", "value", "fragment"), FIELDS)
def test_an_invalid_value_is_reported_with_its_field(field: str, value: Any, fragment: str) -> None:
    error = parse_invalid(with_fields(**{field: value}))

    assert error.reason is DeadLetterReason.INVALID_FIELD
    assert error.detail.startswith(f"{field} is ")
    assert any(text[:6] in error.detail for text in (repr(value), str(value), json.dumps(value)))
    assert fragment in error.detail


@pytest.mark.parametrize(
    ("unit", "temperature", "detail"),
    [
        ("celsius", -273.16, "temperature is -273.16 celsius, outside -273.15 to 10000 °C"),
        ("F", -459.68, "temperature is -459.68 fahrenheit, outside"),
        ("kelvin", -0.01, "temperature is -0.01 kelvin, outside"),
        ("K", 10273.16, "temperature is 10273.16 kelvin, outside"),
    ],
)
def test_an_impossible_temperature_is_reported_in_its_own_unit(
    unit: str, temperature: float, detail: str
) -> None:
    error = parse_invalid(with_fields(unit=unit, temperature=temperature))

    assert error.reason is DeadLetterReason.INVALID_FIELD
    assert detail in error.detail


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 65 * 1024, 10 * MAX_BODY_BYTES])
def test_a_body_above_64_kib_is_rejected_before_parsing(size: int) -> None:
    assert parse_invalid(filled_up_to(size)).reason is DeadLetterReason.TOO_LARGE
    error = parse_invalid(b"[" * size)

    assert error.reason is DeadLetterReason.TOO_LARGE
    assert error.detail == f"the body has {size} bytes; at most 65536 are accepted"


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-22T05:35:00.000001Z",
        "2026-11-22T05:36:00",
        "2026-11-22T06:36:00+01:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59+14:00",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31T23:59:59.999999",
    ],
)
def test_a_time_more_than_5_minutes_ahead_is_reported_with_the_difference(time: str) -> None:
    error = parse_invalid(with_fields(measured_at=time))

    assert error.reason is DeadLetterReason.FUTURE_TIME
    assert error.detail.startswith(f"measured_at is {time[:4]}-")
    assert "ahead of the consumer's clock; at most 0:05:00 are accepted" in error.detail


@pytest.mark.parametrize(
    ("time", "has_hint"),
    [("2026-11-22T07:29:58", True), ("2026-11-22T11:01:00", True), ("2026-11-22T06:45:00", False),
     ("2026-11-22T05:36:00", False), ("2026-11-23T05:30:00", False)],
)  # fmt: skip
def test_a_time_that_is_ahead_by_an_offset_may_be_a_local_time(time: str, has_hint: bool) -> None:
    hint = "; if it is a local time, send its offset or set NAIVE_TIME_ZONE"

    assert parse_invalid(with_fields(measured_at=time)).detail.endswith(hint) is has_hint


@pytest.mark.parametrize(
    ("field", "name", "value"),
    [
        ("id", "sensor_id", -1),
        ("data", "measured_at", "yesterday"),
        ("timestamp", "measured_at", 5),
        ("temperatura", "temperature", "21.5"),
    ],
)
def test_fields_of_the_older_formats_are_reported_with_their_current_names(
    field: str, name: str, value: Any
) -> None:
    error = parse_invalid(with_field_renamed(name, field, value))

    assert error.detail.startswith(f"{name} is {value!r}: ")


def test_the_valid_body_of_these_tests_is_valid() -> None:
    assert parse_reading(VALID, CONTEXT).sensor_id == MESSAGE["sensor_id"]


@pytest.mark.parametrize(
    "body",
    [
        b"1" + b" " * 60_000 + b"2x",
        with_fields(temperature="1" + " " * 60_000 + "2x"),
        with_fields(unit="deg" * 20_000 + "1"),
        with_fields(**{"temp_c (" + "deg" * 20_000 + "1)": 80.0}),
        with_text("sensor_id", "a" + "\u0316\u0301" * 15_000),
        with_text("unit", "a" + "\u0316\u0301" * 15_000),
    ],
    ids=["a number and blanks", "a text", "a unit", "a name", "an ID with marks", "a unit with marks"],
)
def test_a_large_body_stalls_no_consumer_whatever_is_in_it(body: bytes) -> None:
    started_at = time.process_time()

    with suppress(InvalidReading):
        parse_reading(body, CONTEXT)

    assert time.process_time() - started_at < 1, "the patterns took up to 90 seconds for one of these"
