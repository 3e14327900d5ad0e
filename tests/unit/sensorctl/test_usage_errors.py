"""Wrong options and arguments: what was given and what is allowed, in this project's words."""

import pytest

from tests.unit.fakes import RunCommand


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("import a.csv --skip-lines -1", "--skip-lines: '-1' must be at least 0"),
        ("import a.csv --skip-lines 9999999", "--skip-lines: '9999999' must be at most 1000000"),
        ("import a.csv --max-queue-depth many", "--max-queue-depth: 'many' must be a whole number"),
        ("import a.csv --format xml", "--format: 'xml' is not one of 'csv', 'xlsx', 'jsonl', 'json'"),
        ("import a.csv --unit rankine", "--unit: 'rankine' is not a unit: must be celsius"),
        ("import a.csv --where x", "--where: 'x' must be COLUMN=TEXT"),
        ("import a.csv --keep x", "--keep: 'x' must be a number such as 85 or 999.9"),
        ("import undo nope", "ID: 'nope' must be a UUID such as 0193"),
        ("import undo", "ID: is missing: ID that the import printed"),
        (
            "import a.csv b.csv",
            "too many arguments (b.csv): the command takes FILE; everything",
        ),
        ("limit add attic", "too many arguments (attic): the command takes no argument"),
        ("limit add --high abc", "--high: 'abc' must be a number"),
        ("key create x --role boss", "--role: 'boss' is not one of 'viewer', 'operator', 'admin'"),
        ("dead list --limit 0", "--limit: '0' must be at least 1"),
        ("dead list --older-than 2h --newer-than 1h", "--newer-than must be the longer age"),
        ("dead replay --newer-than 1h --older-than 2h", "--newer-than must be the longer age"),
    ],
)
def test_a_wrong_option_is_explained(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch, arguments: str, message: str
) -> None:
    monkeypatch.setenv("COLUMNS", "300")

    code, _, err = sensorctl(*arguments.split())

    assert code == 2
    assert message in err
    assert "Input should" not in err
    assert "--help" in err
