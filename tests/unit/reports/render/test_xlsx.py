"""A workbook has the values of the document as numbers, times and text, as another library reads them."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from reports.explanations import Unmeasured
from reports.model import Cleaned, Report
from reports.render import xlsx
from tests.unit.reports.render.documents import CALIBRATION, MADE_AT, START, report, samples, sensor

Row = list[Any]


def rendered(document: Report) -> bytes:
    file = io.BytesIO()
    xlsx.render_xlsx(document, file)
    return file.getvalue()


def read(document: Report) -> dict[str, list[Row]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(rendered(document)))
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


local = datetime.fromisoformat


def moment(value: date) -> datetime:
    """Return a time as it was written: the library returns a midnight as a date."""
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def table(rows: list[Row], first_head: str) -> list[dict[str, Any]]:
    """Return the rows below the head that begins so, by the names of the columns."""
    start = next(number for number, row in enumerate(rows) if row[0] == first_head and row[1])
    end = next((n for n in range(start, len(rows)) if rows[n][0] == ""), len(rows))
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 : end]]


def fact(rows: list[Row], name: str) -> Row:
    return next(row[1:3] for row in rows if row[0] == name)


def test_the_readings_are_exact_and_local_with_their_offset() -> None:
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    readings = samples([(START, 4.125), (change - timedelta(seconds=1), 0.1), (change, -4.0)])

    rows = read(report(sensor("0012", readings)))["Readings"]

    assert rows[0] == ["Sensor", "Time (Europe/Berlin)", "UTC offset", "Temperature, °C"]
    assert [(row[0], moment(row[1]), *row[2:]) for row in rows[1:]] == [
        ("0012", local("2026-03-28 23:00:00"), "+01:00", 4.125),
        ("0012", local("2026-03-29 01:59:59"), "+01:00", 0.1),
        ("0012", local("2026-03-29 03:00:00"), "+02:00", -4.0),
    ]


def test_the_summary_has_the_request_and_the_figures_of_each_sensor() -> None:
    fridge = sensor("fridge", name="Fridge", location="Kühlraum 冷藏", serial="0012")
    freezer = sensor("freezer", no_mean_kinetic_temperature=Unmeasured.FROZEN, minimum=None, mean=None)

    rows = read(report(fridge, freezer))["Summary"]

    assert rows[0][0] == "Vaccines"
    assert fact(rows, "Start of the period") == [local("2026-03-28 23:00:00"), "UTC offset +01:00"]
    assert moment(fact(rows, "End of the period, not part of it")[0]) == local("2026-03-31 00:00:00")
    assert fact(rows, "Made at") == [local("2026-11-27 13:30:15"), "UTC offset +01:00"]
    assert fact(rows, "SHA-256 of the data")[0] == "ef" * 32
    assert fact(rows, "a.csv") == [24, 1234]
    assert next(row for row in rows if row[3] == "SHA-256")[4:6] == ["Written by", "Times without an offset"]
    assert fact(rows, "Sensor") == ["fridge", "freezer"]
    assert fact(rows, "Location") == ["Kühlraum 冷藏", ""]
    assert fact(rows, "Serial number") == ["0012", ""]
    assert fact(rows, "Coverage") == [0.875, 0.875]
    assert fact(rows, "Interval of readings") == [timedelta(minutes=30)] * 2
    assert fact(rows, "Minimum, °C") == [4.0, ""]
    assert fact(rows, "Minimum: time") == [local("2026-03-28 23:00:00"), ""]
    assert fact(rows, "Mean, weighted by time, °C") == [4.625, ""]
    assert fact(rows, "Mean kinetic temperature, °C") == [4.6875, "not defined for frozen storage"]


def test_limits_and_calibrations_have_sheets_of_their_own() -> None:
    sheets = read(report(sensor(calibrations=(CALIBRATION,))))

    (limit,), (calibration,) = table(sheets["Limits"], "Sensor"), table(sheets["Calibrations"], "Sensor")
    assert limit["Time outside"] == timedelta(days=1, hours=1, seconds=61)
    assert (limit["Limit"], limit["Limit, °C"], limit["Source"]) == ("above", 8, "limit 12 of the sensor")
    assert (limit["Degree-minutes, K·min"], limit["Readings outside"]) == (112.5, 4)
    assert (calibration["Slope"], calibration["Offset, K"], calibration["Entered by"]) == (1.01, -0.2, "ann")
    assert "Calibrations" not in read(report())


def test_many_sensors_keep_the_names_of_their_figures_in_view() -> None:
    with zipfile.ZipFile(io.BytesIO(rendered(report(*(sensor(str(n)) for n in range(5)))))) as archive:
        assert b'topLeftCell="B1"' in archive.read("xl/worksheets/sheet1.xml")


def test_excursions_and_gaps_have_sheets_of_their_own() -> None:
    sheets = read(report())

    (excursion,), (gap,) = table(sheets["Excursions"], "Sensor"), table(sheets["Gaps"], "Sensor")
    assert excursion["Duration"] == timedelta(hours=3, seconds=1)
    assert (excursion["Peak, °C"], excursion["Acknowledged by"], excursion["Note"]) == (9.25, "ann", "door")
    assert (excursion["Start known"], excursion["End known"]) == ("no", "yes")
    assert excursion["End (Europe/Berlin)"] == local("2026-03-29 04:00:01")  # the clocks changed meanwhile
    assert gap["Duration"] == timedelta(hours=30)


def test_what_was_cleaned_is_listed_if_there_is_any() -> None:
    cleaned = (Cleaned(reason="missing", count=3, lines=(7, 8, 11)),)

    sheets = read(report(cleaned=cleaned))

    assert sheets["Cleaned"][1] == ["a.csv", "without a temperature", 3, "7, 8, 11"]
    assert "Cleaned" not in read(report())


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "https://example.org", "<r>x</r>"])
def test_text_stays_text(text: str) -> None:
    content = rendered(report(sensor(text, name=text), title=text, requested_by=text))

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not any(b"<f>" in part or b"<hyperlink" in part for part in parts.values())
    assert table(read(report(sensor(text)))["Readings"], "Sensor")[0]["Sensor"].strip() == text


def test_more_readings_than_a_sheet_holds_go_to_further_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 6)

    sheets = read(report(sensor("1"), sensor("2")))

    rows = [sheets[name] for name in ("Readings", "Readings 2", "Readings 3", "Readings 4", "Readings 5")]
    assert [len(each) for each in rows] == [6, 6, 6, 6, 5]
    assert {tuple(each[0]) for each in rows} == {tuple(rows[0][0])}
    assert [row[0] for each in rows for row in each[1:]] == ["1"] * 12 + ["2"] * 12


def test_the_head_of_each_list_stays_in_view_and_on_each_printed_page() -> None:
    with zipfile.ZipFile(io.BytesIO(rendered(report()))) as archive:
        sheets = [archive.read(f"xl/worksheets/sheet{number}.xml") for number in (2, 3, 4, 5)]
        workbook = archive.read("xl/workbook.xml")

    assert all(b'topLeftCell="A2"' in each and b'state="frozen"' in each for each in sheets)
    assert workbook.count(b"_xlnm.Print_Titles") == 4


def test_the_same_report_gives_the_same_bytes_but_for_the_time_of_making() -> None:
    document = report()

    assert rendered(document) == rendered(document)
    assert rendered(replace(document, made_at=MADE_AT + timedelta(seconds=1))) != rendered(document)


def test_without_room_for_temporary_files_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"No such file.*200 bytes per reading: set TMPDIR"):
        xlsx.render_xlsx(report(), io.BytesIO(), str(tmp_path / "missing"))


def test_a_report_in_portuguese() -> None:
    sheets = read(report(language="pt", cleaned=(Cleaned(reason="duplicate", count=1),)))

    assert list(sheets) == ["Resumo", "Limites", "Excursões", "Lacunas", "Leituras", "Limpeza"]
    assert table(sheets["Excursões"], "Sensor")[0]["Limite"] == "acima de"


def test_a_report_without_readings_is_a_workbook() -> None:
    empty = sensor(
        "new", samples([]), interval_seconds=None, interval_source=None, minimum=None, maximum=None,
        mean=None, standard_deviation=None, mean_kinetic_temperature=None, coverage=0.0, outside=(),
        excursions=(), no_mean_kinetic_temperature=Unmeasured.NO_MEASURED_TIME,
    )  # fmt: skip

    sheets = read(report(empty))

    assert len(sheets["Readings"]) == 1
    assert (
        fact(sheets["Summary"], "Mean kinetic temperature, °C")[0]
        == "no two readings follow each other without a gap"
    )
