"""Rows of CSV and JSON Lines files become messages: formats, columns, invalid rows and positions."""

import io
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readings.files.csv_options import CsvOptions
from readings.files.errors import UnreadableFile
from readings.files.file_readings import FilePosition
from readings.files.text import MAX_LINE_CHARACTERS, TextLines
from readings.model import Unit
from readings.parsing import ParseContext, parse_reading
from tests.unit.history import UTC_ZONE, Imported

DEFAULTS = CsvOptions()
MINUTE = "2026-01-01T00:00:00+00:00"
KITCHEN = CsvOptions(sensors=("kitchen",))


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("sensor_id,measured_at,temperature,unit", "kitchen,2026-01-01T01:00:00+01:00,68,F"),
        ("id,data,temperatura", "kitchen,2026-01-01 00:00:00,20"),
        ("x,timestamp,sensor_id,temperature", "9,2026-01-01T00:00:00Z,kitchen,20.0"),
        ("timestamp,unit,id,temperature", "1767225600,K,kitchen,293.15"),
        ("timestamp,unit,id,temperature", "1767225600.0,,kitchen,2e1"),
        ('"id","timestamp","temperature"', '" kitchen ","2026-01-01 00:00:00","20"\r'),
        ("\ufeffid,timestamp,temperature", "kitchen,2026-01-01 00:00:00,20"),
        ("id,timestamp,temperature,note", 'kitchen,2026-01-01 00:00:00,20,"two\nlines"'),
    ],
)
def test_the_columns_of_a_csv_file_are_named_as_in_messages(header: str, row: str) -> None:
    imported = Imported(f"{header}\n{row}\n", DEFAULTS)

    assert imported.values == [("kitchen", MINUTE, 20.0)]


@pytest.mark.parametrize(
    ("columns", "content"),
    [
        (
            CsvOptions(sensors=("kitchen",), value_columns=("value",)),
            "timestamp,value\n2026-01-01 00:00:00,20\n",
        ),
        (
            CsvOptions(sensors=("kitchen",), units=(Unit.FAHRENHEIT,)),
            "timestamp,temperature\n2026-01-01,68\n",
        ),
        (KITCHEN, "id,timestamp,temperature\n17,2026-01-01,20\n"),
        (
            CsvOptions(sensor_column="room", time_column="2", value_columns=("3",)),
            "room,a,b\nkitchen,2026-01-01,20\n",
        ),
        (CsvOptions(time_step=0.001), "id,timestamp,temperature\nkitchen,1767225600000,20\n"),
        (
            CsvOptions(
                time_column="n", time_step=5, time_origin=datetime(2025, 12, 31, 23, 59, 50, tzinfo=UTC)
            ),
            "id,n,temperature\nkitchen,2,20\n",
        ),
        (
            CsvOptions(time_zone=ZoneInfo("Asia/Tokyo")),
            "id,data,temperatura\nkitchen,2026-01-01T09:00:00,20\n",
        ),
    ],
)
def test_options_name_other_columns(columns: CsvOptions, content: str) -> None:
    assert Imported(content, columns).values == [("kitchen", MINUTE, 20.0)]


@pytest.mark.parametrize(
    ("columns", "header", "message"),
    [
        (
            DEFAULTS,
            "a,b",
            "no column is named measured_at or timestamp or data or time: set --time-column",
        ),
        (CsvOptions(time_column="a"), "a,b", "no column is named temperature or temperatura"),
        (
            CsvOptions(time_column="a", value_columns=("b",)),
            "a,b",
            "no column is named sensor_id or id: set --sensor if all",
        ),
        (CsvOptions(time_column="c"), "a,b", "--time-column is 'c'; the file has the columns a, b"),
        (CsvOptions(time_column="0"), "a,b", "--time-column is '0'"),
        (DEFAULTS, "", "the file has no rows"),
    ],
)
def test_a_missing_column_is_an_error(columns: CsvOptions, header: str, message: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        Imported(header, columns)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("kitchen,2026-01-01 00:00:00,hot", "temperature is 'hot': must be a number"),
        ("kitchen,2026-01-01 00:00:00,nan", "temperature is 'nan': must be a finite number"),
        ("kitchen,2026-01-01 00:00:00,", "temperature is missing"),
        ("kitchen,2026-01-01 00:00:00", "temperature is missing"),
        (",2026-01-01 00:00:00,20", "sensor_id is missing"),
        ("kitchen,soon,20", "measured_at is 'soon': "),
        ("kitchen,1e300,20", "measured_at is '1e300': '1e300' is out of range"),
        ("kitchen,17,20", "measured_at is '17', in seconds since 1970 1970-01-01 00:00:17: set --time-step"),
        ("kitchen,2999-01-01 00:00:00,20", "ahead of the consumer's clock"),
        ("kitchen,2026-01-01 00:00:00,-300", "temperature is -300.0 celsius, outside -273.15"),
        ("kit\x07chen,2026-01-01 00:00:00,20", "must not contain control or other unprintable characters"),
        ("k" * 200 + ",2026-01-01 00:00:00,20", "must have 1 to 128 characters"),
        ("kitchen,2026-01-01 00:00:00,20,first", "sequence is 'first': must be a number"),
        ("kitchen,2026-01-01 00:00:00,20," + "9" * 400, "sequence is 9"),
        ("kitchen,2026-01-01 00:00:00,20,,none", "reading_id is 'none'"),
        ("kitchen,2026-01-01 00:00:00,2" + "0" * 200_000, "the line has more than 65536 characters"),
        ("kitchen,2026-01-01 00:00:00," + " " * 65_508 + "20", "the line has more than 65536 characters"),
        ('"' + "k" * 200_000 + ",2026-01-01 00:00:00,20", "the line has more than 65536 characters"),
        ('"kitchen,2026-01-01 00:00:00,20', 'a quote (") is not closed'),
        ('"kitchen"",2026-01-01 00:00:00,20', 'a quote (") is not closed'),
        ('"kit"chen,2026-01-01 00:00:00,20', 'a quote (") is inside a field'),
    ],
)
def test_an_invalid_row_is_reported_with_its_line_and_skipped(row: str, reason: str) -> None:
    good = "kitchen,2026-01-01 00:00:00,20"
    header = "sensor_id,timestamp,temperature,sequence,reading_id"
    imported = Imported(f"{header}\n\n{row}\n{good}\n", DEFAULTS)

    assert [message.sensor_id for message in imported.messages] == ["kitchen"]
    [(line, reported)] = imported.invalid
    assert reason in reported
    assert line == 3
    assert imported.position[1:] == (4, 1, 1, 0)


def test_a_quote_that_is_not_closed_invalidates_only_its_line() -> None:
    lines = ['"', *["x" * 60_000] * 3, "kitchen,2026-01-01 00:00:00,20"]

    imported = Imported("id,timestamp,temperature\n" + "\n".join(lines), DEFAULTS)

    assert [message.sensor_id for message in imported.messages] == ["kitchen"]
    assert [line for line, _ in imported.invalid] == [2, 3, 4, 5]
    assert 'a quote (") is not closed' in imported.invalid[0][1]


def test_invalid_utf8_matters_only_in_columns_that_are_used() -> None:
    rows = b"caf\xe9,2026-01-01 00:00:00,20,\nkitchen,2026-01-01 00:00:00,20,caf\xe9\n"

    imported = Imported(b"id,timestamp,temperature,caf\xe9\n" + rows, DEFAULTS)

    assert [message.sensor_id for message in imported.messages] == ["kitchen"]
    assert imported.invalid == [(2, "the row is not UTF-8: set --encoding, such as cp1252")]


def test_each_line_of_json_is_a_message_in_any_format() -> None:
    content = (
        b'\xef\xbb\xbf{"id": 1, "data": "2025-08-11T23:16:59.428169", "temperatura": 23.84}\r\n'
        b"\n"
        b'  {"sensor_id": "S1", "timestamp": "2023-10-01T12:00:00Z", "temperature": 68, "unit": "F"}\n'
        b"broken\n"
        b'{"sensor_id": "S1"}\n'
        b'{"sensor_id": "S1", "timestamp": "2023-10-01T12:00:01Z", "temperature": 1}'
    )

    imported = Imported(content)

    assert imported.values == [
        ("1", "2025-08-11T23:16:59.428169+00:00", 23.84),
        ("S1", "2023-10-01T12:00:00+00:00", 20.0),
        ("S1", "2023-10-01T12:00:01+00:00", 1.0),
    ]
    assert [line for line, _ in imported.invalid] == [4, 5]
    assert imported.invalid[1][1] == "measured_at and temperature are missing"
    assert imported.position == FilePosition(len(content), 6, 3, 2, 0)


def test_a_line_of_any_length_takes_constant_memory() -> None:
    file = io.BytesIO(b"x" * (3 * MAX_LINE_CHARACTERS) + b"\nshort\n")

    assert [len(line) for line in TextLines(file)] == [MAX_LINE_CHARACTERS, 5]

    imported = Imported(file.getvalue())
    assert [line for line, _ in imported.invalid] == [1, 2]
    assert "the body has 65537 bytes" in imported.invalid[0][1]


def test_a_reading_gets_the_id_that_a_consumer_would_derive() -> None:
    line = '{"id": "kitchen", "timestamp": "2026-01-01T00:00:00", "temperature": 68.1, "unit": "F"}'
    row = "id,timestamp,temperature,unit\nkitchen,2026-01-01 00:00:00,68.1,F\n"

    from_message = parse_reading(line.encode(), ParseContext(UTC_ZONE, datetime.now(UTC)))

    for imported in (Imported(line), Imported(row, DEFAULTS)):
        assert imported.readings == [from_message]
        assert imported.messages[0].message_id == str(from_message.reading_id)
    same_time = Imported("id,timestamp,temperature\nkitchen,2026-01-01,20\nkitchen,2026-01-01,21\n", DEFAULTS)
    assert len({message.message_id for message in same_time.messages}) == 2


def make_row(number: int, quoted: bool, good: bool) -> str:
    note = '"two\nlines, ""quoted"""' if quoted else "plain"
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    return f"{moment.isoformat() if good else 'never'},{number},{note}"


@given(
    rows=st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12),
    newline=st.sampled_from(["\n", "\r\n"]),
    data=st.data(),
)
def test_from_any_position_the_remaining_messages_are_the_same(
    rows: list[tuple[bool, bool]], newline: str, data: st.DataObject
) -> None:
    content = newline.join(["timestamp,temperature,note", *(make_row(n, *row) for n, row in enumerate(rows))])
    columns = KITCHEN
    whole = Imported(content, columns)
    start = data.draw(st.integers(0, len(whole.messages)))
    position = whole.messages[start - 1].context if start else FilePosition()

    rest = Imported(content, columns, position=position)

    assert rest.messages == whole.messages[start:]
    assert rest.position == whole.position
    assert (whole.position.published, whole.position.skipped) == (
        sum(good for _, good in rows),
        sum(not good for _, good in rows),
    )


@given(st.lists(st.one_of(st.binary(max_size=40), st.just(b'{"sensor_id":')), max_size=10))
def test_any_file_can_be_read_or_is_refused(lines: list[bytes]) -> None:
    content = b"\n".join(lines)

    with suppress(UnreadableFile):  # as CSV in place of JSON
        assert Imported(content).position.offset <= len(content)
    columns = CsvOptions(sensor_column="1", time_column="1", value_columns=("1",))
    with suppress(UnreadableFile):  # as a line with a unit
        assert Imported(b"a\n" + content, columns).position.published == 0


def test_missing_optional_columns_are_absent_from_the_message() -> None:
    [message] = Imported("id,timestamp,temperature,run_id\nkitchen,2026-01-01,20,\n", DEFAULTS).messages
    body: dict[str, Any] = json.loads(message.body)

    assert "run_id" not in body
    assert body["unit"] == "celsius"
