"""Columns and timestamps of CSV files."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from readings.csv_columns import column_index, parse_time

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-01-01", "2026-01-01 00:00:00", " 2026-01-01T00:00 ", "20260101T000000Z", "2026-01-01T01:00+01:00",
     "1767225600", " 1767225600.0 ", "1.7672256e9"],
)  # fmt: skip
def test_a_time_is_iso_8601_or_a_number_of_seconds(text: str) -> None:
    assert parse_time(text) == NEW_YEAR
    assert parse_time(text).tzinfo


def test_a_time_without_an_offset_is_in_the_zone() -> None:
    assert parse_time("2026-01-01 09:00", zone=ZoneInfo("Asia/Tokyo")) == NEW_YEAR
    assert parse_time("2026-01-01T00:00Z", zone=ZoneInfo("Asia/Tokyo")) == NEW_YEAR


def test_a_number_counts_steps_from_the_origin() -> None:
    assert parse_time("3", origin=NEW_YEAR, step_seconds=5) == NEW_YEAR + timedelta(seconds=15)
    assert parse_time("1767225600500", step_seconds=0.001) == NEW_YEAR + timedelta(milliseconds=500)


def test_hours_of_a_spreadsheet_are_exact_and_seconds_keep_their_microseconds() -> None:
    origin, day = datetime(1899, 12, 30, tzinfo=UTC), 46_023
    hours = [f"{day + hour / 24:.15g}" for hour in range(24)]

    assert [parse_time(text, origin=origin, step_seconds=86_400) for text in hours] == [
        NEW_YEAR + timedelta(hours=hour) for hour in range(24)
    ]
    assert parse_time("1767225600.000123") == NEW_YEAR + timedelta(microseconds=123)


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "-inf", "1e300", "2026-13-01", "24:00"])
def test_other_texts_are_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2026-01-01 12:00+24:00", "the offset's hour is 24"),
        ("2026-01-01T12:00:00+14:60", "the offset's minute is 60"),
        ("20260101T120000-1460", "the offset's minute is 60"),
        ("2026-02-29 12:00", "the day 2026-02-29 does not exist"),
        ("2026-01-01 24:00", "the hour is 24"),
    ],
)
def test_a_time_that_does_not_exist_is_explained(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_time(text)


def test_a_column_is_found_by_its_name_before_its_number() -> None:
    assert column_index(["a", "1", "b"], "1") == 1
    assert column_index(["a", "1", "b"], "3") == 2
    with pytest.raises(LookupError, match="the file has the columns a, b"):
        column_index(["a", "b"], "3")
