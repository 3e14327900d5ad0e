"""LibreOffice opens a report's workbook, and has the values of the document in it."""

import csv
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reports.model import Cleaned
from reports.render.local_times import LocalTimes
from reports.render.xlsx import render_xlsx
from tests.unit.reports.render.documents import CALIBRATION, START, report, samples, sensor

# Commas, text in quotation marks and numbers without, UTF-8, from the first row, a file per sheet.
AS_STORED = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false,false,false,-1"
HOSTILE = '=cmd|" /C calc"!A1'
DOCUMENT = report(
    sensor(
        HOSTILE,
        samples((START + timedelta(minutes=10, milliseconds=n) * n, n / 7 - 30) for n in range(500)),
        name="Kühlraum 冷藏 ثلاجة",
        serial="0012",
        calibrations=(CALIBRATION,),
    ),
    cleaned=(Cleaned(reason="missing", count=2, lines=(3, 4)),),
)


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "report.xlsx"
    with path.open("wb") as file:
        render_xlsx(DOCUMENT, file)
    return path


def convert(workbook: Path, target: str, directory: Path) -> None:
    profile = f"-env:UserInstallation={(workbook.parent / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        target,
        "--outdir",
        str(directory),
        str(workbook),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Error" not in done.stderr, done.stderr


def sheets(directory: Path) -> dict[str, list[list[str]]]:
    found = {}
    for path in directory.glob("report-*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            found[path.stem.removeprefix("report-")] = list(csv.reader(file))
    return found


def test_each_reading_is_a_date_and_a_number(workbook: Path, tmp_path: Path) -> None:
    convert(workbook, AS_STORED, tmp_path)

    [head, *rows] = sheets(tmp_path)["Readings"]

    times, expected = LocalTimes("Europe/Berlin"), DOCUMENT.sensors[0].samples
    assert head == ["Sensor", "Time (Europe/Berlin)", "UTC offset", "Temperature, °C"]
    assert len(rows) == len(expected)
    for row, at, temperature in zip(rows, expected.times, expected.temperatures, strict=True):
        shown = datetime.fromisoformat(f"{row[1]}{row[2]}")
        difference = shown - datetime.fromisoformat(times.iso(at))
        assert abs(difference) <= timedelta(milliseconds=0.5)
        assert row[0] == HOSTILE
        assert float(row[3]) == pytest.approx(temperature, rel=1e-14)


def test_text_is_text_and_numbers_are_numbers(workbook: Path, tmp_path: Path) -> None:
    convert(workbook, AS_STORED, tmp_path)

    row = (tmp_path / "report-Readings.csv").read_text(encoding="utf-8").splitlines()[1]

    quoted = HOSTILE.replace('"', '""')
    assert row == f'"{quoted}",2026-03-28 23:00:00.000,"+01:00",-30'


def test_the_figures_are_those_of_the_document(workbook: Path, tmp_path: Path) -> None:
    convert(workbook, AS_STORED, tmp_path)

    found = sheets(tmp_path)

    assert sorted(found) == [
        "Calibrations", "Cleaned", "Excursions", "Gaps", "Limits", "Readings", "Summary",
    ]  # fmt: skip
    facts = {row[0]: row[1] for row in found["Summary"] if row[0]}
    assert (facts["Name"], facts["Serial number"]) == ("Kühlraum 冷藏 ثلاجة", "0012")
    assert (facts["Coverage"], facts["Interval of readings"]) == ("87.5%", "12:30:00 AM")
    assert (facts["Minimum, °C"], facts["Mean kinetic temperature, °C"]) == ("4", "4.6875")
    limit = dict(zip(*found["Limits"], strict=True))
    assert (limit["Time outside"], limit["Degree-minutes, K·min"]) == ("25:01:01", "112.5")
    excursion = dict(zip(*found["Excursions"], strict=True))
    assert (excursion["Duration"], excursion["Peak, °C"]) == ("03:00:01 AM", "9.25")
    assert found["Cleaned"][1][1:] == ["without a temperature", "2", "3, 4"]


def test_it_prints_with_the_head_on_each_page(workbook: Path, tmp_path: Path) -> None:
    convert(workbook, "pdf", tmp_path)

    command = ["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pages = text.split("\f")[:-1]
    for shown in ("87.50%", "4.69", "0:30:00", "25:01:01", "2026-03-29 04:00:01.000"):
        assert shown in text
    readings = [page for page in pages if HOSTILE in page and "Temperature, °C" in page]
    assert len(readings) > 5
    assert sum(page.count(HOSTILE) for page in readings) == len(DOCUMENT.sensors[0].samples)
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]
