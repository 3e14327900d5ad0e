"""The outbox's file: its creation, its lock, damage and failures."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from runtime.errors import ConfigurationError, ServiceUnavailable
from sensor.outbox.entry import OutboxEntry
from sensor.outbox.factory import open_outbox_file
from sensor.outbox.sqlite import VACUUM_THRESHOLD_PAGES, OutboxFileFailed
from sensor.telemetry import SensorTelemetry
from tests.unit.fakes import EventRecorder
from tests.unit.outbox_harness import OutboxHarness, entry


def test_the_directory_of_the_file_is_created(tmp_path: Path) -> None:
    path = tmp_path / "state" / "sensors" / "outbox"

    open_outbox_file(path, EventRecorder(SensorTelemetry).outbox_damaged).close()

    assert path.is_file()


def test_a_second_process_cannot_open_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sensor.outbox.factory.LOCK_TIMEOUT_SECONDS", 0)
    path = tmp_path / "outbox"
    first = open_outbox_file(path, EventRecorder(SensorTelemetry).outbox_damaged)

    events = EventRecorder(SensorTelemetry)
    with pytest.raises(ConfigurationError, match=rf"OUTBOX_PATH is {path}, which another process uses"):
        open_outbox_file(path, events.outbox_damaged)

    assert events.names == []
    first.close()
    open_outbox_file(path, events.outbox_damaged).close()


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    program = (
        "import os, pathlib, signal, sys;"
        "from sensor.outbox.entry import OutboxEntry;"
        "from sensor.outbox.factory import open_outbox_file;"
        "file = open_outbox_file(pathlib.Path(sys.argv[1]), print);"
        "file.append([OutboxEntry('a', 'b', b'1')]);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=False, timeout=120)

    harness = OutboxHarness(path)

    assert harness.drain() == [1]
    harness.outbox.close()


@pytest.mark.parametrize("parent", ["a file", "/proc"])
def test_a_path_that_cannot_be_written_is_a_configuration_error(tmp_path: Path, parent: str) -> None:
    (tmp_path / "a file").touch()
    path = tmp_path / parent / "outbox"

    with pytest.raises(ConfigurationError, match=rf"OUTBOX_PATH is {path}, which cannot be used: "):
        open_outbox_file(path, EventRecorder(SensorTelemetry).outbox_damaged)


def test_a_directory_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="unable to open database file"):
        open_outbox_file(tmp_path, EventRecorder(SensorTelemetry).outbox_damaged)


def test_a_disk_that_is_full_at_the_start_is_a_temporary_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def fail(_connection: sqlite3.Connection) -> None:
        raise full

    monkeypatch.setattr("sensor.outbox.factory.OutboxFile", fail)

    with pytest.raises(ServiceUnavailable, match=r"cannot be opened: database or disk is full"):
        open_outbox_file(tmp_path / "outbox", EventRecorder(SensorTelemetry).outbox_damaged)


def test_a_file_that_is_not_a_database_is_quarantined(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    path.write_bytes(b"These are the notes of my holiday. " * 100)

    harness = OutboxHarness(path)
    harness.put(1)

    [(quarantined, reason)] = harness.events.calls_to("outbox_damaged")
    assert quarantined.name.startswith("outbox.corrupt-2")
    assert quarantined.read_bytes().startswith(b"These are the notes")
    assert reason == "file is not a database"
    assert harness.drain() == [1]
    harness.outbox.close()


def test_a_damaged_file_is_quarantined(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    before = OutboxHarness(path)
    before.file.append([entry(number) for number in range(1000)])
    before.outbox.close()
    content = bytearray(path.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    path.write_bytes(content)

    after = OutboxHarness(path)

    [(quarantined, _)] = after.events.calls_to("outbox_damaged")
    assert quarantined.read_bytes() == content
    assert len(after.outbox) == 0
    after.put(1)
    assert after.drain() == [1]
    after.outbox.close()


def test_row_numbers_grow_even_after_the_file_was_empty(tmp_path: Path) -> None:
    file = open_outbox_file(tmp_path / "outbox", EventRecorder(SensorTelemetry).outbox_damaged)
    assert list(file.append([entry(1), entry(2)])) == [1, 2]
    file.delete([1, 2])

    assert list(file.append([entry(3)])) == [3]
    file.close()


def test_a_failed_commit_stores_nothing_and_can_be_retried(tmp_path: Path) -> None:
    harness = OutboxHarness(tmp_path / "outbox")
    harness.disk.fill()
    many = [entry(number) for number in range(1000)]
    with pytest.raises(OutboxFileFailed, match="database or disk is full"):
        harness.file.append(many)
    assert (harness.file.row_count, harness.file.last_row) == (0, 0)

    harness.disk.make_room()

    assert len(harness.file.append(many)) == harness.file.row_count == 1000
    harness.outbox.close()


def test_the_file_shrinks_once_a_long_backlog_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    file = open_outbox_file(path, EventRecorder(SensorTelemetry).outbox_damaged)
    rows = file.append([OutboxEntry("kitchen", "id", bytes(4096)) for _ in range(VACUUM_THRESHOLD_PAGES)])
    file.sync_each_commit(enabled=False)
    file.sync_each_commit(enabled=True)
    assert path.stat().st_size > VACUUM_THRESHOLD_PAGES * 4096

    file.delete(rows)

    assert path.stat().st_size < 100_000
    file.close()


def test_a_trace_survives_a_kill(tmp_path: Path) -> None:
    headers = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=1"}
    harness = OutboxHarness(tmp_path / "outbox")
    harness.outbox.put(entry(1)._replace(trace=headers), entry(2))

    restarted = harness.killed()

    assert [each.trace for each in restarted.outbox.next_batch(0, 2)] == [headers, None]
    restarted.outbox.close()


def test_a_file_without_a_column_for_traces_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE waiting (row INTEGER PRIMARY KEY, sensor_id TEXT NOT NULL, message_id TEXT NOT NULL"
            ", body BLOB NOT NULL)"
        )
        connection.execute("INSERT INTO waiting VALUES (1, 'kitchen', 'id-1', CAST('1' AS BLOB))")
        connection.commit()

    harness = OutboxHarness(path)
    harness.put(2)

    assert harness.drain() == [1, 2]
    harness.outbox.close()


@pytest.mark.parametrize(
    "damaged", ['{"traceparent', "[1]", "{}", '{"traceparent": "00"}', '{"traceparent": 0}']
)
def test_a_damaged_trace_is_none(tmp_path: Path, damaged: str) -> None:
    file = open_outbox_file(tmp_path / "outbox", lambda *_: None)
    file.append([entry(1)])
    file.close()
    with closing(sqlite3.connect(tmp_path / "outbox", isolation_level=None)) as connection:
        connection.execute("UPDATE waiting SET trace = ?", (damaged,))

    file = open_outbox_file(tmp_path / "outbox", lambda *_: None)

    assert [each.trace for _, each in file.read(0, 1, 10)] == [None]
    file.close()


@pytest.mark.parametrize(
    "damage",
    ["sensor_id = CAST(X'6bff' AS TEXT)", "trace = '{\"traceparent'", "message_id = CAST(X'ff' AS TEXT)"],
)
def test_a_row_with_a_damaged_text_does_not_hold_back_the_others(tmp_path: Path, damage: str) -> None:
    file = open_outbox_file(tmp_path / "outbox", lambda *_: None)
    file.append([OutboxEntry("kitchen", f"id-{n}", b"{}", {"traceparent": "00"}) for n in range(3)])
    file.close()
    with closing(sqlite3.connect(tmp_path / "outbox", isolation_level=None)) as connection:
        connection.execute(f"UPDATE waiting SET {damage} WHERE row = 2")

    file = open_outbox_file(tmp_path / "outbox", lambda *_: None)

    assert [row for row, _ in file.read(0, 3, 10)] == [1, 2, 3]
    file.close()
