"""A workbook has the values of the document as numbers, times and text, as another library reads them."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from reports.model import Cleaned, Report, Unmeasured
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
    fridge = sensor(
        "fridge", name="Fridge", location="Kühlraum 冷藏", serial="0012", calibrations=(CALIBRATION,)
    )
    freezer = sensor("freezer", no_mean_kinetic_temperature=Unmeasured.FROZEN, minimum=None, mean=None)

    rows = read(report(fridge, freezer))["Summary"]

    assert rows[0][0] == "Vaccines"
    assert fact(rows, "Start of the period") == [local("2026-03-28 23:00:00"), "UTC offset +01:00"]
    assert moment(fact(rows, "End of the period, not part of it")[0]) == local("2026-03-31 00:00:00")
    assert fact(rows, "Made at") == [local("2026-11-27 13:30:15"), "UTC offset +01:00"]
    assert fact(rows, "SHA-256 of the document")[0] == "ef" * 32
    first, second = table(rows, "Sensor")
    assert (first["Location"], first["Serial number"]) == ("Kühlraum 冷藏", "0012")
    assert (first["Coverage"], first["Usual interval"]) == (0.875, timedelta(minutes=30))
    assert (first["Minimum, °C"], first["Minimum: time"]) == (4.0, local("2026-03-28 23:00:00"))
    assert first["Mean kinetic temperature, °C"] == 4.6875
    assert (second["Minimum, °C"], second["Mean, weighted by time, °C"]) == ("", "")
    assert second["Mean kinetic temperature, °C"] == "not defined for frozen goods"


def test_times_outside_calibrations_and_inputs_follow_the_figures() -> None:
    rows = read(report(sensor(calibrations=(CALIBRATION,))))["Summary"]
    titles = [row[0] for row in rows]

    outside = dict(zip(*rows[titles.index("Limits") + 1 : titles.index("Limits") + 3], strict=True))
    calibration = rows[titles.index("Calibrations") + 2]
    source = rows[titles.index("Inputs") + 2]

    assert outside["Time outside"] == timedelta(days=1, hours=1, seconds=61)
    assert (outside["Degree-minutes, K·min"], outside["Source"]) == (112.5, "limit 12 of the sensor")
    assert calibration[4:6] == [1.01, -0.2]
    assert source[:4] == ["a.csv", 12, 1234, "cd" * 32]


def test_excursions_and_gaps_have_sheets_of_their_own() -> None:
    sheets = read(report())

    (excursion,), (gap,) = table(sheets["Excursions"], "Sensor"), table(sheets["Gaps"], "Sensor")
    assert excursion["Duration"] == timedelta(hours=3, seconds=1)
    assert (excursion["Peak, °C"], excursion["Acknowledged by"], excursion["Note"]) == (9.25, "ann", "door")
    assert (excursion["Start known"], excursion["End known"]) == ("no", "yes")
    assert excursion["End (Europe/Berlin)"] == local("2026-03-29 04:00:01")  # the clocks changed meanwhile
    assert gap["Duration"] == timedelta(hours=30)


def test_what_was_cleaned_is_listed_if_there_is_any() -> None:
    cleaned = (Cleaned(reason="duplicate", count=3, lines=(7, 8, 11)),)

    sheets = read(report(cleaned=cleaned))

    assert sheets["Cleaned"][1] == ["a.csv", "duplicate", 3, "7, 8, 11"]
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
        sheets = [archive.read(f"xl/worksheets/sheet{number}.xml") for number in (2, 3, 4)]
        workbook = archive.read("xl/workbook.xml")

    assert all(b'topLeftCell="A2"' in each and b'state="frozen"' in each for each in sheets)
    assert workbook.count(b"_xlnm.Print_Titles") == 3


def test_the_same_report_gives_the_same_bytes_but_for_the_time_of_making() -> None:
    document = report()

    assert rendered(document) == rendered(document)
    assert rendered(replace(document, made_at=MADE_AT + timedelta(seconds=1))) != rendered(document)


def test_a_report_in_portuguese() -> None:
    sheets = read(report(language="pt", cleaned=(Cleaned(reason="duplicate", count=1),)))

    assert list(sheets) == ["Resumo", "Excursões", "Lacunas", "Leituras", "Limpeza"]
    assert table(sheets["Excursões"], "Sensor")[0]["Limite"] == "acima de"


def test_a_report_without_readings_is_a_workbook() -> None:
    empty = sensor(
        "new", samples([]), interval_seconds=None, interval_source=None, minimum=None, maximum=None,
        mean=None, standard_deviation=None, mean_kinetic_temperature=None, coverage=0.0, outside=(),
        excursions=(), no_mean_kinetic_temperature=Unmeasured.NO_MEASURED_TIME,
    )  # fmt: skip

    sheets = read(report(empty))

    assert len(sheets["Readings"]) == 1
    assert table(sheets["Summary"], "Sensor")[0]["Mean kinetic temperature, °C"] == "no measured time"
