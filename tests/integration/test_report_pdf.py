"""Real readers show the PDF of a report: text in any script, tables over pages, the chart as a picture."""

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reports.model import Report
from reports.render.chart import EXCURSION as EXCURSION_COLOUR
from reports.render.chart import LINE
from reports.render.pdf import render_pdf
from tests.unit.reports.render.documents import EXCURSION, HIGH, report, sensor

NAMES = {
    "Latin": "Kühlschrank Łódź №1",
    "Greek": "Ψυγείο εμβολίων",
    "Cyrillic": "Холодильник вакцин",
    "Armenian": "Սառնարան",
    "Georgian": "მაცივარი",
    "Hebrew": "מקרר חיסונים",
    "Ethiopic": "ማቀዝቀዣ",
    "Thai": "ตู้เย็นห้องแล็บ",
    "Lao": "ຕູ້ເຢັນ",
    "Khmer": "ទូទឹកកក",
    "Burmese": "ရေခဲသေတ္တာ",
    "Tibetan": "འཁྱགས་སྒམ",
    "Devanagari": "टीका फ्रिज",
    "Bengali": "ফ্রিজ",
    "Gujarati": "ફ્રિજ",
    "Gurmukhi": "ਫਰਿੱਜ",
    "Odia": "ଫ୍ରିଜ୍",
    "Tamil": "குளிர்சாதனப் பெட்டி",
    "Telugu": "ఫ్రిజ్",
    "Kannada": "ಫ್ರಿಜ್",
    "Malayalam": "ഫ്രിഡ്ജ്",
    "Sinhala": "ශ්\u200dරී ශීතකරණය",
    "Japanese": "ワクチン冷蔵庫",
    "Korean": "백신 냉장고",
    "Chinese": "疫苗冰箱",
    "Emoji": "😀",
}
# Poppler repeats the text of several letters that are shaped together for each of their glyphs.
REPEATED = {"Lao", "Burmese", "Malayalam"}


@pytest.fixture(autouse=True)
def poppler() -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("Poppler is not installed: apt-get install poppler-utils")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "report.pdf"


def run(*command: str | Path) -> bytes:
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def pages(document: Report, path: Path) -> list[str]:
    path.write_bytes(render_pdf(document))
    found = run("pdftotext", "-layout", path, "-").decode().replace("\N{ZERO WIDTH SPACE}", "")
    return [re.sub(r"\s+", " ", page) for page in found.rstrip("\f").split("\f")]


def test_names_in_any_script_are_text_that_can_be_searched(path: Path) -> None:
    sensors = [sensor(name, name=text, limits=(HIGH,)) for name, text in NAMES.items()]
    first, *_ = pages(report(*sensors), path)
    missing = {script for script, name in NAMES.items() if name not in first}
    assert missing == REPEATED
    assert "[U+" not in first, "a character has no font, and is shown by its code point"


def test_arabic_letters_are_joined_and_searchable(path: Path) -> None:
    name = "مختبر"
    path.write_bytes(render_pdf(report(sensor(name=name, limits=(HIGH,)))))
    assert name in run("pdftotext", "-raw", path, "-").decode()


def test_every_font_is_embedded_with_its_characters(path: Path) -> None:
    path.write_bytes(render_pdf(report(sensor(name=" ".join(NAMES.values()), limits=(HIGH,)))))
    rows = run("pdffonts", path).decode().splitlines()[2:]
    assert len(rows) > 5
    assert all(re.search(r" yes yes yes +\d+ +0$", row) for row in rows)


def test_a_thousand_excursions_are_all_listed_below_the_head_of_each_page(path: Path) -> None:
    excursions = tuple(replace(EXCURSION, degree_minutes=10_000.0 + number) for number in range(1000))
    found = pages(report(sensor(limits=(HIGH,), excursions=excursions)), path)
    listed = re.findall(r"\b1[01],\d{3}\.0\b", " ".join(found))
    assert len(set(listed)) == 1000
    assert all("Acknowledged" in page for page in found if page.count("by ann") > 2)
    assert all(f"Page {number} of {len(found)}" in page for number, page in enumerate(found, start=1))


def test_the_chart_is_in_the_picture_of_the_page(path: Path) -> None:
    path.write_bytes(render_pdf(report(sensor(limits=(HIGH,)))))
    colours = picture(path)
    assert colours[LINE] > 100
    assert colours[EXCURSION_COLOUR] > 500


def test_a_long_name_stays_on_the_page(path: Path) -> None:
    name: dict[str, Any] = {"name": "W" * 1500, "location": "M" * 1500}
    path.write_bytes(render_pdf(report(sensor("i" * 300, limits=(HIGH,), **name), title="W" * 400)))
    boxes = run("pdftotext", "-bbox", path, "-").decode()
    assert max(float(edge) for edge in re.findall(r'xMax="([\d.]+)"', boxes)) < 595.3 - 40


def picture(path: Path) -> Counter[str]:
    """Return how often each colour is in the picture of the first page."""
    data = run("pdftoppm", "-r", "144", "-singlefile", path)
    pixels = data.split(b"255\n", 1)[1]
    return Counter(f"#{pixels[start : start + 3].hex()}" for start in range(0, len(pixels), 3))
