"""Numbers, times and durations are as the language writes them, and no rounding hides what matters."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from reports.render.notation import ENGLISH, PORTUGUESE, format_offset, format_span

MINUS = "\N{MINUS SIGN}"
MOMENT = datetime(2026, 3, 5, 14, 7, 9, tzinfo=ZoneInfo("Europe/Berlin"))


def test_numbers_have_the_marks_of_their_language() -> None:
    assert ENGLISH.number(-1234567.891, 2) == f"{MINUS}1,234,567.89"
    assert PORTUGUESE.number(-1234567.891, 2) == f"{MINUS}1.234.567,89"


def test_what_rounds_to_zero_has_no_sign() -> None:
    assert ENGLISH.number(-0.004, 2) == "0.00"


@pytest.mark.parametrize(
    ("value", "text"), [(8.0, "8"), (-18.0, f"{MINUS}18"), (2.5, "2.5"), (1.0025, "1.0025")]
)
def test_limits_have_the_decimals_that_they_have(value: float, text: str) -> None:
    assert ENGLISH.exact(value) == text


def test_a_temperature_outside_a_limit_is_not_rounded_to_it() -> None:
    assert ENGLISH.temperature(8.004, [2.0, 8.0]) == "8.004"
    assert ENGLISH.temperature(8.0, [8.0]) == "8.00"
    assert ENGLISH.temperature(8.04, [8.0]) == "8.04"


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.99999, "99.99 %"),
        (0.0000001, "0.01 %"),
        (0.9189, "91.9 %"),
        (0.995, "99.50 %"),
    ],
)
def test_only_everything_is_100_percent(fraction: float, text: str) -> None:
    assert ENGLISH.percent(fraction).replace("\N{NO-BREAK SPACE}", " ") == text


def test_times_have_their_offset_and_the_order_of_their_language() -> None:
    assert ENGLISH.moment(MOMENT) == "5 Mar 2026 14:07:09 +01:00"
    assert PORTUGUESE.moment(MOMENT) == "05/03/2026 14:07:09 +01:00"
    assert ENGLISH.date(MOMENT) == "5 March 2026"
    assert PORTUGUESE.date(MOMENT) == "5 de março de 2026"


@pytest.mark.parametrize(
    ("offset", "text"),
    [
        (timedelta(), "+00:00"),
        (timedelta(hours=-3, minutes=-30), f"{MINUS}03:30"),
        (timedelta(hours=5, minutes=45), "+05:45"),
        (timedelta(minutes=19, seconds=32), "+00:19:32"),
    ],
)
def test_offsets(offset: timedelta, text: str) -> None:
    assert format_offset(datetime(2026, 1, 1, tzinfo=timezone(offset))) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.4, "< 1 s"),
        (59.6, "1 min"),
        (3605, "1 h 5 s"),
        (2 * 86_400 + 60, "2 d 1 min"),
        (12.4, "12 s"),
    ],
)
def test_durations_name_each_unit_that_is_in_them(seconds: float, text: str) -> None:
    assert format_span(seconds).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("count", "text"), [(999, "999 B"), (1000, "1.0 kB"), (1_834_211, "1.8 MB"), (5 * 10**12, "5,000.0 GB")]
)
def test_sizes(count: int, text: str) -> None:
    assert ENGLISH.size(count).replace("\N{NO-BREAK SPACE}", " ") == text


def test_a_year_of_utc_needs_no_zone_file() -> None:
    assert PORTUGUESE.day(datetime(2026, 12, 1, tzinfo=UTC)) == "01/12"
    assert [PORTUGUESE.month(datetime(2026, month, 1, tzinfo=UTC)) for month in (2, 9)] == ["fev", "set"]


def test_the_time_of_a_day_has_its_offset() -> None:
    assert ENGLISH.clock(MOMENT) == "14:07:09 +01:00"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0.0"), (0.0004, "< 0.001"), (0.0412, "0.041"), (1.5, "1.50"), (1588.64, "1,588.6")],
)
def test_small_amounts_are_not_rounded_to_nothing(value: float, text: str) -> None:
    assert ENGLISH.amount(value) == text
