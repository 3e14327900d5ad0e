"""Columns that mark the values of their rows: bad values are left out, and unknown codes are refused."""

import pytest

from readings.files.csv_options import CsvOptions
from tests.unit.history import Imported
from tests.unit.sensorctl.csv_imports import options, refused, values

GOOD_TIME, BAD_TIME = "2026-01-01T00:00:00+00:00", "2026-01-01T00:01:00+00:00"


def file(column: str, good: str, bad: str, value: str = "temperature") -> str:
    return f"time,{value},{column}\n{GOOD_TIME},21.5,{good}\n{BAD_TIME},99,{bad}\n"


def stored(content: str, given: CsvOptions | None = None) -> list[float]:
    return [temperature for _, _, temperature in Imported(content, given or options()).values]


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        ("quality", "good", "bad"),
        ("Quality", "Good", "Uncertain"),
        ("qc", "pass", "fail"),
        ("Temp Flag", "", "M"),
        ("qc_flag", "0", "suspect"),
        ("status", "ok", "error"),
        ("status", "online", "sensor error"),
        ("status", "battery low", "no sensor"),
        ("Status", "OK", "Fehler"),
        ("estado", "OK", "error"),
        ("StatusCode", "Good", "BadCommunicationError"),
        ("valid", "true", "false"),
        ("valid", "1", "0"),
        ("gültig", "ja", "nein"),
        ("IsGood", "TRUE", "FALSE"),
        ("Questionable", "FALSE", "TRUE"),
        ("error", "", "CRC"),
        ("error_code", "0", "5"),
        ("errors", "5", "CRC"),
        ("errors", "[]", "CRC"),
        ("error", "ninguno", "CRC"),
        ("quality", "buena", "bad"),
        ("reliability", "no-fault-detected", "over-range"),
    ],
)
def test_a_row_that_is_marked_as_bad_is_left_out(column: str, good: str, bad: str) -> None:
    imported = Imported(file(column, good, bad), options())

    assert [temperature for _, _, temperature in imported.values] == [21.5]
    [(line, reason)] = imported.left_out
    assert line == 3
    assert reason.startswith(
        f"the column '{column}' marks the value as bad; if it is good, set --where {column}="
    )
    assert imported.invalid == []


def test_bad_values_can_be_stored() -> None:
    content = file("status", "ok", "error")

    assert values(content, where=(("status", "ok"), ("status", "error"))) == [
        (GOOD_TIME, 21.5), (BAD_TIME, 99.0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "code"), [("quality", "192"), ("QC", "1"), ("Kvalitet", "G"), ("flag", "E")]
)
def test_a_code_without_a_known_meaning_is_refused(column: str, code: str) -> None:
    content = file(column, code, "bad")

    [(line, reason)] = refused(content)
    assert line == 2
    assert reason == (
        f"the column '{column}' is '{code}', which may mark a bad value: set --where {column}=TEXT for each "
        "TEXT of the values to store"
    )
    assert stored(content, options(where=((column, code),))) == [21.5]


@pytest.mark.parametrize(
    "column", ["battery_status", "air_quality", "link_quality", "humidity_valid", "alarm", "comment"]
)
def test_columns_about_something_else_are_ignored(column: str) -> None:
    assert stored(file(column, "ok", "bad")) == [21.5, 99.0]


@pytest.mark.parametrize("kind", ["setpoint", "forecast", "Target"])
def test_a_row_of_another_kind_of_value_is_refused(kind: str) -> None:
    content = f"time,temperature,type\n{GOOD_TIME},21.5,measured\n{BAD_TIME},99,{kind}\n"
    imported = Imported(content, options())

    assert [temperature for _, _, temperature in imported.values] == [21.5]
    [(line, reason)] = imported.invalid
    assert line == 3
    assert "leave such rows out with --where type=TEXT" in reason


def test_a_column_named_after_a_value_column_marks_only_that() -> None:
    content = f"time,attic,attic_flag,cellar\n{GOOD_TIME},99,bad,21.5\n"
    given = options(value_columns=("attic", "cellar"), sensors=("a", "c"))

    assert Imported(content, given).values == [("c", GOOD_TIME, 21.5)]


def test_the_quality_among_the_attributes_of_an_archive_of_noaa_is_read() -> None:
    content = f'DATE,TAVG,TAVG_ATTRIBUTES\n{GOOD_TIME},21.5,"H,,S"\n{BAD_TIME},99,"H,X,S"\n'

    assert stored(content, options(time_column="DATE", value_columns=("TAVG",))) == [21.5]
