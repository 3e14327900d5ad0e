"""The native stack's files: passwords, logs and the state file."""

import errno
import os
import shutil
import stat
from pathlib import Path

import pytest

from native.logfile import rotate, tail
from native.secret import load_or_create_password, write_private
from native.state import read_state, write_state
from tests.unit.native.processes import handle_for, process_status, stack_state


def test_a_private_file_is_readable_by_its_owner_only_and_replaced_atomically(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secret"
    write_private(file, "first")
    write_private(file, "second")
    assert file.read_text() == "second"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_password_is_random_and_kept(tmp_path: Path) -> None:
    password = load_or_create_password(tmp_path / "first")
    assert len(password) >= 24
    assert load_or_create_password(tmp_path / "first") == password
    assert load_or_create_password(tmp_path / "second") != password


def test_a_log_is_rotated_while_its_writer_keeps_it_open(tmp_path: Path) -> None:
    log = tmp_path / "example.log"
    rotate(log, 10)
    with log.open("a") as writer:
        writer.write("0123456789ab\n")
        writer.flush()
        rotate(log, 10)
        writer.write("new\n")
    assert log.read_text() == "new\n"
    assert (tmp_path / "example.log.1").read_text() == "0123456789ab\n"


def test_a_log_stays_while_there_is_no_space_for_its_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "example.log"
    log.write_text("0123456789ab\n")

    def fail(_source: Path, copy: Path) -> None:
        copy.write_text("0123")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full_disk:
        full_disk.setattr(shutil, "copyfile", fail)
        with pytest.raises(OSError, match="No space left"):
            rotate(log, 10)
        assert [path.name for path in tmp_path.iterdir()] == ["example.log"]
        assert log.read_text() == "0123456789ab\n"
    rotate(log, 10)
    assert log.read_text() == ""


def test_a_log_stays_while_a_folder_has_the_name_of_its_copy(tmp_path: Path) -> None:
    log = tmp_path / "example.log"
    log.write_text("0123456789ab\n")
    (tmp_path / "example.log.1").mkdir()

    with pytest.raises(IsADirectoryError):
        rotate(log, 10)

    assert log.read_text() == "0123456789ab\n"


def test_the_tail_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "example.log"
    assert "no log" in tail(log)
    log.write_text("".join(f"{n}\n" for n in range(100_000)))
    assert tail(log, lines=2) == "99998\n99999"


def test_the_tail_of_a_log_begins_where_it_is_asked_to(tmp_path: Path) -> None:
    log = tmp_path / "example.log"
    log.write_text("previous\n")
    start = log.stat().st_size
    assert tail(log, start=start) == "(nothing was logged)"
    with log.open("a") as writer:
        writer.write("new\n")
    assert tail(log, start=start) == "new"
    log.write_text("rotated\n")
    assert tail(log, start=10_000) == "rotated"


def test_the_state_is_written_and_read(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    assert read_state(file) is None
    file.write_text("{")
    assert read_state(file) is None
    state = stack_state(handle_for(os.getpid()), [process_status(None)])
    write_state(file, state)
    assert read_state(file) == state
    assert state.supervisor.is_alive()
