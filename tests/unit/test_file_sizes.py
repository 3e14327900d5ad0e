"""The rule on the size of files (docs/development/setup.md)."""

from tests.unit.docs.markdown import ROOT, tracked

MAX_LINES = 249
# A migration is not changed any more, and a test is as long as its cases.
EXEMPT = ("tests/", "db/migrations/", "dashboard/page/vendor/")


def test_a_file_of_code_has_fewer_than_250_lines() -> None:
    lines = {
        name: len(file.read_text(encoding="utf-8").splitlines())
        for file in tracked(".py", ".js", ".sh")
        if not (name := file.relative_to(ROOT).as_posix()).startswith(EXEMPT)
    }
    assert lines
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}
