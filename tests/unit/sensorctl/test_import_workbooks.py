"""`sensorctl import` of Excel workbooks."""

import re
from pathlib import Path

import pytest
import xlsxwriter

from tests.unit.fakes import RunCommand

ROWS = "timestamp,temperature\n2026-01-01T12:00:00Z,20\n"


def test_a_dry_run_of_a_workbook_shows_its_first_rows_as_they_would_be_stored(
    sensorctl: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    file = tmp_path / "netatmo.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, ["timestamp", "Temperature (°F)"])
        sheet.write_row(1, 0, ["2026-01-01 12:00:00", 50])

    code, out, err = sensorctl("import", str(file), "--sensor", "hall", "--time-zone", "+01:00", "--dry-run")

    assert code == 0
    assert "sheet" in out
    assert "Data" in out
    assert "delimiter" not in out
    assert re.search(r"2 +│ hall +│ 2026-01-01T11:00:00\.000000Z +│ 10 ", out)
    assert "Would publish 1 reading, skipped 0 invalid lines." in err


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("a.xlsx", ["--delimiter", ";"], "--delimiter and --encoding apply to text only"),
        ("a.csv", ["--sheet", "Data"], "--sheet applies to workbooks (.xlsx) only"),
        ("a.xlsx", [], "the file is no Excel workbook (.xlsx)"),
        ("a.xls", [], "is neither .csv, .xlsx nor .jsonl: save the table as .xlsx or CSV"),
    ],
)
def test_an_option_for_another_kind_of_file_is_refused(
    sensorctl: RunCommand, tmp_path: Path, name: str, arguments: list[str], message: str
) -> None:
    file = tmp_path / name
    file.write_text(ROWS)

    code, _, err = sensorctl("import", str(file), "--sensor", "hall", *arguments)

    assert code == 2
    assert message in " ".join(err.replace("│", " ").split())
