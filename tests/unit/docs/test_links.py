"""Links in Markdown have targets. Of external links only the form is checked."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from scripts.docs.pages import PAGES
from tests.unit.docs.markdown import ROOT, anchors_of, links_of, pages, tracked

DOCUMENT = re.compile(r"\b(?:docs|benchmarks)/[\w./-]+\.md\b")


@pytest.fixture(scope="module")
def generated() -> dict[Path, str]:
    """Return the pages that exist only in the built site."""
    return {ROOT / "docs" / name: page() for name, page in PAGES.items()}


@pytest.mark.parametrize("file", pages(), ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_an_anchor(file: Path, generated: dict[Path, str]) -> None:
    broken = [link for link in links_of(file.read_text(encoding="utf-8")) if not leads(file, link, generated)]

    assert broken == []


def test_the_links_of_generated_pages_lead_to_a_file_and_an_anchor(generated: dict[Path, str]) -> None:
    for file, text in generated.items():
        if file.name != "changelog.md":  # whose links are relative to its own place, and checked there
            assert [link for link in links_of(text) if not leads(file, link, generated)] == [], file.name


def leads(file: Path, link: str, generated: dict[Path, str]) -> bool:
    address = urlsplit(link)
    if address.scheme:
        return address.scheme == "https" or address.hostname == "127.0.0.1"
    target = (file.parent / unquote(address.path)).resolve() if address.path else file
    if target not in generated and not target.is_file():
        return False
    text = generated.get(target) or (target.read_text(encoding="utf-8") if target.suffix == ".md" else "")
    return not address.fragment or address.fragment in anchors_of(text)


def test_the_documents_that_the_code_names_exist() -> None:
    files = tracked(".py", ".sql", ".sh", ".js", ".yml", ".in", ".example", "Makefile")
    named = {
        (str(file.relative_to(ROOT)), name)
        for file in files
        for name in DOCUMENT.findall(file.read_text(encoding="utf-8"))
    }

    assert {(file, name) for file, name in named if not (ROOT / name).is_file()} == set()
