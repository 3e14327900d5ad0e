"""Input and output files: an output file gets its name only when it is complete."""

import errno
import os
import sys
from pathlib import Path

import pytest
import typer

from sensorctl.files import open_binary_input, open_output, open_text_input


def file_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_gets_its_name_only_when_it_is_complete(tmp_path: Path) -> None:
    with open_output(str(tmp_path / "out.csv")) as file:
        file.write("ü,1\r\n")
        assert "out.csv" not in file_names(tmp_path)

    assert (tmp_path / "out.csv").read_bytes() == "ü,1\r\n".encode()
    assert file_names(tmp_path) == ["out.csv"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_no_file(tmp_path: Path, error: type[BaseException]) -> None:
    def fail_after_the_first_line() -> None:
        with open_output(str(tmp_path / "out.csv")) as file:
            file.write("first line\n")
            raise error

    with pytest.raises(error):
        fail_after_the_first_line()

    assert file_names(tmp_path) == []


def test_a_full_disk_is_reported_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as caught, open_output(str(tmp_path / "out.csv")):
        raise OSError(28, os.strerror(28))

    assert caught.value.exit_code == 1
    assert capsys.readouterr().err == f"cannot write {tmp_path}/out.csv: No space left on device\n"
    assert file_names(tmp_path) == []


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("precious")

    with (
        pytest.raises(typer.BadParameter, match=r"cannot write .*: File exists"),
        open_output(str(tmp_path / "out.csv")),
    ):
        raise AssertionError

    assert (tmp_path / "out.csv").read_text() == "precious"


@pytest.mark.parametrize("has_hard_links", [True, False])
def test_a_file_that_was_created_meanwhile_is_not_overwritten(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    has_hard_links: bool,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "no hard links")

    if not has_hard_links:
        monkeypatch.setattr(os, "link", refuse)

    with pytest.raises(typer.Exit), open_output(str(tmp_path / "out.csv")):
        (tmp_path / "out.csv").write_text("precious")
    assert capsys.readouterr().err == f"cannot write {tmp_path}/out.csv: File exists\n"
    assert (tmp_path / "out.csv").read_text() == "precious"
    assert file_names(tmp_path) == ["out.csv"]

    with open_output(str(tmp_path / "new.csv")) as file:
        file.write("complete\n")
    assert (tmp_path / "new.csv").read_text() == "complete\n"
    assert file_names(tmp_path) == ["new.csv", "out.csv"]


@pytest.mark.parametrize("name", ["nowhere/out.csv", "file/out.csv"])
def test_a_path_that_cannot_be_written_is_a_usage_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(typer.BadParameter, match="cannot write "), open_output(str(tmp_path / name)):
        raise AssertionError


def test_a_hyphen_is_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with open_output("-") as file:
        file.write("a line\n")

    assert capsys.readouterr().out == "a line\n"


@pytest.mark.parametrize("open_input", [open_text_input, open_binary_input])
def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path: Path, open_input: type) -> None:
    with pytest.raises(typer.BadParameter, match=r"cannot read .*: No such file"):
        open_input(str(tmp_path / "nowhere"))
    with pytest.raises(typer.BadParameter, match=r"cannot read .*: Is a directory"):
        open_input(str(tmp_path))


def test_what_a_killed_command_left_is_deleted(tmp_path: Path) -> None:
    (tmp_path / ".yesterday.csv.1.partial").write_text("abandoned")
    (tmp_path / ".other.partial").write_text("of another program")

    with open_output(str(tmp_path / "out.csv")) as file:
        file.write("complete\n")

    assert file_names(tmp_path) == [".other.partial", "out.csv"]


def test_what_a_running_command_writes_is_kept(tmp_path: Path) -> None:
    with open_output(str(tmp_path / "first.csv")) as first:
        first.write("first\n")
        with open_output(str(tmp_path / "second.csv")) as second:
            second.write("second\n")

    assert (tmp_path / "first.csv").read_text() == "first\n"
    assert file_names(tmp_path) == ["first.csv", "second.csv"]


def test_a_closed_stream_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(sys, "stdout", None)

    with pytest.raises(typer.BadParameter, match="standard input is closed"):
        open_binary_input("-")
    with pytest.raises(typer.BadParameter, match="standard output is closed"), open_output("-"):
        raise AssertionError
