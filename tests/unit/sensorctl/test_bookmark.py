"""How far a file was imported, kept beside it."""

from pathlib import Path

import pytest

from sensorctl.history.checkpoint import SUFFIX, Checkpoint
from sensorctl.history.csv_file import Place

PLACE = Place(offset=6, lines=1, published=1, refused=0)
LATER = Place(offset=12, lines=2, published=1, refused=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "history.csv"
    path.write_bytes(b"first\nother\n")
    return path


def kept(file: Path, *places: Place, meaning: str = "celsius") -> Path:
    bookmark = Checkpoint(file, meaning)
    assert bookmark.place() == Place()
    for place in places:
        bookmark.keep(place)
    assert bookmark.reason is None
    return file.with_name(file.name + SUFFIX)


def test_the_last_place_is_found_again(file: Path) -> None:
    kept(file, PLACE)
    again = Checkpoint(file, "celsius")
    assert again.place() == PLACE

    again.keep(LATER)

    assert Checkpoint(file, "celsius").place() == LATER
    assert sorted(path.name for path in file.parent.iterdir()) == ["history.csv", "history.csv.import"]


def test_a_file_that_has_grown_goes_on(file: Path) -> None:
    kept(file, PLACE, LATER)
    with file.open("ab") as more:
        more.write(b"third\n")

    assert Checkpoint(file, "celsius").place() == LATER


@pytest.mark.parametrize("content", [b"fir5t\nother\n", b"first\n", b""])
def test_a_file_that_was_changed_begins_anew(file: Path, content: bytes) -> None:
    kept(file, PLACE, LATER)
    file.write_bytes(content)
    bookmark = Checkpoint(file, "celsius")

    assert bookmark.place() == Place()

    file.write_bytes(b"first\nother\n")
    bookmark.keep(LATER)
    assert Checkpoint(file, "celsius").place() == LATER


def test_what_would_be_published_otherwise_begins_anew(file: Path) -> None:
    kept(file, PLACE, meaning="celsius")

    assert Checkpoint(file, "kelvin").place() == Place()


@pytest.mark.parametrize("noted", ["", "[]", "{", "7", '{"offset": "x"}', "\x00" * 40])
def test_a_spoilt_note_begins_anew(file: Path, noted: str) -> None:
    kept(file, PLACE).write_text(noted)

    assert Checkpoint(file, "celsius").place() == Place()


def test_a_finished_import_leaves_nothing(file: Path) -> None:
    kept(file, PLACE)

    Checkpoint(file, "celsius").remove()
    Checkpoint(file, "celsius").remove()

    assert [path.name for path in file.parent.iterdir()] == ["history.csv"]


def test_a_place_that_cannot_be_noted_gives_the_reason(file: Path) -> None:
    (file.with_name(file.name + SUFFIX)).mkdir()
    bookmark = Checkpoint(file, "celsius")

    assert bookmark.place() == Place()
    bookmark.keep(PLACE)

    assert bookmark.reason == "Is a directory"
    assert sorted(path.name for path in file.parent.iterdir()) == ["history.csv", "history.csv.import"]
