"""README stays short."""

from tests.unit.docs.markdown import ROOT

MAX_LINES = 150


def test_readme_is_short_enough_to_read_in_five_minutes() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()

    assert len(lines) <= MAX_LINES
    assert max(map(len, lines)) <= 160
