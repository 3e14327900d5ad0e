"""The order of day and month is the one that the whole file shows; otherwise the file is refused."""

from datetime import datetime, timedelta

import pytest

from readings.files.date_order import find_time_format
from readings.files.errors import AmbiguousFile
from tests.unit.readings.logger_readings import imported

START = datetime(2024, 2, 1, 8)  # noqa: DTZ001 (times of a file)


def texts(time_format: str, hours: float, rows: int) -> list[str]:
    """Return the times of a file with one row every few hours."""
    return [(START + timedelta(hours=hours * row)).strftime(time_format) for row in range(rows)]


def months(time_format: str) -> list[str]:
    """Return the times of a file with one row per month."""
    return [START.replace(month=month).strftime(time_format) for month in range(1, 7)]


@pytest.mark.parametrize("time_format", ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d-%m-%Y %H:%M"])
def test_rows_a_month_from_each_other_are_not_taken_for_those_of_days(time_format: str) -> None:
    for rows in (months(time_format), months(time_format)[::-1], texts(time_format, 24, rows=6)):
        with pytest.raises(AmbiguousFile, match="can be read as day first or month first") as caught:
            find_time_format(rows)
        assert time_format in [choice.options["time_format"] for choice in caught.value.choices]


@pytest.mark.parametrize(
    ("time_format", "hours", "rows"),
    [
        ("%d/%m/%Y %H:%M", 1, 40),
        ("%m/%d/%Y %I:%M %p", 1 / 12, 400),
        ("%d/%m/%Y %H:%M", 12, 5),
        ("%d/%m/%Y %H:%M", 24, 13),
        ("%m.%d.%Y %H:%M", 1, 40),
        ("%y/%m/%d %H:%M", 24, 40),
    ],
)
def test_rows_of_a_logger_show_the_order(time_format: str, hours: float, rows: int) -> None:
    assert find_time_format(texts(time_format, hours, rows)) == time_format
    assert find_time_format(texts(time_format, hours, rows)[::-1]) == time_format


def test_dates_with_dots_have_the_day_first() -> None:
    time_format = "%d.%m.%Y %H:%M"

    assert find_time_format(months(time_format)) == time_format
    assert find_time_format(["05.04.2024 08:00"]) == time_format
    assert find_time_format(["04.13.2024 08:00"]) == "%m.%d.%Y %H:%M"
    with pytest.raises(AmbiguousFile, match="can be read as day first or year first"):
        find_time_format(["05.04.24 08:00"])


# A spreadsheet that expects the month first reads the dates up to the 12th, and saves them in its notation.
@pytest.mark.parametrize("saved", ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M"])
@pytest.mark.parametrize("is_newest_first", [False, True], ids=["oldest first", "newest first"])
def test_dates_that_a_spreadsheet_has_exchanged_are_refused(saved: str, is_newest_first: bool) -> None:
    days = [datetime(2024, 1, day, 9) for day in range(8, 18)]  # noqa: DTZ001 (times of a file)
    rows = [
        f"{day.replace(month=day.day, day=1):{saved}},20\n" if day.day <= 12 else f"{day:%d/%m/%Y %H:%M},20\n"
        for day in days[:: -1 if is_newest_first else 1]
    ]

    with pytest.raises(AmbiguousFile, match="dates have several notations, such as"):
        imported("time,temperature\n" + "".join(rows), sensors=("hall",))


def test_dates_with_the_year_first_and_texts_that_are_no_dates_have_no_other_notation() -> None:
    rows = ["2024-02-01 09:00,20", "00/00/0000 00:00,20", "2024/02/02 09:00,20", "2024-02-03 09:00,21"]

    result = imported("\n".join(["time,temperature", *rows]), sensors=("hall",))

    assert [celsius for _, _, celsius in result.values] == [20, 21]
    assert [line for line, _ in result.invalid] == [3, 4]
