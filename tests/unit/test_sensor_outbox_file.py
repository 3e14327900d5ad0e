"""The outbox's file: making it, claiming it, and what can be wrong with it."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sensor.events import SensorEvents
from sensor.opening import open_file
from sensor.outbox_file import SHRINK_ABOVE_PAGES, OutboxFileFailed, Outgoing
from service.errors import ConfigurationError, ServiceUnavailable
from tests.unit.fakes import Told
from tests.unit.outbox_bench import OutboxBench, reading


def test_its_directory_is_made(tmp_path: Path) -> None:
    path = tmp_path / "state" / "sensors" / "outbox"

    open_file(path, Told(SensorEvents).outbox_damaged).close()

    assert path.is_file()


def test_a_second_process_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sensor.opening.CLAIM_SECONDS", 0)
    path = tmp_path / "outbox"
    first = open_file(path, Told(SensorEvents).outbox_damaged)

    told = Told(SensorEvents)
    with pytest.raises(ConfigurationError, match=rf"OUTBOX_PATH is {path}, which another process uses"):
        open_file(path, told.outbox_damaged)

    assert told.names == []
    first.close()
    open_file(path, told.outbox_damaged).close()


def test_a_process_that_was_killed_leaves_no_claim(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    program = (
        "import os, pathlib, signal, sys; from sensor.opening import open_file;"
        "from sensor.outbox_file import Outgoing;"
        "file = open_file(pathlib.Path(sys.argv[1]), print); file.append([Outgoing('a', 'b', b'1')]);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=False, timeout=120)

    bench = OutboxBench(path)

    assert bench.drain() == [1]
    bench.outbox.close()


@pytest.mark.parametrize("parent", ["a file", "/proc"])
def test_a_path_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path, parent: str) -> None:
    (tmp_path / "a file").touch()
    path = tmp_path / parent / "outbox"

    with pytest.raises(ConfigurationError, match=rf"OUTBOX_PATH is {path}, which cannot be used: "):
        open_file(path, Told(SensorEvents).outbox_damaged)


def test_a_directory_is_no_outbox(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="unable to open database file"):
        open_file(tmp_path, Told(SensorEvents).outbox_damaged)


def test_a_disk_that_is_full_from_the_start_may_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def refuse(_connection: sqlite3.Connection) -> None:
        raise full

    monkeypatch.setattr("sensor.opening.OutboxFile", refuse)

    with pytest.raises(ServiceUnavailable, match=r"cannot be opened: database or disk is full"):
        open_file(tmp_path / "outbox", Told(SensorEvents).outbox_damaged)


def test_a_file_that_is_no_database_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    path.write_bytes(b"These are the notes of my holiday. " * 100)

    bench = OutboxBench(path)
    bench.put(1)

    [(aside, reason)] = bench.told.of("outbox_damaged")
    assert aside.name.startswith("outbox.corrupt-2")
    assert aside.read_bytes().startswith(b"These are the notes")
    assert reason == "file is not a database"
    assert bench.drain() == [1]
    bench.outbox.close()


def test_a_damaged_file_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    before = OutboxBench(path)
    before.file.append([reading(number) for number in range(1000)])
    before.outbox.close()
    content = bytearray(path.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    path.write_bytes(content)

    after = OutboxBench(path)

    [(aside, _)] = after.told.of("outbox_damaged")
    assert aside.read_bytes() == content
    assert len(after.outbox) == 0
    after.put(1)
    assert after.drain() == [1]
    after.outbox.close()


def test_rows_grow_even_when_the_file_was_empty_meanwhile(tmp_path: Path) -> None:
    file = open_file(tmp_path / "outbox", Told(SensorEvents).outbox_damaged)
    assert list(file.append([reading(1), reading(2)])) == [1, 2]
    file.delete([1, 2])

    assert list(file.append([reading(3)])) == [3]
    file.close()


def test_a_failed_commit_leaves_nothing_and_can_be_repeated(tmp_path: Path) -> None:
    bench = OutboxBench(tmp_path / "outbox")
    bench.disk.fill()
    many = [reading(number) for number in range(1000)]
    with pytest.raises(OutboxFileFailed, match="database or disk is full"):
        bench.file.append(many)
    assert (bench.file.rows, bench.file.last_row) == (0, 0)

    bench.disk.make_room()

    assert len(bench.file.append(many)) == bench.file.rows == 1000
    bench.outbox.close()


def test_the_disk_gets_back_what_a_long_outage_took(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    file = open_file(path, Told(SensorEvents).outbox_damaged)
    rows = file.append([Outgoing("kitchen", "id", bytes(4096)) for _ in range(SHRINK_ABOVE_PAGES)])
    file.sync_each_commit(wanted=False)
    file.sync_each_commit(wanted=True)
    assert path.stat().st_size > SHRINK_ABOVE_PAGES * 4096

    file.delete(rows)

    assert path.stat().st_size < 100_000
    file.close()
