"""Local times of a CSV file: the order of the rows shows the pass of a repeated hour, or it is refused."""

import json
from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from readings.files.csv_options import CsvOptions
from readings.files.formats import FileFormat
from tests.unit.history import Imported

BERLIN = ZoneInfo("Europe/Berlin")


def import_times(*times: str, zone: ZoneInfo | timezone = BERLIN) -> Imported:
    rows = "".join(f"2024-{time},{number}\n" for number, time in enumerate(times))
    return Imported(f"timestamp,temperature\n{rows}", CsvOptions(sensors=("hall",)), zone=zone)


def stored(imported: Imported) -> dict[float, str]:
    """Return the times of day in UTC by the number of the row."""
    return {temperature: time[11:16] for _, time, temperature in imported.values}


@pytest.mark.parametrize(
    ("times", "utc"),
    [
        (["10-27 02:00", "10-27 02:00"], ["00:00", "01:00"]),
        (["10-27 01:00", "10-27 02:00", "10-27 02:00", "10-27 03:00"], ["23:00", "00:00", "01:00", "02:00"]),
        (["10-27 02:00", "10-27 02:30", "10-27 02:00", "10-27 02:30"], ["00:00", "00:30", "01:00", "01:30"]),
        (["10-27 01:59", "10-27 02:40", "10-27 02:10"], ["23:59", "00:40", "01:10"]),
        (["10-27 02:40", "10-27 02:10", "10-27 03:00"], ["00:40", "01:10", "02:00"]),
        # the newest row first
        (["10-27 03:00", "10-27 02:30", "10-27 02:00", "10-27 02:30", "10-27 02:00", "10-27 01:30"],
         ["02:00", "01:30", "01:00", "00:30", "00:00", "23:30"]),
        (["10-27 02:30", "10-27 02:00", "10-27 02:30", "10-27 02:00"], ["01:30", "01:00", "00:30", "00:00"]),
        (["10-27 02:00", "10-27 02:30", "10-27 01:00"], ["01:00", "00:30", "23:00"]),
    ],
)  # fmt: skip
def test_the_order_of_the_rows_distinguishes_the_passes(times: list[str], utc: list[str]) -> None:
    imported = import_times(*times)

    assert imported.invalid == []
    assert stored(imported) == dict(enumerate(utc))


@pytest.mark.parametrize(
    "times",
    [
        ["10-27 02:30"],
        ["10-27 01:30", "10-27 02:00", "10-27 02:30", "10-27 03:00"],
        ["10-27 03:00", "10-27 02:30", "10-27 02:00", "10-27 01:30"],
        ["10-27 02:30", "10-27 02:00"],
        ["10-27 01:00", "10-27 02:30", "10-27 02:00", "10-27 02:30", "10-27 02:00", "10-27 03:00"],
        ["10-27 01:00", "10-27 00:30", "10-27 02:30", "10-27 02:00", "10-27 03:00"],
    ],
)
def test_where_the_order_does_not_show_the_pass_lines_are_refused(times: list[str]) -> None:
    imported = import_times(*times)

    repeated = [line for line, time in enumerate(times, start=2) if " 02:" in time]
    assert [line for line, _ in imported.invalid] == repeated
    assert all("which occurs twice in Europe/Berlin" in reason for _, reason in imported.invalid)
    assert len(imported.messages) == len(times) - len(repeated)


def test_the_order_is_that_of_each_sensor() -> None:
    rows = ["a,02:00", "b,02:30", "a,02:30", "b,02:00", "a,02:00", "b,03:00", "a,02:30", "c,02:00"]
    content = "id,timestamp,temperature\n" + "".join(
        f"{row.replace(',', ',2024-10-27 ')},20\n" for row in rows
    )

    imported = Imported(content, CsvOptions(), zone=BERLIN)

    assert [(sensor, time[11:16]) for sensor, time, _ in imported.values] == [
        ("a", "00:00"), ("b", "00:30"), ("a", "00:30"), ("b", "01:00"), ("a", "01:00"), ("b", "02:00"),
        ("a", "01:30"),
    ]  # fmt: skip
    assert [line for line, _ in imported.invalid] == [9]


def test_each_year_has_its_own_repeated_hour() -> None:
    content = "timestamp,temperature\n" + "".join(
        f"{year} 02:30,{value}\n"
        for value, year in enumerate(["2023-10-29", "2023-10-29", "2024-10-27", "2024-10-27"])
    )

    imported = Imported(content, CsvOptions(sensors=("hall",)), zone=BERLIN)

    assert [time for _, time, _ in imported.values] == [
        "2023-10-29T00:30:00+00:00",
        "2023-10-29T01:30:00+00:00",
        "2024-10-27T00:30:00+00:00",
        "2024-10-27T01:30:00+00:00",
    ]


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    imported = import_times("03-31 01:30", "03-31 02:30", "03-31 03:30")

    assert stored(imported) == {0: "00:30", 2: "01:30"}
    [(line, reason)] = imported.invalid
    assert line == 3
    assert "which the clocks in Europe/Berlin skip" in reason
    assert "set --time-zone to its offset" in reason


def test_with_an_offset_no_time_is_repeated_or_skipped() -> None:
    winter = timezone(timedelta(hours=1))

    imported = import_times("03-31 02:30", "10-27 02:30", "10-27 02:00", zone=winter)

    assert imported.invalid == []
    assert stored(imported) == {0: "01:30", 1: "01:30", 2: "01:00"}


def test_a_time_with_an_offset_in_a_repeated_hour_is_that_moment() -> None:
    imported = import_times("10-27 02:30:00+02:00", "10-27 02:30:00+01:00")

    assert stored(imported) == {0: "00:30", 1: "01:30"}


@pytest.mark.parametrize("file_format", ["json", "jsonl"])
def test_the_order_of_messages_distinguishes_the_passes(file_format: FileFormat) -> None:
    times = ["2024-10-27T01:30:00", "2024-10-27T02:30:00", "2024-10-27T02:30:00", "2024-10-27T03:30:00"]
    messages = [{"id": "hall", "data": time, "temperatura": 20} for time in times]
    other = [{"id": "yard", "data": times[1], "temperatura": 20}]
    content = (
        "\n".join(map(json.dumps, messages + other))
        if file_format == "jsonl"
        else json.dumps(messages + other)
    )

    imported = Imported(content, file_format=file_format, zone=BERLIN)

    assert [time[11:16] for _, time, _ in imported.values] == ["23:30", "00:30", "01:30", "02:30"]
    [(line, reason)] = imported.invalid
    assert line == (5 if file_format == "jsonl" else 1)
    assert "showed twice" in reason


def test_a_message_with_a_zone_of_its_own_is_in_no_pass() -> None:
    times = ["2024-10-27T01:30:00", "2024-10-27T02:30:00", "2024-10-27T02:30:00", "2024-10-27T03:30:00"]
    messages = [{"id": "hall", "data": time, "temperatura": 20, "tz": "EST5"} for time in times]

    imported = Imported(json.dumps(messages), file_format="json", zone=BERLIN)

    assert [time[11:16] for _, time, _ in imported.values] == ["06:30", "07:30", "07:30", "08:30"]
