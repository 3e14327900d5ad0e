"""What is wrong with the rows of a file is counted by kind and listed by line."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readings.files import cleaning, seen_readings
from readings.files.cleaning import MAX_LINES
from readings.files.csv_options import CsvOptions
from readings.files.problems import Problem
from readings.files.seen_readings import Seen, SeenReadings
from tests.unit.history import Imported

HALL = CsvOptions(sensors=("hall",))
BERLIN = ZoneInfo("Europe/Berlin")


def clean(*rows: str, options: CsvOptions = HALL, zone: ZoneInfo = BERLIN) -> dict[Problem, tuple[int, ...]]:
    """Return the lines of each problem; the first row is line 2."""
    imported = Imported("\n".join(["timestamp,temperature,note", *rows]), options, zone=zone)
    assert all(rows.total == len(rows.lines) for rows in imported.cleaned)
    return {rows.problem: rows.lines for rows in imported.cleaned}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2026-01-05 10:00,4.5,", Problem.DUPLICATE),
        ("2026-01-05T09:00Z,4.50,", Problem.DUPLICATE),
        ("2026-01-05 10:00,4.6,", Problem.OTHER_TEMPERATURE),
        ("2026-01-05 12:00,,", Problem.MISSING),
        ("2026-01-05 12:00,NA,", Problem.MISSING),
        ("2026-01-05 12:00,-127,", Problem.SENTINEL),
        ("2026-01-05 12:00,85,", Problem.SENTINEL),
        ("2026-01-05 12:00,9999,", Problem.SENTINEL),
        ("2026-01-05 12:00,-300,", Problem.IMPOSSIBLE),
        ("1970-01-01 01:17,4.5,", Problem.UNSET_CLOCK),
        ("2000-01-01 00:17,4.5,", Problem.UNSET_CLOCK),
        ("2126-01-01 00:00,4.5,", Problem.FUTURE),
        ("2026-03-29 02:30,4.5,", Problem.SKIPPED_HOUR),
        ("2025-10-26 02:30,4.5,", Problem.UNDECIDED_HOUR),
        ("2026-01-05 12:00,4.5,Average", Problem.SUMMARY),
        ("2026-01-05 12:00,hot,", Problem.INVALID),
        (",,", Problem.NO_DATA),
    ],
)
def test_a_row_is_counted_by_what_is_wrong_with_it(row: str, problem: Problem) -> None:
    options = CsvOptions(sensors=("hall",), missing=("NA",))

    found = clean("2026-01-05 10:00,4.5,", "2026-01-05 11:00,5,", row, options=options)

    assert found[problem] == (4,)
    assert found.keys() <= {problem, Problem.OUT_OF_ORDER}


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_rows_out_of_order_are_those_against_the_order_of_the_file(*, newest_first: bool) -> None:
    hours = [1, 2, 3, 5, 4, 6, 7]

    found = clean(*(f"2026-01-05 {23 - h if newest_first else h:02}:00,{h}," for h in hours))

    assert found == {Problem.OUT_OF_ORDER: (6,)}


@pytest.mark.parametrize("other", ["Probe (°C)", "Temp F2"])
def test_rows_with_a_temperature_in_a_column_that_is_not_read_are_counted(other: str) -> None:
    content = f"timestamp,temperature,{other}\n2026-01-05 10:00,4.5,-18.2\n2026-01-05 11:00,4.5,\n"

    result = Imported(content, HALL)

    found = {rows.problem: rows.lines for rows in result.cleaned}
    assert found == {Problem.UNREAD_TEMPERATURE: (2,)}
    assert len(result.messages) == 2


def test_rows_of_a_repeated_hour_are_counted_although_the_order_decides() -> None:
    times = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]

    found = clean(*(f"2025-10-26 {time},{number}," for number, time in enumerate(times)))

    assert found == {Problem.REPEATED_HOUR: (3, 4, 5, 6)}


def test_a_download_that_repeats_the_history_has_only_duplicates() -> None:
    history = [f"2026-01-{day:02} 10:00,{day}," for day in range(1, 6)]

    found = clean(*history, *history, "2026-01-06 10:00,6,")

    assert found == {Problem.DUPLICATE: (7, 8, 9, 10, 11), Problem.OUT_OF_ORDER: (7,)}


def test_only_the_first_lines_are_listed() -> None:
    rows = ["2026-01-05 10:00,4.5"] * (MAX_LINES + 50)

    cleaned = Imported("\n".join(["timestamp,temperature", *rows]), HALL).cleaned

    assert [(rows.total, len(rows.lines)) for rows in cleaned] == [(MAX_LINES + 49, MAX_LINES)]


def test_a_bounded_number_of_readings_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "MAX_REMEMBERED", 2)
    rows = [f"2026-01-{day:02} 10:00,{day}," for day in range(1, 5)]

    assert clean(*rows, *rows)[Problem.DUPLICATE] == (6, 7)


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from([1.0, 2.0, 3.0])), max_size=200))
def test_each_reading_that_was_there_before_is_found_in_any_order(readings: list[tuple[int, float]]) -> None:
    seen, known = SeenReadings(), set[tuple[int, float]]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen_readings, "MAX_COLLECTED", 3)
        for time, temperature in readings:
            same_time = any(other == time for other, _ in known)
            expected = Seen.OTHER_TEMPERATURE if same_time else Seen.NEW
            expected = Seen.SAME if (time, temperature) in known else expected
            known.add((time, temperature))

            assert seen.add(time, temperature) is expected
