"""The PDF of a report has everything that a page must say, as PDF/A, whatever the names in it are."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import typst
from pypdf import PdfReader

from reports.model import Cleaned, Report
from reports.render import content, pdf
from reports.render.literal import code_point
from tests.unit.reports.render.documents import (
    CALIBRATION,
    EXCURSION,
    GAP,
    HIGH,
    START,
    report,
    samples,
    sensor,
)

BREAK = "\N{ZERO WIDTH SPACE}"


def read(document: Report) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.render_pdf(document)))


def text(reader: PdfReader) -> str:
    """Return the text of the pages without what joins or breaks words."""
    pages = "\n".join(page.extract_text() for page in reader.pages)
    return " ".join(pages.replace(BREAK, "").replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture
def only_fonts_of_typst(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the fonts of the machine."""
    fonts = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(pdf, "_fonts", lambda: fonts)


def test_the_same_report_gives_the_same_bytes_but_for_the_time_of_making() -> None:
    first, second = pdf.render_pdf(report()), pdf.render_pdf(report())
    assert first == second
    later = pdf.render_pdf(replace(report(), made_at=report().made_at + timedelta(seconds=61)))
    assert later != first


def test_it_declares_pdf_a_2a_and_pdf_ua_and_holds_what_they_require() -> None:
    reader = read(report(sensor(limits=(HIGH,))))
    catalog: Any = reader.trailer["/Root"]
    metadata = catalog["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part>2<.*pdfaid:conformance>A<", metadata, re.DOTALL)
    assert "pdfuaid:part>1<" in metadata
    assert catalog["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(catalog)
    assert "/Encrypt" not in reader.trailer
    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    assert all(is_embedded(font) for each in resources for font in each["/Font"].values())


def is_embedded(font: Any) -> bool:
    descendant = font.get_object()["/DescendantFonts"][0].get_object()
    return any(name.startswith("/FontFile") for name in descendant["/FontDescriptor"].get_object())


def test_the_page_says_all_about_a_sensor() -> None:
    cleaned = (Cleaned(reason="impossible", count=130, lines=(7, 8, 9, 12, *range(20, 117))),)
    fields: dict[str, Any] = {"location": "Room 2.14", "serial": "EL-42", "calibrations": (CALIBRATION,)}
    document = report(sensor("fridge", name="Vaccine fridge", limits=(HIGH,), **fields), cleaned=cleaned)
    found = text(read(document))
    for expected in (
        "28 March 2026, 23:00:00 (UTC+01:00) to 31 March 2026, 00:00:00 (UTC+02:00) (end excluded)",
        "Vaccines",
        "Europe/Berlin", "clocks change to UTC+02:00 on 29 March 2026, 03:00:00", "Requested by ann",
        "27 Nov 2026 13:30:15 +01:00", "version 0.1.0", "ef" * 32, "Vaccine fridge", "Room 2.14", "EL-42",
        "temperature = 1.01 \N{MULTIPLICATION SIGN} reading \N{MINUS SIGN} 0.2 °C",
        "30 min, median of the readings",
        "at most 8 °C \N{EN DASH} limit 12 of the sensor", "Minimum 4.00 °C 28 Mar 2026 23:00:00 +01:00",
        "Maximum 9.25 °C", "Mean 4.62 °C", "0.75 °C", "4.69 °C", "Readings 12", "87.5 %", "1 d 1 h 1 min 1 s",
        "112.5", "≥ 3 h 1 s",
        "≤ 29 Mar 2026 00:00:00 +01:00", "by ann", "door", "Outside the limits for",
        "Not measured: 1 d 6 h, in 1 gap.", "a.csv", "1.2 kB", "cd" * 32, "ab" * 32,
        "130 with an impossible temperature 7\N{EN DASH}9, 12, 20\N{EN DASH}116, and 29 more",
        "ΔH = 83.144 kJ/mol", "Prepared by",
        "Signature", "Page 1 of 2", "Page 2 of 2",
    ):  # fmt: skip
        assert expected in found


def test_the_page_says_how_a_file_was_read() -> None:
    document = report(sensor(limits=(HIGH,)), language="pt")
    [source] = document.inputs
    read_as = replace(source, program="HOBOware", time_zone="America/Sao_Paulo")
    found = text(read(replace(document, inputs=(read_as,))))
    assert "escrito por HOBOware; as horas sem diferença para UTC são de America/Sao_Paulo" in found


def test_it_is_in_portuguese() -> None:
    found = text(read(report(sensor(limits=(HIGH,)), language="pt", title="")))
    for expected in (
        "Relatório de temperatura", "28 de março de 2026, 23:00:00 (UTC+01:00)", "4,62 °C", "28/03/2026",
        "Temperatura cinética média", "≤ 29/03/2026 00:00:00 +01:00", "Página 1 de 2", "Assinatura",
    ):  # fmt: skip
        assert expected in found


def test_markup_in_names_is_shown_as_it_is() -> None:
    hostile = '#panic("x") *b* _i_ $x$ <a> @b \\ // /* [ ] `c` = h & </svg>'
    named: dict[str, Any] = {"name": hostile, "serial": hostile, "location": hostile, "limits": (HIGH,)}
    found = text(read(report(sensor(hostile, **named), title=hostile, requested_by=hostile)))
    assert found.count(hostile) >= 6


def test_without_a_font_the_code_points_are_shown_and_explained(only_fonts_of_typst: None) -> None:
    found = text(read(report(sensor(name="冷蔵庫 Ж", limits=(HIGH,)))))
    assert "[U+51B7][U+8535][U+5EAB] Ж" in found
    assert "shown as their code points, such as [U+5" in found


def test_each_character_that_a_font_has_stays_next_to_those_without(only_fonts_of_typst: None) -> None:
    found = text(read(report(sensor(name="Ω冷Ж蔵Ü", limits=(HIGH,)))))
    assert "Ω[U+51B7]Ж[U+8535]Ü" in found


def test_thousands_of_characters_without_a_font_are_found_in_groups(
    only_fonts_of_typst: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MAX_PROBES", 4)
    name = "".join(map(chr, range(0x4E00, 0x4E40)))
    found = text(read(report(sensor(name=name, limits=(HIGH,)))))
    assert all(code_point(character).strip(BREAK) in found for character in name)


def test_private_characters_and_long_names_do_not_prevent_it() -> None:
    found = text(read(report(sensor(name=f"\ue000{'A' * 900}", limits=(HIGH,)))))
    assert f"[U+E000]{'A' * 100}" in found.replace(" ", "")


def test_a_report_without_readings() -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ("interval_seconds", "interval_source", "first_measured_at", "last_measured_at", "minimum", "maximum",
         "mean", "standard_deviation", "mean_kinetic_temperature", "mean_kinetic_temperature_of_readings")
    )  # fmt: skip
    empty = sensor(
        readings=samples([]),
        measured_seconds=0.0,
        coverage=0.0,
        outside=(),
        excursions=(),
        gaps=(GAP,),
        **nothing,
    )
    found = text(read(report(empty)))
    assert "No readings in this period." in found
    assert "Coverage 0 %" in found


def test_many_excursions_repeat_the_head_of_their_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MAX_ROWS", 40)
    excursions = tuple(
        replace(EXCURSION, seconds=float(number), degree_minutes=1000.0 + number) for number in range(45)
    )
    pages = [
        page.extract_text() for page in read(report(sensor(limits=(HIGH,), excursions=excursions))).pages
    ]
    with_rows = [page for page in pages if page.count("by ann") > 1]
    assert len(with_rows) >= 2
    assert all(page.count("Acknowledged") == 1 for page in with_rows)
    found = " ".join(" ".join(pages).split())
    assert "The 40 longest of 45 are listed" in found
    assert "1,044.0" in found
    assert "1,004.0" not in found


def test_each_of_many_sensors_has_its_part() -> None:
    sensors = [
        sensor(f"fridge-{number}", limits=(HIGH,), readings=samples([(START, 4.0)])) for number in range(4)
    ]
    found = text(read(report(*sensors)))
    assert all(f"Sensor fridge-{number}" in found for number in range(4))


def test_many_changes_of_the_clocks_are_counted() -> None:
    document = report(sensor(limits=(HIGH,)))
    long_ago = replace(document.request, start=START - timedelta(days=3650))
    assert "clocks change 20 times in the period" in text(read(replace(document, request=long_ago)))
