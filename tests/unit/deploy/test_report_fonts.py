"""The fonts of the reporter's image are those with which the tests run, and that the guide names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGE = re.compile(r"\bfonts-[a-z-]+[a-z]\b")


def packages(path: str) -> set[str]:
    return set(PACKAGE.findall((ROOT / path).read_text("utf-8")))


def test_image_tests_and_guide_have_the_same_fonts() -> None:
    installed = packages("Dockerfile.pipeline")

    assert len(installed) > 10
    assert packages("scripts/develop.sh") == packages("docs/guides/reports.md") == installed
