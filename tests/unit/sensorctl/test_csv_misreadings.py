"""CSV files that are easily misread: zones outside the times, halves of the day, numbers that are dates."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.unit.sensorctl.csv_imports import error, refused, values

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("name", ["time_utc", "TimeUTC", "dateutc", "time (utc)"])
def test_a_column_in_utc_is_not_read_as_local(name: str) -> None:
    content = f"{name},temperature\n2026-07-01 12:00,20\n"

    assert values(content, time_column="1") == [("2026-07-01T12:00:00+00:00", 20.0)]
    assert "in UTC" in error(content, time_column="1", time_zone=BERLIN)


@pytest.mark.parametrize(
    "content",
    [
        "time,timezone,temperature\n2026-07-01 12:00,America/New_York,20\n",
        "time,utc_offset,temperature\n2026-07-01 12:00,-05:00,20\n",
    ],
)
def test_a_zone_in_a_column_of_its_own_is_not_ignored(content: str) -> None:
    [(line, message)] = refused(content)

    assert line == 2
    assert "set --time-zone" in message
    assert values(content, time_zone=UTC) == [("2026-07-01T12:00:00+00:00", 20.0)]
    assert values(content.replace("12:00,", "12:00Z,")) == [("2026-07-01T12:00:00+00:00", 20.0)]


def test_a_zone_above_the_header_is_not_ignored() -> None:
    content = "utc_offset_seconds,timezone\n3600,Europe/Berlin\n\ntime,temperature\n2026-01-01T12:00,20\n"

    assert error(content) == "line 1, above the header, mentions a time zone: set --time-zone"
    assert values(content, time_zone=BERLIN) == [("2026-01-01T11:00:00+00:00", 20.0)]
    assert values(content.replace("2026-01-01T12:00", "1767265200")) == [("2026-01-01T11:00:00+00:00", 20.0)]


def test_a_zone_without_an_offset_in_the_name_of_the_column_is_asked_for() -> None:
    assert error("Time (EST),temperature\n2026-01-01 12:00,20\n", time_column="1").endswith("set --time-zone")


def test_am_and_pm_in_a_column_of_their_own_are_not_ignored() -> None:
    content = "time,half,temperature\n2026-01-01 03:00,PM,20\n"

    assert "set it as --time-of-day-column" in refused(content)[0][1]
    assert values(content, time_of_day_column="half", time_format="%Y-%m-%d %I:%M %p") == [
        ("2026-01-01T15:00:00+00:00", 20.0)
    ]


@pytest.mark.parametrize(
    ("time", "half"), [("14:00", "PM"), ("09:00", "AM"), ("12:30", "pm"), ("00:30", "a.m.")]
)
def test_am_and_pm_that_are_those_of_the_hour_change_nothing(time: str, half: str) -> None:
    content = f"time,half,temperature\n2026-01-01 {time},{half},20\n"

    assert values(content) == [(f"2026-01-01T{time}:00+00:00", 20.0)]


@pytest.mark.parametrize(
    ("time", "column"), [("2026-01-01 09:00", "Initials"), ("2026-01-01T09:00:00Z", "shift")]
)
def test_initials_and_times_with_an_offset_have_no_half_of_the_day(time: str, column: str) -> None:
    assert values(f"time,{column},temperature\n{time},PM,20\n") == [("2026-01-01T09:00:00+00:00", 20.0)]


@pytest.mark.parametrize("column", ["Zeit", "secs", "hours"])
def test_all_rows_are_not_at_midnight_because_of_the_name_of_the_time_of_day(column: str) -> None:
    assert (
        "set --time-of-day-column"
        in refused(f"date,{column},temperature\n2026-01-01,3600,20\n", time_column="1")[0][1]
    )


def test_days_of_a_spreadsheet_are_local() -> None:
    content = "time,temperature\n46204.5,20\n"
    given = {"time_origin": datetime(1899, 12, 30), "time_step": 86_400, "time_zone": BERLIN}  # noqa: DTZ001 (local)

    assert values(content, **given) == [("2026-07-01T10:00:00+00:00", 20.0)]


@pytest.mark.parametrize(
    ("time", "hint"),
    [
        ("46204.5", "--time-origin 1899-12-30 --time-step 86400"),
        ("20260701", "--time-format"),
        ("202607011200", "--time-format"),
        ("17", "--time-step"),
    ],
)
def test_a_number_that_is_no_time_since_1970_has_a_hint(time: str, hint: str) -> None:
    [(_, message)] = refused(f"time,temperature\n{time},20\n")

    assert f"measured_at is '{time}', in seconds since 1970 " in message
    assert hint in message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("time temperature\n2026-01-01T12:00 20\n", "set --delimiter"),
        ("Zeit;Wert (°F)\n2026-01-01T12:00;20\n".encode("cp437"), "not UTF-8: set --encoding"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not text, but binary"),
        ('{"sensor_id": "a", "temperature": 1}\n', "set --format jsonl"),
        ("<html><table><tr><td>1\n", "HTML or XML"),
        (
            '"Plot Title: a"\n"#","Date Time","Temp"\n1,2026-01-01 12:00,20\n',
            "the columns #, Date Time, Temp",
        ),
    ],
)
def test_a_file_whose_columns_are_not_found_says_why(content: str | bytes, message: str) -> None:
    assert message in error(content)


def test_a_byte_order_mark_within_the_file_is_none_of_its_text() -> None:
    content = "\ufefftime,temperature\n2026-01-01T12:00Z,1\n"

    assert values(content + content.replace("12:00", "13:00")) == [
        ("2026-01-01T12:00:00+00:00", 1.0),
        ("2026-01-01T13:00:00+00:00", 1.0),
    ]


@pytest.mark.parametrize("text", ["'1,234.5'", "1 234", "1\u2009234.5"])
def test_separators_of_thousands_are_named(text: str) -> None:
    quoted = '"' + text.strip("'") + '"'

    assert (
        "without separators of thousands" in refused(f"time,temperature\n2026-01-01T12:00Z,{quoted}\n")[0][1]
    )


def test_a_quoted_field_after_a_space_is_quoted() -> None:
    content = '"time", "temperature"\n"2026-01-01T12:00Z", "20,5"\n'

    assert values(content, decimal=",") == [("2026-01-01T12:00:00+00:00", 20.5)]


def test_a_scale_in_one_word_is_not_ignored() -> None:
    assert "scaled unit" in error("time,temperature_milliC\n2026-01-01T12:00Z,900\n", value_columns=("2",))


@pytest.mark.parametrize("name", ["field", "_field", "Measurement", "parameter"])
def test_another_quantity_in_the_column_of_the_value_is_not_a_temperature(name: str) -> None:
    temperature = f"time,{name},value\n2026-01-01T12:00Z,temp,20\n"
    humidity = "2026-01-01T12:00Z,humidity,45\n"
    given = {"value_columns": ("value",)}

    assert values(temperature, **given) == [("2026-01-01T12:00:00+00:00", 20.0)]
    [(line, message)] = refused(temperature.replace("temp", "hum"), **given)
    assert line == 2
    assert f"--where {name}=TEXT" in message
    assert len(values(temperature + humidity, where=((name, "temp"),), **given)) == 1


def test_a_zone_in_the_format_of_the_time_is_asked_for() -> None:
    message = error("time,temperature\n1.7.2026 12:00 CEST,20\n", time_format="%d.%m.%Y %H:%M CEST")

    assert message == "'CEST' gives the time zone CEST, but no offset: set --time-zone"
