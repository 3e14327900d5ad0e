"""Times and ages in options."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import typer

from sensorctl.time_options import parse_age, parse_seconds, parse_time_or_age


@pytest.mark.parametrize(
    ("age", "seconds"),
    [("30s", 30), ("10m", 600), ("2h", 7200), ("1d", 86400), ("1w", 604800), ("1.5h", 5400)],
)
def test_an_age_is_parsed_to_a_time(age: str, seconds: float) -> None:
    before = datetime.now(UTC)

    time = parse_age(age)

    assert before <= time + timedelta(seconds=seconds) <= datetime.now(UTC)


@pytest.mark.parametrize("parse", [parse_age, parse_time_or_age])
@pytest.mark.parametrize("age", ["", "10", "h", "-1h", "1 year", "999999999w", "1e3s"])
def test_an_invalid_age_is_a_usage_error(age: str, parse: type) -> None:
    with pytest.raises(typer.BadParameter, match=r"is not an age|is neither a time nor an age"):
        parse(age)


@pytest.mark.parametrize("time", ["2026-13-01", "2026-11-31", "2026-11-26T25:00", "0001-01-01T00:00+14:00"])
def test_an_impossible_time_is_reported_as_a_time(time: str) -> None:
    with pytest.raises(typer.BadParameter, match=f"'{re.escape(time)}' is not a valid time: "):
        parse_time_or_age(time)


@pytest.mark.parametrize(
    ("time", "problem"),
    [
        ("2026-13-01", "the month is 13"),
        ("2026-02-30", "the day 2026-02-30 does not exist"),
        ("2026-01-01T12:00+24:00", "the offset's hour is 24"),
        ("2026-01-01T12:00+14:60", "the offset's minute is 60"),
    ],
)
def test_what_does_not_exist_is_named(time: str, problem: str) -> None:
    with pytest.raises(typer.BadParameter, match=problem):
        parse_time_or_age(time)


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "soon", "", "1e10"])
def test_an_invalid_number_of_seconds_is_a_usage_error(seconds: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not a number of seconds: use 0 or more, such as 90"):
        parse_seconds(seconds)
