"""The pages for developers name every folder."""

import re

from tests.unit.docs.markdown import ROOT, tracked

DEVELOPMENT = ROOT / "docs" / "development"


def folders(level: int) -> set[str]:
    """Return the tracked folders of Python, settings and texts at this level, except for hidden folders."""
    paths = (file.relative_to(ROOT) for file in tracked(".py", ".md", ".yml", ".txt", ".sh"))
    found = {"/".join(path.parts[:level]) for path in paths if len(path.parts) > level}
    return {name for name in found if not name.startswith(".")}


def test_the_structure_has_a_row_for_every_folder() -> None:
    page = (DEVELOPMENT / "structure.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+)/` \|", page, re.MULTILINE))

    assert rows == folders(1), "correct the table in docs/development/structure.md"


def test_the_page_of_tests_names_every_folder_of_tests() -> None:
    page = (DEVELOPMENT / "tests.md").read_text(encoding="utf-8")
    missing = {name for name in folders(2) if name.startswith("tests/") and f"`{name}`" not in page}

    assert missing == set(), "name each in docs/development/tests.md"
