"""Preflight of Apache PDFBox, a program that others made, checks the PDF of a report.

It knows PDF/A-1b alone, which is stricter than the 2a of reports in most, so the page is also exported as 1b.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest
import typst

from reports.render import pdf
from reports.render.content import report_content
from reports.render.pdf import render_pdf
from tests.unit.reports.render.documents import HIGH, report, sensor

JARS = ("preflight", "xmpbox", "pdfbox2", "fontbox2", "commons-logging", "jaxb-api", "javax.activation")
CLASS_PATH = ":".join(f"/usr/share/java/{name}.jar" for name in JARS)
NAMES = ("Kühlschrank Ψ Ж", "ثلاجة מקרר", "ตู้เย็น फ्रिज", "冷蔵庫 냉장고 😀")
DOCUMENT = report(
    *(sensor(f"fridge-{number}", name=name, limits=(HIGH,)) for number, name in enumerate(NAMES))
)
# It does not follow references from the outline of the document to its pages.
NOT_FOLLOWED = "1.2.3 : Body Syntax error, Error: can't convert to Destination"
# What part 2 permits and 1 does not: newer colour profiles, and metadata that the file describes.
PERMITTED_IN_2 = {
    NOT_FOLLOWED,
    "2.1.6 : Invalid graphics object, Invalid version of the ICCProfile",
    "7.3 : Error on MetaData, Cannot find a definition for the namespace http://www.aiim.org/pdfua/ns/id/",
}


def check(path: Path) -> set[str]:
    """Return what Preflight finds, without the places."""
    command = ["java", "-cp", CLASS_PATH, "org.apache.pdfbox.preflight.Validator_A1b", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "PDF/A-1b" in result.stdout, result.stderr
    findings = re.findall(r"^\d[\d.]* : .*$", result.stdout, re.MULTILINE)
    return {re.sub(r" COSObject\{.*| on page \d+", "", finding) for finding in findings}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "report.pdf"


def test_the_page_as_pdf_a_1b_is_accepted(path: Path) -> None:
    compiler = typst.Compiler(pdf._template(), font_paths=typst.Fonts())
    content = json.dumps(report_content(DOCUMENT))
    compiler.compile_with_warnings(
        format="pdf",
        sys_inputs={"report": content},
        pdf_standards=["a-1b"],
        timestamp=0,
        pdf_tags=False,
        output=str(path),
    )
    assert check(path) <= {NOT_FOLLOWED}


def test_the_report_has_only_what_the_newer_part_permits(path: Path) -> None:
    path.write_bytes(render_pdf(DOCUMENT))
    assert check(path) <= PERMITTED_IN_2


def test_a_file_that_is_no_pdf_a_is_found(path: Path) -> None:
    compiler = typst.Compiler(b"Hello", font_paths=typst.Fonts())
    compiler.compile_with_warnings(format="pdf", timestamp=0, output=str(path))
    assert any("MetaData" in finding or "Metadata" in finding for finding in check(path))
