"""Files that an operator names: never half of one under its name."""

import os
from pathlib import Path

import pytest
import typer

from sensorctl.files import reading, reading_bytes, writing


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_has_its_name_only_once_it_is_whole(tmp_path: Path) -> None:
    with writing(str(tmp_path / "out.csv")) as file:
        file.write("ü,1\r\n")
        assert "out.csv" not in names(tmp_path)

    assert (tmp_path / "out.csv").read_bytes() == "ü,1\r\n".encode()
    assert names(tmp_path) == ["out.csv"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_no_file(tmp_path: Path, error: type[BaseException]) -> None:
    def fail_half_way() -> None:
        with writing(str(tmp_path / "out.csv")) as file:
            file.write("half")
            raise error

    with pytest.raises(error):
        fail_half_way()

    assert names(tmp_path) == []


def test_a_full_disk_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, writing(str(tmp_path / "out.csv")):
        raise OSError(28, os.strerror(28))

    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == f"{tmp_path}/out.csv cannot be written: No space left on device\n"
    assert names(tmp_path) == []


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("precious")

    with (
        pytest.raises(typer.BadParameter, match="cannot be written: File exists"),
        writing(str(tmp_path / "out.csv")),
    ):
        raise AssertionError

    assert (tmp_path / "out.csv").read_text() == "precious"


@pytest.mark.parametrize("name", ["nowhere/out.csv", "file/out.csv"])
def test_a_place_where_nothing_can_be_written_is_a_wrong_call(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(typer.BadParameter, match="cannot be written: "), writing(str(tmp_path / name)):
        raise AssertionError


def test_a_dash_is_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with writing("-") as file:
        file.write("a line\n")

    assert capsys.readouterr().out == "a line\n"


@pytest.mark.parametrize("read", [reading, reading_bytes])
def test_a_file_that_cannot_be_read_is_a_wrong_call(tmp_path: Path, read: type) -> None:
    with pytest.raises(typer.BadParameter, match="cannot be read: No such file"):
        read(str(tmp_path / "nowhere"))
    with pytest.raises(typer.BadParameter, match="cannot be read: Is a directory"):
        read(str(tmp_path))
