"""Replay of a CSV file: columns, times, speed, and skipped rows."""

import itertools
import os
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from readings.model import Unit
from runtime.errors import ConfigurationError
from sensor.sources.csv_replay import CsvReplay, value_columns
from sensor.sources.measurement import Measurement

MakeReplay = Callable[..., CsvReplay]
ROWS = "timestamp,value\n2026-01-01T00:00:00,1\n2026-01-01T00:00:10,2\n2026-01-01T00:00:30,3\n"


@pytest.fixture
def replay(tmp_path: Path) -> MakeReplay:
    def make(content: str | bytes, **options: Any) -> CsvReplay:
        path = tmp_path / "recorded.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return CsvReplay(str(path), **{"loop": False, **options})

    return make


def values(source: CsvReplay) -> list[float]:
    return [measurement.temperature for measurement in source]


def dues(source: CsvReplay, count: int = 9) -> list[float]:
    return [measurement.due_seconds for measurement in itertools.islice(source, count)]


def test_without_a_speed_a_row_is_due_each_interval(replay: MakeReplay) -> None:
    source = replay(ROWS, interval_seconds=5)

    assert list(source) == [Measurement(0, 1), Measurement(5, 2), Measurement(10, 3)]


def test_with_a_speed_rows_keep_their_time_differences(replay: MakeReplay) -> None:
    assert dues(replay(ROWS, speed=1)) == [0, 10, 30]
    assert dues(replay(ROWS, speed=20)) == [0, 0.5, 1.5]


def test_rows_out_of_order_are_due_immediately(replay: MakeReplay) -> None:
    rows = "timestamp,value\n2026-01-01T00:00:10,1\n2026-01-01T00:00:00,2\n2026-01-01T00:00:20,3\n"

    assert dues(replay(rows, speed=1)) == [0, 0, 10]


def test_a_loop_restarts_one_interval_after_the_last_row(replay: MakeReplay) -> None:
    assert dues(replay(ROWS, loop=True, interval_seconds=5), 7) == [0, 5, 10, 15, 20, 25, 30]
    assert dues(replay(ROWS, loop=True, interval_seconds=5, speed=1), 7) == [0, 10, 30, 35, 45, 65, 70]


def test_readings_have_the_times_of_the_file_only_on_request(replay: MakeReplay) -> None:
    original = [measurement.measured_at for measurement in replay(ROWS, original_times=True)]

    assert original[1] == datetime(2026, 1, 1, 0, 0, 10, tzinfo=UTC)
    assert {measurement.measured_at for measurement in replay(ROWS)} == {None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01 12:00:00", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        (" 2026-01-01T12:00:00Z ", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ("2026-01-01T12:00:00+02:00", datetime(2026, 1, 1, 10, tzinfo=UTC)),
        ("1767268800", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ("1767268800.5", datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_a_time_is_iso_8601_or_seconds(replay: MakeReplay, text: str, expected: datetime) -> None:
    [measurement] = replay(f"timestamp,value\n{text},20\n", original_times=True)

    assert measurement.measured_at == expected


@pytest.mark.parametrize(
    ("text", "month"), [("13.02.2026 12:00", 2), ("2/13/2026 12:00:00 PM", 2), ("05.02.2026 12:00", 2)]
)
def test_the_order_of_a_date_is_that_of_an_import(replay: MakeReplay, text: str, month: int) -> None:
    [measurement] = replay(f"timestamp;value\n{text};20,5\n", original_times=True)

    assert measurement.measured_at is not None
    assert (measurement.measured_at.month, measurement.measured_at.hour) == (month, 12)


@pytest.mark.parametrize(("time", "value"), [("When", "°F"), ("3", "2"), ("When", "2")])
def test_a_column_is_given_by_its_header_or_its_number(replay: MakeReplay, time: str, value: str) -> None:
    content = "Place,°F,When\nhall,70.5,2026-01-01\n"

    source = replay(content, time_column=time, value_column=value, unit=Unit.FAHRENHEIT, original_times=True)

    assert list(source) == [Measurement(0, 70.5, Unit.FAHRENHEIT, datetime(2026, 1, 1, tzinfo=UTC))]


def test_a_header_that_is_a_number_takes_precedence(replay: MakeReplay) -> None:
    assert values(replay("timestamp,2,1\n2026-01-01,5,6\n", value_column="1")) == [6]


def test_a_byte_order_mark_quotes_and_crlf_are_accepted(replay: MakeReplay) -> None:
    content = b'\xef\xbb\xbf"timestamp","value"\r\n"2026-01-01","20.5"\r\n'

    assert values(replay(content)) == [20.5]


def test_rows_without_a_valid_time_and_value_are_skipped_and_counted(replay: MakeReplay) -> None:
    invalid = [
        "2026-01-01,hot",
        "2026-01-01,",
        "never,20",
        ",20",
        "2026-01-01",
        "2026-01-01,21,5",
        "2026-01-01,nan",
        "inf,20",
    ]
    invalid += ["2026-01-01,inf", "nan,20", "1e300,20", "2026-13-01,20", '"2026-01-01,20']
    source = replay(
        "timestamp,value\n2026-01-01,1\n" + "\n".join(invalid[:-1]) + "\n\n2026-01-02,2\n" + invalid[-1]
    )

    with capture_logs() as lines:
        assert values(source) == [1, 2]

    assert [(line["event"], line["rows"]) for line in lines] == [("rows skipped", len(invalid))]
    expected = "must be a number; if the text is that of a missing value, set --missing"
    assert lines[0]["first"] == f"line 3: temperature is 'hot': {expected}"


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [
        (
            "timestamp,Temp (°F)\n2026-01-01,70\n",
            {"value_column": "Temp (°F)"},
            Measurement(0, 70, Unit.FAHRENHEIT),
        ),
        ("timestamp,value,Unit\n2026-01-01,280,K\n", {}, Measurement(0, 280, Unit.KELVIN)),
        ("timestamp;value\r2026-01-01;20\r".encode("utf-16"), {}, Measurement(0, 20)),
        ("timestamp;value\n2026-01-01;20,25\n", {}, Measurement(0, 20.25)),
        ("2026-01-01T00:00,20\n", {"time_column": "1", "value_column": "2"}, Measurement(0, 20)),
        ('note\n\ntimestamp,value\n2026-01-01,20\n"2026-01-02,21\n', {}, Measurement(0, 20)),
    ],
)
def test_the_file_is_recognised_as_by_an_import(
    replay: MakeReplay, content: str | bytes, options: dict[str, Any], expected: Measurement
) -> None:
    with capture_logs():
        assert list(replay(content, **options)) == [expected]


def test_invalid_utf_8_invalidates_only_its_row(replay: MakeReplay) -> None:
    padding = "2026-01-01,1\n" * 10_000
    content = b"timestamp,value\n" + padding.encode() + b"2026-01-01,\xff\n2026-01-01,2\n"

    with capture_logs() as lines:
        assert values(replay(content))[-1] == 2

    assert lines[0]["rows"] == 1


def test_a_loop_over_a_file_without_a_valid_row_ends(replay: MakeReplay) -> None:
    with capture_logs():
        assert list(replay("timestamp,value\nnever,hot\n", loop=True)) == []
    assert list(replay("timestamp,value\n", loop=True)) == []


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("a,b\n", {}, "REPLAY_TIME_COLUMN is 'timestamp'; the file has the columns a, b"),
        ("timestamp,b\n", {}, "REPLAY_VALUE_COLUMN is 'value'; the file has the columns timestamp, b"),
        ("a,b\n", {"time_column": "0"}, "REPLAY_TIME_COLUMN is '0'"),
        ("a,b\n", {"time_column": "3"}, "REPLAY_TIME_COLUMN is '3'"),
        ("a,b\n", {"time_column": "-1"}, "REPLAY_TIME_COLUMN is '-1'"),
        ("", {}, "recorded.csv: the file has no rows"),
        (b"\xff\xfe\x00", {}, "the file is not UTF-16"),
        (b"PK\x03\x04\xff\xff", {}, "the file is an Excel workbook or another zip archive"),
        ("timestamp,value (°F)\n", {"value_column": "2", "unit": Unit.CELSIUS}, "and REPLAY_UNIT is celsius"),
        ("timestamp,value [%]\n", {"value_column": "2"}, "gives the unit %"),
        ("2026-01-01T00:00,20\n", {}, "the file has no header"),
        ("timestamp,value\n05/02/2026 12:00,20\n", {}, "can be read as day first or month first"),
    ],
)
def test_a_file_that_cannot_be_replayed_is_a_configuration_error(
    replay: MakeReplay, content: str | bytes, options: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        replay(content, **options)

    assert message in str(caught.value)


@pytest.mark.parametrize("path", ["/nowhere/at/all.csv", "/"])
def test_a_file_that_cannot_be_opened_is_a_configuration_error(path: str) -> None:
    with pytest.raises(ConfigurationError, match=f"SENSOR_SOURCE names {path}, which cannot be read: "):
        CsvReplay(path)


def test_a_pipe_is_a_configuration_error_and_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)

    with pytest.raises(ConfigurationError, match="it is a pipe, which can be read only once"):
        CsvReplay(str(path))


def test_many_sensors_may_replay_without_a_file_open_for_each(replay: MakeReplay) -> None:
    source = replay("timestamp,value\n" + "2026-01-01T00:00:00,20.5\n" * 1000)
    before = len(list(Path("/proc/self/fd").iterdir()))

    passes = [iter(source) for _ in range(50)]

    assert [next(measurements).temperature for measurements in passes] == [20.5] * 50
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 50
    assert all(sum(1 for _ in measurements) == 999 for measurements in passes[:2]), "all parts are read"


def test_a_file_without_a_column_for_a_sensor_is_a_configuration_error(tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    path.write_text("timestamp\n2026-01-01T00:00:00\n")

    with pytest.raises(ConfigurationError, match="has no column besides 'timestamp', which is the time's"):
        value_columns(str(path), "timestamp")


def test_a_sensor_keeps_little_of_its_file_in_memory(replay: MakeReplay) -> None:
    content = "timestamp,value\n" + "2026-01-01T00:00:00,20.5\n" * 10_000
    next(iter(replay(content)))  # what is kept once for all
    tracemalloc.start()
    try:
        passes = [iter(replay(content)) for _ in range(20)]
        assert all(map(next, passes))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 20 * 100_000, "a thousand sensors fit into the container's 128 MB"
