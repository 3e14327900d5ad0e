"""`sensorctl import` with an in-memory publisher: options, messages, checkpoint and exit codes."""

import io
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db.errors import StoreUnavailable
from sensorctl.history import importer
from tests.unit.fakes import RunCommand
from tests.unit.sensorctl.fake_bulk import HISTORY, FakeBulk


def test_a_file_is_published_and_counted(sensorctl: RunCommand, bulk: type[FakeBulk], file: Path) -> None:
    code, out, err = sensorctl("import", str(file), "--max-queue-depth", "7", "--retry-timeout", "5")

    assert (code, out) == (0, "")
    zone, *lines, undo, summary, hint = err.splitlines()
    assert zone.startswith("Times without an offset are read in UTC (NAIVE_TIME_ZONE). If the logger was in ")
    assert lines == [
        "Lost the connection to the broker (Connection reset by peer): retrying.",
        "The queue has 100 messages: publishing only as fast as the consumers store them.",
    ]
    assert summary == "Published 60 readings, skipped 0 invalid lines."
    assert len({message.message_id for message in bulk.published}) == 60
    assert {json.loads(message.body)["import_id"] for message in bulk.published} == {undo.split()[-1]}
    assert hint.startswith("Consumers store those that are not stored already. When the queue is empty, ")
    assert hint.endswith(
        f"`sensorctl import list` shows how many readings the import {undo.split()[-1]} brought."
    )
    assert undo.startswith("To delete these readings: sensorctl import undo ")
    assert bulk.options == {"queue": "sensor_data", "max_queue_depth": 7, "retry_timeout_seconds": 5}
    assert [path.name for path in file.parent.iterdir()] == ["history.csv"]


@pytest.mark.parametrize(
    ("name", "content", "options", "is_named"),
    [
        ("local.csv", "id,timestamp,temperature\nhall,2026-01-01 00:00,4\n", [], True),
        (
            "local.csv",
            "id,timestamp,temperature\nhall,2026-01-01 00:00,4\n",
            ["--time-zone", "Asia/Tokyo"],
            False,
        ),
        ("offset.csv", "id,timestamp,temperature\nhall,2026-01-01 00:00+09:00,4\n", [], False),
        (
            "header.csv",
            "id,time (UTC),temperature\nhall,2026-01-01 00:00,4\n",
            ["--time-column", "time (UTC)"],
            False,
        ),
        ("local.jsonl", '{"id": "hall", "data": "2026-01-01T00:00:00", "temperatura": 4}\n', [], True),
        ("offset.jsonl", '{"id": "hall", "data": "2026-01-01T00:00:00Z", "temperatura": 4}\n', [], False),
    ],
)
def test_the_zone_of_local_times_is_named_if_neither_the_file_nor_an_option_says_it(
    sensorctl: RunCommand,
    bulk: type[FakeBulk],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    content: str,
    options: list[str],
    is_named: bool,
) -> None:
    monkeypatch.setenv("NAIVE_TIME_ZONE", "Europe/Berlin")
    path = tmp_path / name
    path.write_text(content)

    code, _, err = sensorctl("import", str(path), *options)

    assert (code, len(bulk.published)) == (0, 1)
    assert ("Times without an offset are read in Europe/Berlin (NAIVE_TIME_ZONE)." in err) is is_named


def test_invalid_lines_are_reported_and_end_with_1(
    sensorctl: RunCommand, bulk: type[FakeBulk], file: Path
) -> None:
    file.write_text(HISTORY + "kitchen,never,20\nkitch\x1ben,2026-01-01 00:00:00,1\n")

    code, _, err = sensorctl("import", str(file))

    assert code == 1
    assert "line 62: measured_at is 'never': " in err
    assert "line 63: " in err
    assert "\x1b" not in err
    assert "Published 60 readings, skipped 2 invalid lines.\n" in err


def test_standard_input_is_imported(
    sensorctl: RunCommand, bulk: type[FakeBulk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(HISTORY.encode())))
    assert sensorctl("import", "-", "--format", "csv")[0] == 0
    line = '{"id": 1, "data": "2025-08-11T23:16:59", "temperatura": 23.84}\n' * 3
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line.encode())))
    bulk.allowed = 2

    code, _, err = sensorctl("import", "-")

    assert code == 69
    assert "Published 2 readings, up to line 2. Importing it again" in err
    assert len(bulk.published) == 62


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_a_pipe_is_imported_as_of_a_process_substitution(
    sensorctl: RunCommand, bulk: type[FakeBulk], options: list[str]
) -> None:
    reader, writer = os.pipe()
    os.write(writer, HISTORY.encode())
    os.close(writer)

    code, _, err = sensorctl("import", f"/dev/fd/{reader}", "--format", "csv", *options)
    os.close(reader)

    assert code == 0, err
    assert len(bulk.published) == (0 if options else 60)
    assert f"{'Would publish' if options else 'Published'} 60 readings" in err


@pytest.mark.parametrize("is_stream", [False, True])
def test_temperatures_that_may_be_in_fahrenheit_are_published_only_with_their_unit(
    sensorctl: RunCommand, bulk: type[FakeBulk], file: Path, monkeypatch: pytest.MonkeyPatch, is_stream: bool
) -> None:
    content = "timestamp,temperature\n2026-01-01T00:00:00Z,68.0\n2026-01-01T00:01:00Z,50\n"
    file.write_text(content)
    arguments = ("-", "--format", "csv") if is_stream else (str(file),)

    def run(*options: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
        return sensorctl("import", *arguments, "--sensor", "hall", *options)

    code, _, err = run()
    assert (code, bulk.published) == (2, [])
    assert "the unit of temperatures is not given" in err
    assert ("Reading all of the input first" in err) == is_stream

    assert run("--unit", "F")[0] == 0
    assert [json.loads(message.body)["temperature"] for message in bulk.published] == [20.0, 10.0]


@pytest.mark.parametrize("is_stream", [False, True])
def test_rows_of_several_devices_are_not_published_as_those_of_one_sensor(
    sensorctl: RunCommand, bulk: type[FakeBulk], file: Path, monkeypatch: pytest.MonkeyPatch, is_stream: bool
) -> None:
    content = "room,timestamp,temperature\nhall,2026-01-01T00:00:00Z,20\nyard,2026-01-01T00:01:00Z,5\n"
    file.write_text(content)
    arguments = ("-", "--format", "csv") if is_stream else (str(file),)

    def run(*options: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
        return sensorctl("import", *arguments, *options)

    code, _, err = run("--sensor", "hall", "--unit", "C")
    assert (code, bulk.published) == (2, [])
    assert "the column 'room' names several devices" in " ".join(err.replace("│", " ").split())
    assert ("a column of it may name several devices" in err) == is_stream
    assert run("--sensor", "hall", "--unit", "C", "--dry-run")[0] == 1

    assert run("--sensor-column", "room")[0] == 0
    assert [json.loads(message.body)["sensor_id"] for message in bulk.published] == ["hall", "yard"]


@pytest.mark.usefixtures("bulk")
def test_a_naive_time_is_in_the_time_zone_of_the_consumers(
    sensorctl: RunCommand, bulk: type[FakeBulk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, line in (
        ("a.csv", "id,data,temperatura\n1,2026-01-01 09:00,1\n"),
        ("a.jsonl", '{"id": 1, "data": "2026-01-01T09:00", "temperatura": 1}'),
    ):
        (tmp_path / name).write_text(line)
        monkeypatch.setenv("NAIVE_TIME_ZONE", "Asia/Tokyo")
        sensorctl("import", str(tmp_path / name))
        monkeypatch.setenv("NAIVE_TIME_ZONE", "Europe/Berlin")
        sensorctl("import", str(tmp_path / name), "--time-zone", "Asia/Tokyo")

    assert all(b"2026-01-01T00:00:00.000000Z" in message.body for message in bulk.published)
    assert len(bulk.published) == 4
    assert len({message.message_id for message in bulk.published}) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["/nowhere.csv"], "cannot read /nowhere.csv: No such file"),
        (["history.log"], "history.log is neither .csv, .xlsx nor .jsonl: set --format"),
        (["x.jsonl", "--sensor", "1"], "apply to CSV files and workbooks only"),
        (
            ["FILE", "--sensor", "1", "--sensor-column", "id"],
            "--sensor and --sensor-column exclude each other",
        ),
        (["FILE", "--unit", "stone"], "'stone' is not a unit"),
        (["FILE", "--time-zone", "Mars/Olympus"], "must be a time zone such as UTC"),
        (["FILE", "--value-column", "humidity"], "--value-column is 'humidity'; the file has the columns"),
        (["FILE", "--max-queue-depth", "-1"], "--max-queue-depth"),
    ],
)
@pytest.mark.usefixtures("bulk")
def test_a_usage_error_ends_with_2(
    sensorctl: RunCommand, file: Path, arguments: list[str], message: str
) -> None:
    code, _, err = sensorctl("import", *(str(file) if a == "FILE" else a for a in arguments))

    assert code == 2
    assert message in " ".join(err.replace("│", " ").split())


@pytest.mark.parametrize(("choice", "published"), [("dead-letter", 30), ("store", 60)])
def test_readings_older_than_the_retention_are_left_out_with_their_lines_or_published_with_a_warning(
    sensorctl: RunCommand,
    bulk: type[FakeBulk],
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    choice: str,
    published: int,
) -> None:
    monkeypatch.setattr(importer, "retained_since", lambda _: datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC))
    monkeypatch.setenv("PAST_RETENTION", choice)

    code, _, err = sensorctl("import", str(file))

    assert code == 0
    assert len(bulk.published) == published
    assert f"Published {published} readings, skipped 0 invalid lines." in err
    if choice == "store":
        assert "Warning: 30 of these readings are older than the retention (RETENTION_DAYS)" in err
    else:
        assert "Left out 30 lines (measured before 2026-01-01: older than the retention" in err
        assert "set PAST_RETENTION=store): 2-31" in err


@pytest.mark.parametrize("option", [[], ["--dry-run"]])
def test_readings_outside_the_plausible_range_are_left_out_with_their_lines(
    sensorctl: RunCommand,
    bulk: type[FakeBulk],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: list[str],
) -> None:
    monkeypatch.setenv("PLAUSIBLE_MAX", "60")
    file = tmp_path / "probe.csv"
    file.write_text(
        "sensor_id,measured_at,temperature\n"
        "1,2026-01-01T00:00:00Z,60\n1,2026-01-01T00:01:00Z,85\n1,2026-01-01T00:02:00Z,85\n"
    )

    code, _, err = sensorctl("import", str(file), "--unit", "C", *option)

    assert code == 0
    assert len(bulk.published) == (0 if option else 1)
    assert f"{'Would publish' if option else 'Published'} 1 reading" in err
    assert (
        "Left out 2 lines (outside the plausible range (PLAUSIBLE_MIN, PLAUSIBLE_MAX), -273.15 to 60 °C): 3-4"
        in err
    )


def test_without_the_database_nothing_is_left_out(
    sensorctl: RunCommand, bulk: type[FakeBulk], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_settings: Any) -> None:
        raise StoreUnavailable("Connection refused")

    monkeypatch.setattr(importer, "retained_since", fail)

    assert sensorctl("import", str(file))[0] == 0
    assert len(bulk.published) == 60
