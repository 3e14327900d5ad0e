"""Bodies that are not readings, and what the detail of each error must contain."""

from typing import Any

import pytest

from tests.unit.bodies import nested, with_fields, with_raw, without

VALID = with_fields()


def case(name: str, body: bytes, fragment: str) -> Any:
    return pytest.param(body, fragment, id=name)


def field_case(field: str, value: Any, fragment: str) -> Any:
    return pytest.param(field, value, fragment, id=f"{field}-{str(value)[:30]!r}")


def each(fragment: str, *values: Any) -> list[tuple[Any, str]]:
    return [(value, fragment) for value in values]


NOT_JSON = [
    case("empty", b"", "the body b'' is not JSON: EOF while parsing a value"),
    case("blanks", b" \r\n\t ", "EOF while parsing a value"),
    case("not UTF-8", b"\xff\xfe\xfd", r"the body b'\xff\xfe\xfd' is not JSON"),
    case("not UTF-8 inside a text", with_raw("sensor_id", b'"k\xe9"'), "is JSON, but not in UTF-8"),
    case("UTF-16", VALID.decode().encode("utf-16"), r"the body b'\xff\xfe{\x00"),
    case("plain text", b"it is 21.5 degrees", "the body b'it is 21.5 degrees' is not JSON"),
    case("CSV", b"kitchen;2026-11-22;21.5", "b'kitchen;2026-11-22;21.5'"),
    case("XML", b"<reading/>", "b'<reading/>'"),
    case("truncated in a text", VALID[:20], "EOF while parsing a string"),
    case("truncated before its end", VALID[:-1], "EOF while parsing an object"),
    case("text after it", VALID + b" end", "trailing characters"),
    case("twice", VALID + VALID, "is a sequence of JSON with 2 values: send each as a message of its own"),
    case("UTF-8 byte order mark", b"\xef\xbb\xbf" + VALID, r"the body b'\xef\xbb\xbf{"),
    case("single quotes", VALID.replace(b'"', b"'"), "is in Python's notation: send it as JSON (json.dumps)"),
    case("trailing comma", VALID[:-1] + b",}", "trailing comma"),
    case("a comment", b"/* hot */" + VALID, "expected value"),
    case("bare names", b"{sensor_id: 1}", "key must be a string"),
    case("lists 10,000 deep", nested(10_000).encode(), "recursion limit exceeded"),
    case("objects 10,000 deep", nested(10_000, '{"a":', "}").encode(), "recursion limit exceeded"),
    case("10,000 deep in an unknown field", with_raw("more", nested(10_000)), "recursion limit exceeded"),
    case("an integer of 5,000 digits", with_raw("temperature", "9" * 5000), "number out of range"),
    case("a sequence of 5,000 digits", with_raw("sequence", "9" * 5000), "number out of range"),
    case("a raw U+0000 in the id", with_raw("sensor_id", '"a\x00"'), "control character"),
    case("a raw line feed in the id", with_raw("sensor_id", '"a\n"'), "control character"),
    case("a lone leading surrogate", with_raw("sensor_id", r'"\ud800"'), "hex escape"),
    case("a lone trailing surrogate", with_raw("sensor_id", r'"\udc00"'), "surrogate"),
    case("a decimal comma", with_raw("temperature", "21,5"), "have a decimal comma"),
    case("a plus sign", with_raw("temperature", "+21.5"), "expected value"),
    case("a leading zero", with_raw("temperature", "021"), "invalid number"),
    case("a point without digits", with_raw("temperature", "21."), "invalid number"),
    case("nothing for a value", with_raw("temperature", ""), "expected value"),
]
NOT_AN_OBJECT = [
    case("text", b'"21.5"', "the body '21.5' is a number as text: send"),
    case("number", b"21.5", "the body 21.5 is not a JSON object"),
    case("boolean", b"true", "the body true is not a JSON object"),
    case("null", b"null", "the body null is not a JSON object"),
    case("empty list", b"[]", "the body [] is not a JSON object"),
    case("list of readings", b"[" + VALID + b"]", "the body [{'sensor_id': 'kitchen'"),
]
MISSING = [
    case("all fields", b"{}", "sensor_id, measured_at and temperature are missing"),
    case("sensor_id", without("sensor_id"), "sensor_id is missing"),
    case("measured_at", without("measured_at"), "measured_at is missing"),
    case("temperature", without("temperature"), "temperature is missing"),
]
FINITE = "must be a finite number"
NUMBER = "must be a number"
ISO_8601 = 'must be an ISO 8601 time such as "2026-11-22T05:28:37Z"'
RAW_NUMBERS = [
    case("NaN", with_raw("temperature", "NaN"), f"temperature is nan: {FINITE}"),
    case("Infinity", with_raw("temperature", "Infinity"), f"temperature is inf: {FINITE}"),
    case("-Infinity", with_raw("temperature", "-Infinity"), f"temperature is -inf: {FINITE}"),
    case("1e400", with_raw("temperature", "1e400"), f"temperature is inf: {FINITE}"),
    case("400 digits", with_raw("temperature", "9" * 400), f"…: {FINITE}"),
    case("4,000 digits as id", with_raw("sensor_id", "9" * 4000), "must be a string or an integer from 0"),
    case(
        "\\u0000 in the id", with_raw("sensor_id", r'"a\u0000b"'), r"sensor_id is 'a\x00b': must not contain"
    ),
]
TEMPERATURES = [
    *each(NUMBER, True, "21.5", "", "hot", None, [21.5], {"value": 21.5}),
    (20000, "temperature is 20000.0 celsius, outside -273.15 to 10000 °C"),
    (10000.001, "temperature is 10000.001 celsius, outside"),
    (-273.151, "temperature is -273.151 celsius, outside"),
    (1e308, "temperature is 1e+308 celsius, outside"),
]
SENSOR_IDS = [
    *each("must be a string or an integer from 0", True, None, -1, 1.5, 2**63, [], {}),
    *each("must have 1 to 128 characters", "", "  ", "x" * 129, "x" * 10_000),
    *each("must not contain control", "a\nb", "a\x1b[31mb", "a\x7fb", "a\u202eb", "a\u200bb", "a\u3164b"),
]
TIMES = [
    *each(ISO_8601, 5, 1700000000e10, "17000000000000000000", "2026-11-22", "20261122T052837Z", "2026-W47-7"),
    *each('time: send "2023-11-14T22:13:20.000000Z"', 1700000000, "1700000000", 1700000000000, 17 * 10**17),
    *each('time: send "2023-11-14T22:13:20.500000Z"', 1700000000.5, 1700000000500, 1700000000500000),
    *each(ISO_8601, "", "yesterday", "22.11.2026 05:28", "10000-01-01T00:00:00Z", True, None, []),
    *each("is before 2000", "1970-01-01T00:00:00Z", "1999-12-31T23:59:59", "0001-01-01T00:00:00+14:00"),
    ("2026-13-01T00:00:00Z", "the month is 13, and must be 1 to 12"),
    ("2026-02-30T00:00:00Z", "the day 2026-02-30 does not exist"),
    ("0000-01-01T00:00:00Z", "the year is 0000, and must be 1 to 9999"),
    ("2026-\x00\x1b", r"measured_at is '2026-\x00\x1b': "),
    ("2026-06-30T23:59:60Z", "the second is 60, and must be 0 to 59"),
    ("2026-06-30T24:00:00Z", "the hour is 24, and must be 0 to 23"),
    *each("the offset's hour is 2", "2026-06-30T12:00:00+24:00", "2026-06-30 12:00-25:00"),
    *each("the offset's minute is 60, and must be 0 to 59", "2026-06-30T12:00:00+14:60"),
    *each("the time zone CET instead of an offset", "2026-06-30T12:00:00 CET", "2026-06-30 12:00 [CET]"),
    *each("is the day on which many clocks start", "2000-01-01T00:00:12Z", "2000-01-01T23:59:59"),
    ("2016-01-01T00:03:07Z", "a clock that was never set starts (Tasmota"),
]
UNITS = each(
    "must be celsius, fahrenheit or kelvin (or C, F, K, °C, °F)",
    *("rankine", "", "°", "0.1 °C", "m°C", 1, True, ["C"], "u" * 1000, "\x1b"),
)
UUIDS = each(
    "must be a UUID such as",
    "nope",
    "",
    "z" * 2000,
    5,
    [],
    "\x00\x1b",
    "\u202e",
    "01934f2a-7c00-7000-8000-00000000000",
)
SEQUENCES = [
    (-1, "must be at least 0"),
    (2**63, "must be at most 9223372036854775807"),
    *each("must be a whole number", 1.5, 1.0, True, "1"),
]
FIELDS = [
    *(field_case("temperature", *row) for row in TEMPERATURES),
    *(field_case("sensor_id", *row) for row in SENSOR_IDS),
    *(field_case("measured_at", *row) for row in TIMES),
    *(field_case("unit", *row) for row in UNITS),
    *(field_case("reading_id", *row) for row in UUIDS),
    *(field_case("run_id", *row) for row in UUIDS),
    *(field_case("sequence", *row) for row in SEQUENCES),
]
