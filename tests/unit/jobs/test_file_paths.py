"""Paths and names of files below a folder."""

import pytest

from jobs.file_paths import check_path, is_temporary, split_name


@pytest.mark.parametrize(
    "path", ["x.csv", "work/7/Kühlschrank 2.csv", "冷蔵庫/昨日.xlsx", "a..b/c...csv", "100%.csv"]
)
def test_a_path_below_a_folder_is_accepted(path: str) -> None:
    assert check_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "/etc/passwd", "../x", "a/../b", "a/./b", "a//b", "a/", "..", "a\\b", "%2e%2e/x", "a%2Fb",
        "a%5cb",        "http://host/x.csv", "a\x00b", "a\nb", "x" * 256, "a/" * 501,
    ],
)  # fmt: skip
def test_a_path_that_may_lead_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="must"):
        check_path(path)


@pytest.mark.parametrize(
    "name", [".part-1", "x.csv.part", "x.TMP", "x.csv~", "~$x.xlsx", ".DS_Store", "Thumbs.db"]
)
def test_a_file_that_is_being_written_is_recognised_by_its_name(name: str) -> None:
    assert is_temporary(name)


def test_other_names_are_files() -> None:
    assert not any(map(is_temporary, ["x.csv", "part.csv", "tmp.xlsx", "départ.csv"]))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("x.csv", ("x", ".csv")),
        ("x.csv.gz", ("x", ".csv.gz")),
        ("2026.11.27.xlsx", ("2026.11.27", ".xlsx")),
        ("fridge", ("fridge", "")),
        ("x.gz", ("x", ".gz")),
    ],
)
def test_a_name_has_a_stem_and_an_ending(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts
