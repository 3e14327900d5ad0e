"""The checkpoint of an import, a file next to the imported one."""

from pathlib import Path

import pytest

from readings.files.file_readings import FilePosition
from sensorctl.history.checkpoint import SUFFIX, Checkpoint

POSITION = FilePosition(offset=6, lines=1, published=1, skipped=0)
LATER = FilePosition(offset=12, lines=2, published=1, skipped=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "history.csv"
    path.write_bytes(b"first\nother\n")
    return path


def save(file: Path, *positions: FilePosition, options: str = "celsius") -> Path:
    checkpoint = Checkpoint(file, options)
    assert checkpoint.load() == FilePosition()
    for position in positions:
        checkpoint.save(position)
    assert checkpoint.write_error is None
    return file.with_name(file.name + SUFFIX)


def test_the_last_position_is_loaded(file: Path) -> None:
    save(file, POSITION)
    restarted = Checkpoint(file, "celsius")
    assert restarted.load() == POSITION

    restarted.save(LATER)

    assert Checkpoint(file, "celsius").load() == LATER
    assert sorted(path.name for path in file.parent.iterdir()) == ["history.csv", "history.csv.checkpoint"]


def test_an_import_continues_after_lines_were_appended(file: Path) -> None:
    save(file, POSITION, LATER)
    with file.open("ab") as more:
        more.write(b"third\n")

    assert Checkpoint(file, "celsius").load() == LATER


@pytest.mark.parametrize("content", [b"fir5t\nother\n", b"first\n", b""])
def test_a_changed_file_starts_from_the_beginning(file: Path, content: bytes) -> None:
    save(file, POSITION, LATER)
    file.write_bytes(content)
    checkpoint = Checkpoint(file, "celsius")

    assert checkpoint.load() == FilePosition()

    file.write_bytes(b"first\nother\n")
    checkpoint.save(LATER)
    assert Checkpoint(file, "celsius").load() == LATER


def test_other_options_start_from_the_beginning(file: Path) -> None:
    save(file, POSITION, options="celsius")

    assert Checkpoint(file, "kelvin").load() == FilePosition()


@pytest.mark.parametrize("content", ["", "[]", "{", "7", '{"offset": "x"}', "\x00" * 40])
def test_an_invalid_checkpoint_starts_from_the_beginning(file: Path, content: str) -> None:
    save(file, POSITION).write_text(content)

    assert Checkpoint(file, "celsius").load() == FilePosition()


def test_a_finished_import_deletes_its_checkpoint(file: Path) -> None:
    save(file, POSITION)

    Checkpoint(file, "celsius").delete()
    Checkpoint(file, "celsius").delete()

    assert [path.name for path in file.parent.iterdir()] == ["history.csv"]


def test_a_checkpoint_that_cannot_be_written_reports_the_error(file: Path) -> None:
    (file.with_name(file.name + SUFFIX)).mkdir()
    checkpoint = Checkpoint(file, "celsius")

    assert checkpoint.load() == FilePosition()
    checkpoint.save(POSITION)

    assert checkpoint.write_error == "Is a directory"
    assert sorted(path.name for path in file.parent.iterdir()) == ["history.csv", "history.csv.checkpoint"]
