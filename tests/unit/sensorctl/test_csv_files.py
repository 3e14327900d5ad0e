"""CSV files as other programs write them: each is stored with the right value, or refused with its line."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from readings.files.csv_options import CsvOptions
from readings.model import Unit
from tests.unit.history import Imported
from tests.unit.sensorctl.csv_imports import NOON, error, options, refused, values


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_and_line_ends_are_recognised(encoding: str, end: str) -> None:
    content = end.join(["timestamp;température;temperature (°C)", "2026-01-01T12:00:00Z;é;20.5", ""])

    assert values(content.encode(encoding)) == [(NOON, 20.5)]


@pytest.mark.parametrize(
    ("content", "given"),
    [
        ("timestamp\ttemperature\n2026-01-01T12:00:00Z\t20.5\n", {}),
        ("timestamp|temperature\n2026-01-01T12:00:00Z|20.5\n", {}),
        ("timestamp;temperature\n2026-01-01T12:00:00Z;20,5\n", {"decimal": ","}),
        ('timestamp,temperature\n2026-01-01T12:00:00Z,"20,5"\n', {"decimal": ","}),
        ("timestamp:temperature\n1767268800:20.5\n", {"delimiter": ":"}),
        ("a logger\n\n# lines, of text\ntimestamp,temperature\n2026-01-01T12:00:00Z,20.5\n", {}),
        ("timestamp,temperature\n2026-01-01T12:00:00Z,20.5\n", {"skip_lines": 0}),
        ("timestamp,temperature\ntimestamp,temperature\n2026-01-01T12:00:00Z,20.5\n", {"skip_lines": 1}),
        ("2026-01-01T12:00:00Z,20.5\n", {"no_header": True, "time_column": "1", "value_columns": ("2",)}),
        ("2026-01-01T12:00:00Z,20.5\n", {"time_column": "1", "value_columns": ("2",)}),
        ("x\n2026-01-01T12:00:00Z;20,5\n", {
            "time_column": "1", "value_columns": ("2",), "decimal": ",", "skip_lines": 1,
        }),
        ("when,what\n2026-01-01T12:00:00Z,20.5\n", {"time_column": "1", "value_columns": ("2",)}),
        ("TIMESTAMP, Temperature \n2026-01-01T12:00:00Z, 20.5 \n", {}),
        ("Wann,Wert\n01.01.2026 13:00,20.5\n", {
            "time_column": "wann", "value_columns": ("WERT",), "time_format": "%d.%m.%Y %H:%M",
            "time_zone": ZoneInfo("Europe/Berlin"),
        }),
        ("timestamp,temperature\n2026-01-01 12:00:00 UTC,20.5\n", {}),
        ("timestamp,temperature\n2026-01-01 13:00:00+01,20.5\n", {}),
        ("timestamp,temperature\n2026-01-01 13:00:00 +0100,20.5\n", {}),
        ('"Date Time, GMT-08:00",temperature\n2026-01-01 04:00:00,20.5\n', {"time_column": "1"}),
        ("time (UTC),temperature\n2026-01-01 12:00:00,20.5\n", {"time_column": "1"}),
        ("d,t,temperature\n2026-01-01,12:00,20.5\n", {"time_column": "d", "time_of_day_column": "t"}),
        ("d,hour,temperature\n2026-01-01,12,20.5\n", {"time_column": "d", "time_of_day_column": "hour"}),
        ("d,t,temperature\n1/1/26,12:00:00 PM,20.5\n", {
            "time_column": "d", "time_of_day_column": "t", "time_format": "%m/%d/%y %I:%M:%S %p",
        }),
        ("timestamp,temperature\n2026-01-01T12:00:00Z,205\n", {"scale": Decimal("0.1")}),
        ("timestamp,temperature\n2026-01-01T12:00:00Z,+2.05e1\n", {}),
    ],
)  # fmt: skip
def test_a_layout_is_recognised_or_given(content: str, given: dict[str, Any]) -> None:
    assert values(content, **given) == [(NOON, 20.5)]


@pytest.mark.parametrize(
    ("header", "value", "celsius"),
    [
        ("Temperature_Fahrenheit", "68", 20.0),
        ("Temperature (℉)", "68", 20.0),
        ("Temperature(*F)", "68", 20.0),
        ("Temp (F)", "68", 20.0),
        ("temperature_k", "293.15", 20.0),
        ("Temp °C", "20", 20.0),
        ("temperature", "20", 20.0),
    ],
)
def test_the_unit_in_the_name_of_the_column_is_used(header: str, value: str, celsius: float) -> None:
    assert values(f"timestamp,{header}\n2026-01-01T12:00:00Z,{value}\n") == [(NOON, celsius)]
    named = values(f"timestamp,{header}\n2026-01-01T12:00:00Z,{value}\n", value_columns=(header,))
    assert named == [(NOON, celsius)]


def test_the_unit_in_a_column_is_used() -> None:
    content = (
        "timestamp,temperature,Unit\n2026-01-01T12:00:00Z,68,°F\n2026-01-01T12:00:00Z,293.15,K\n"
        "2026-01-01T12:00:00Z,20,\n"
    )

    assert values(content) == [(NOON, 20.0)] * 3
    renamed = content.replace("Unit", "scale")
    assert values(renamed, unit_column="scale", units=(Unit.CELSIUS,)) == [(NOON, 20.0)] * 3


@pytest.mark.parametrize(
    ("header", "row", "reason"),
    [
        (
            "timestamp,temperature",
            "2026-01-01T12:00:00Z,21,5",
            "the row has 3 fields, not the 2 of the header",
        ),
        ("timestamp,temperature,a", "2026-01-01T12:00:00Z,21,5,48,1", "the row has 5 fields"),
        (
            "timestamp;temperature",
            "2026-01-01T12:00:00Z;1,500",
            "must be a number with a decimal point; set --decimal",
        ),
        ("timestamp;temperature", "2026-01-01T12:00:00Z;1.234,5", "must be a number"),
        ("timestamp,temperature", "2026-01-01T12:00:00Z,2_1", "must be a number"),
        ("timestamp,temperature", "2026-01-01T12:00:00Z,21.5 %", "must be a number"),
        (
            "timestamp,temperature",
            "1767268800000,21.5",
            "set --time-step to the seconds per unit, such as 0.001",
        ),
        (
            "timestamp,temperature (F)",
            "2026-01-01T12:00:00Z,21.5 °C",
            "'temperature (F)' has values in fahrenheit",
        ),
        ("timestamp,temperature", "1. February 2026 12:00,21.5", "set --time-format if it is not ISO 8601"),
        ("timestamp,temperature", "2026-01-01 12:00:00 CET,21.5", "names the time zone CET"),
        ("timestamp,temperature", "17:00,21.5", "must be an ISO 8601 time"),
        (
            "timestamp,Hora,temperature",
            "2026-01-01,12:00,21.5",
            "'Hora' seems to be the time of day: set --time-of",
        ),
        ("timestamp,x,temperature", "2026-01-01,9:05 PM,21.5", "'x' seems to be the time of day"),
        ("timestamp,hour,temperature", "2026-01-01,9,21.5", "'hour' seems to be the time of day"),
        ("timestamp,temperature,unit", "2026-01-01T12:00:00Z,21.5,%", "unit is '%': must be celsius"),
        (
            "timestamp,temperature (F),unit",
            "2026-01-01T12:00:00Z,21.5,C",
            "the row is in celsius, and the column 'temperature (F)'",
        ),
        ("timestamp,temperature,note", "2026-01-01T12:00:00Z,2", "the file ends within this row"),
        (
            "timestamp,temperature",
            "1.77232E+12,21.5",
            "measured_at is '1.77232E+12', whose last digits are lost",
        ),
        (
            "timestamp,temperature",
            "1.772323e9,21.5",
            "measured_at is '1.772323e9', whose last digits are lost",
        ),
    ],
)
def test_what_can_be_misread_is_refused_with_its_line(header: str, row: str, reason: str) -> None:
    [(line, reported)] = refused(f"{header}\n{row}")

    assert line == 2
    assert reason in reported


TIMES = [f"2026-01-01T12:{minute:02}:00Z" for minute in range(20)]


@pytest.mark.parametrize(
    ("rows", "last", "cut"),
    [
        ([f"{time},14.2" for time in TIMES], "2026-01-01T12:30:00Z,1", "'1'"),
        ([f"{time},14.25" for time in TIMES], "2026-01-01T12:30:00Z,13.9", "'13.9'"),
        ([f"{time},68.1 °F" for time in TIMES], "2026-01-01T12:30:00Z,68.3", "'68.3'"),
    ],
)
def test_a_value_that_the_end_of_the_file_has_cut_is_refused(rows: list[str], last: str, cut: str) -> None:
    text = "\n".join(["timestamp,temperature", *rows, last])

    [(line, reason)] = Imported(text, options()).invalid

    assert line == 22
    assert reason.startswith(f"the file ends within this row: its last field is {cut}, shorter than in the")
    assert len(Imported(f"{text}\n", options()).messages) == 21


@pytest.mark.parametrize(
    ("rows", "last"),
    [
        ([f"{time},14.2" for time in TIMES], "2026-01-01T12:30:00Z,9.8"),
        ([f"{time},14.2" for time in TIMES], "2026-01-01T12:30:00Z,-13.9"),
        ([*(f"{time},14.2" for time in TIMES), "2026-01-01T12:29:00Z,14"], "2026-01-01T12:30:00Z,13"),
        ([f"{time},14.2" for time in TIMES[1:]], "2026-01-01T12:30:00Z,13"),
    ],
    ids=["fewer digits", "negative", "as other rows", "few rows"],
)
def test_a_last_row_without_a_line_break_is_read(rows: list[str], last: str) -> None:
    imported = Imported("\n".join(["timestamp,temperature", *rows, last]), options())

    assert len(imported.messages) == len(rows) + 1


@pytest.mark.parametrize(
    ("content", "given", "message"),
    [
        ("2026-01-01T12:00:00Z,20\n", {}, "line 1 is a row, and the file has no header: add --no-header"),
        ("1767268800;20\n", {}, "line 1 is a row, and the file has no header: add --no-header"),
        (
            "2026-01-01T12:00:00Z,20\n",
            {"no_header": True},
            "no column is named measured_at or timestamp or data or time",
        ),
        (
            "Datum,Temperatur °C\n01.03.2026 00:00,4,1\n",
            {},
            "the file has the columns Datum, Temperatur °C",
        ),
        (
            "time,temperature,temperatura\n",
            {"time_column": "1"},
            "'temperature' and 'temperatura' have one meaning",
        ),
        (
            "timestamp,data,temperature\n",
            {},
            "the columns 'timestamp' and 'data' have one meaning: set --time-col",
        ),
        ("timestamp,t,t\n", {"value_columns": ("t",)}, "the columns 2 and 3 have this name: use the number"),
        ("timestamp,t (rankine)\n", {"value_columns": ("2",)}, "gives the unit rankine"),
        (
            "timestamp,t (0.1 °C)\n",
            {"value_columns": ("t (0.1 °C)",)},
            "set --unit, and --scale for a scaled unit",
        ),
        ("timestamp,t (F)\n", {"value_columns": ("t (F)",), "units": (Unit.KELVIN,)}, "remove --unit"),
        (
            "t (UTC),temperature\n",
            {"time_column": "t (UTC)", "time_zone": ZoneInfo("Asia/Tokyo")},
            "remove --time-zone",
        ),
        ("timestamp,a,b\n", {"value_columns": ("a", "b")}, "give each its own --sensor"),
        ("timestamp,a,b,id\n", {"value_columns": ("a", "b"), "sensors": ()}, "give one --sensor for each"),
        (
            "timestamp,a,b\n",
            {"value_columns": ("a", "b"), "sensors": ("x", "y", "z")},
            "there are 3 --sensor and 2",
        ),
        (
            "timestamp,temperature\n",
            {"where": (("field", "temp"),)},
            "--where is 'field'; the file has the columns",
        ),
        (
            "timestamp,a,b,reading_id\n",
            {"value_columns": ("a", "b"), "sensors": ("x", "y")},
            "one --value-column only",
        ),
        ("a\n", {"skip_lines": 1}, "the file has no rows after 1 skipped lines"),
    ],
)
def test_a_file_that_is_not_recognised_says_what_to_do(
    content: str, given: dict[str, Any], message: str
) -> None:
    assert message in error(content, **given)


def test_several_value_columns_have_a_sensor_and_a_unit_each() -> None:
    content = "timestamp,in,out\n2026-01-01T12:00:00Z,20,68\n2026-01-01T12:00:00Z,,50\n"

    imported = Imported(
        content,
        CsvOptions(
            sensors=("hall", "yard"), value_columns=("in", "out"), units=(Unit.CELSIUS, Unit.FAHRENHEIT)
        ),
    )

    assert imported.values == [("hall", NOON, 20.0), ("yard", NOON, 20.0), ("yard", NOON, 10.0)]
    assert imported.left_out == [(3, "no value in in")]


def test_excluded_rows_are_left_out_with_their_lines() -> None:
    content = (
        "field,timestamp,temperature\ntemp,2026-01-01T12:00:00Z,20\nhum,2026-01-01T12:00:00Z,48\n"
        "temp,2026-01-01T12:00:00Z,NA\n\ntemp,2026-01-01T12:00:00Z,-9999\n,,\nfield,timestamp,temperature\n"
    )

    imported = Imported(content, options(where=(("field", "temp"),), missing=("NA", "-9999")))

    assert imported.left_out == [
        (3, "field is not temp"),
        (4, "a missing value"),
        (6, "a missing value"),
        (7, "empty"),
        (8, "the header again"),
    ]
    assert (len(imported.messages), imported.invalid) == (1, [])


def test_a_scaled_unit_is_accepted_with_a_unit_and_a_scale() -> None:
    content = "timestamp,t (0.1 °C)\n2026-01-01T12:00:00Z,205\n"

    assert values(content, value_columns=("2",), units=(Unit.CELSIUS,), scale=Decimal("0.1")) == [
        (NOON, 20.5)
    ]


def test_a_row_before_the_header_is_refused() -> None:
    imported = Imported(
        "x\n2026-01-01T12:00:00Z,1\ntimestamp,temperature\n2026-01-01T12:00:00Z,20\n", options()
    )

    assert imported.left_out == [(1, "before the header")]
    assert imported.invalid == [(2, "the row is before the header, which is line 3")]


def test_a_stray_quote_costs_its_own_line_only() -> None:
    rows = [f"2026-01-01T12:00:{second:02},{second},ok" for second in range(60)]
    rows[10] = rows[10].replace("ok", '"ok')
    rows[20] = '"two\nlines, in a note",x,'
    rows[30] = rows[30].replace("ok", '"two\nlines, in a note"')

    imported = Imported("timestamp,temperature,note\n" + "\n".join(rows), options())

    assert len(imported.messages) == 58
    assert [line for line, _ in imported.invalid] == [12, 22]
    assert "a quote" in imported.invalid[0][1]


def test_a_first_row_without_a_value_is_no_header() -> None:
    content = "2026-01-01T12:00:00Z,NA\n2026-01-01T12:00:00Z,20\n"

    assert [
        line for line, _ in Imported(content, options(time_column="1", value_columns=("2",))).invalid
    ] == [1]


def test_midnight_next_to_another_time_of_day_is_refused() -> None:
    row = "2026-01-01 00:00:00,{},20"
    header = "timestamp,hora,temperature\n"

    [(line, reason)] = refused(header + row.format("12:00"))
    assert (line, "'hora' seems to be the time of day" in reason) == (2, True)
    assert len(values(header + row.format("00:00:00"))) == 1
    assert len(values(header.replace("hora", "duration") + row.format("12:00"))) == 1


@pytest.mark.parametrize("time_format", ["%Y-%m-%d %H:%M UTC", "%Y-%m-%dT%H:%MZ"])
def test_utc_in_the_format_of_the_time_is_used(time_format: str) -> None:
    time = datetime(2026, 1, 1, 12, tzinfo=UTC).strftime(time_format)
    imported = Imported(
        f"timestamp,temperature\n{time},20\n", options(time_format=time_format), zone=ZoneInfo("Asia/Tokyo")
    )

    assert [stored for _, stored, _ in imported.values] == [NOON]
    assert "remove --time-zone" in error(
        "timestamp,temperature\n", time_format=time_format, time_zone=ZoneInfo("Asia/Tokyo")
    )


def test_a_time_with_an_exponent_and_all_digits_is_read() -> None:
    assert values("timestamp,temperature\n1.767268800E+09,20\n") == [(NOON, 20.0)]


def test_a_sensor_is_the_same_in_both_unicode_normal_forms() -> None:
    content = "id,timestamp,temperature\nKüche,2026-01-01T12:00:00Z,20\nKu\u0308che,2026-01-01T12:00:00Z,21\n"

    assert {reading.sensor_id for reading in Imported(content, CsvOptions()).readings} == {"Küche"}


@pytest.mark.parametrize(
    ("value", "celsius"),
    [("20.5 °C", 20.5), ("68.9°F", 20.5), ("68.9 F", 20.5), ("293.65K", 20.5), ("-3 degC", -3.0)],
)
def test_a_unit_next_to_the_value_is_used(value: str, celsius: float) -> None:
    assert values(f"timestamp,temperature\n2026-01-01T12:00:00Z,{value}\n") == [(NOON, celsius)]


def test_a_row_of_units_below_the_header_is_used_or_refused() -> None:
    content = "timestamp,temperature\n{}\n2026-01-01T12:00:00Z,68\n"

    given = "line 2 gives the unit fahrenheit for the column 'temperature'"
    assert error(content.format("UTC,°F")) == f"{given}: set --unit fahrenheit"
    assert f"{given}, and --unit is celsius" in error(content.format("UTC,°F"), units=(Unit.CELSIUS,))
    imported = Imported(content.format(",°F"), options(units=(Unit.FAHRENHEIT,)))
    assert (imported.values, imported.left_out) == ([("hall", NOON, 20.0)], [(2, "a row of units")])
    assert len(values(content.format(",[°C]"))) == 1


def test_a_unit_above_the_header_must_be_given() -> None:
    content = "Logger 1\nTemperature unit: °F\ntimestamp,temperature\n2026-01-01T12:00:00Z,68\n"

    assert "line 2, above the header, mentions fahrenheit: set --unit" in error(content)
    assert values(content, units=(Unit.FAHRENHEIT,)) == [(NOON, 20.0)]
    assert len(values(content.replace("°F", "°C"))) == 1
    assert values(content.replace("temperature\n2", "temperature (F)\n2")) == [(NOON, 20.0)]
