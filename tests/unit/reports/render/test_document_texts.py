"""What this project writes into documents is in the language of the report; what people wrote stays."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest
from pypdf import PdfReader

from reports.model import Input, Outside, Report, ReportLimit
from reports.presets import preset_limits
from reports.render.document_texts import translate
from reports.render.limit_sources import LimitSource, LimitText, Locale
from reports.render.pdf import render_pdf
from reports.render.texts import Text
from tests.unit.reports.readings_of_a_sensor import ROOM
from tests.unit.reports.render.documents import START, report, sensor

SHIPPED = re.compile(r"\('[\w-]+', '([^']+)',[^']*'([^']+)'\)")
PRESET = replace(
    ROOM,
    name="controlled-room",
    title="Controlled room temperature, 20 to 25 °C, excursions between 15 and 30 °C",
    source=(
        "United States Pharmacopeia, general chapter 659, Packaging and Storage Requirements: "
        "controlled room temperature"
    ),
)


def shipped_texts() -> list[str]:
    sql = files("db.migrations.versions").joinpath("0016_2_reports.sql").read_text("utf-8")
    presets = sql.partition("INSERT INTO report_preset")[2].partition(";")[0]
    return [text for preset in SHIPPED.findall(presets) for text in preset]


def test_title_and_source_of_each_preset_that_exists_from_the_start_are_translated() -> None:
    shipped = shipped_texts()
    assert len(shipped) == 6
    assert not {translate(text, "pt") for text in shipped} & set(shipped)
    assert [translate(text, "en") for text in shipped] == shipped


@pytest.mark.parametrize("text", ["Refrigerated, 2 to 8 °C, ours", "Wine cellar", "our own rule, 2026"])
def test_what_a_person_wrote_stays(text: str) -> None:
    assert translate(text, "pt") == text


def text_of(document: Report) -> str:
    reader = PdfReader(io.BytesIO(render_pdf(document)))
    pages = "\n".join(page.extract_text() for page in reader.pages)
    return " ".join(pages.replace("\N{ZERO WIDTH SPACE}", "").replace("\N{NO-BREAK SPACE}", " ").split())


def portuguese(**fields: Any) -> Report:
    limits = (*preset_limits(PRESET), ReportLimit(kind="high", threshold=40, source="request"))
    outside = tuple(
        Outside(limit=limit, seconds=60.0, degree_minutes=1.0, readings=1, excursions=1) for limit in limits
    )
    document = report(
        sensor(limits=limits, outside=outside), language="pt", title="", preset=PRESET, **fields
    )
    return replace(document, inputs=(Input(name="readings in the database", readings=12),))


def test_a_portuguese_pdf_has_no_english_text() -> None:
    found = text_of(portuguese())

    for expected in (
        "Temperatura ambiente controlada, 20 a 25 °C, excursões entre 15 e 30 °C",
        "Farmacopeia dos Estados Unidos", "condição de armazenamento controlled-room", "solicitação",
        "leituras no banco de dados",
    ):  # fmt: skip
        assert expected in found
    for name in ("“Packaging and Storage Requirements”", "sensors, versão", "“sensorctl report verify”"):
        assert name in found
        found = found.replace(name, "")
    texts: list[tuple[str, str]] = [text.value for text in Text]
    english = {own for own, other in texts if own != other} | {PRESET.title, "request"}
    phrases = {phrase.strip() for text in english for phrase in re.split(r"\{\w+\}|[|,.;:()]", text)}
    words = {phrase for phrase in phrases if re.search(r"[a-z]{4}", phrase)}
    assert len(words) > 50
    assert {each for each in words if re.search(rf"\b{re.escape(each)}\b", found)} == set()


SOURCE = LimitSource(
    number=12,
    held_for=LimitText.OF_LOCATION,
    held_by="lab {1}",
    severity="critical",
    schedule="Mon-Fri 08:00-18:00",
    zone="Europe/Berlin",
    created_at=START + timedelta(hours=1),
    created_by="ann",
    ended_at=START + timedelta(hours=2),
)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            Locale("en", "Europe/Berlin"),
            (
                "limit 12 of the location lab {1}, critical, set by ann, since 29 Mar 2026 00:00:00 +01:00, "
                "until 29 Mar 2026 01:00:00 +01:00, monitored Mon-Fri 08:00-18:00 (Europe/Berlin)"
            ),
        ),
        (
            Locale("pt", "UTC"),
            (
                "limite 12 do local lab {1}, crítico, definido por ann, desde 28/03/2026 23:00:00 +00:00, "
                "até 29/03/2026 00:00:00 +00:00, monitorado Mon-Fri 08:00-18:00 (Europe/Berlin)"
            ),
        ),
    ],
)
def test_the_source_of_a_limit_is_in_the_language_and_the_zone_of_the_report(
    locale: Locale, expected: str
) -> None:
    assert SOURCE.describe(START, START + timedelta(days=1), locale) == expected


def test_a_limit_that_was_set_after_the_period_says_so() -> None:
    later = replace(SOURCE, held_for=LimitText.OF_SENSOR, held_by=None, schedule=None, ended_at=None)
    text = later.describe(START - timedelta(days=1), START, Locale("pt"))
    assert text == (
        "limite 12 do sensor, crítico, definido por ann, depois do período, em 28/03/2026 23:00:00 +00:00"
    )
