"""`sensorctl` as it is called: what it prints, and how it ends."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db.errors import StoreUnavailable
from sensorctl import __main__ as program
from sensorctl.doctor import CheckResult
from tests.unit.fakes import Call

ROW = {
    "sensor_id": "kitchen",
    "name": None,
    "location": None,
    "readings": 3,
    "min_temperature": 20.0,
    "mean_temperature": 21.0,
    "max_temperature": 22.0,
    "last_temperature": 21.5,
    "last_measured_at": datetime(2026, 11, 22, 5, 28, 37, tzinfo=UTC),
}
AWAY = StoreUnavailable("Connection refused")


class FakeSummary:
    """Gives its answers one a call, the last one for ever; an exception is raised."""

    answers: list[Any]
    closed: int

    def __init__(self, _settings: Any) -> None: ...

    def sensors(self) -> Any:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def overall(self) -> dict[str, Any]:
        return dict(ROW)

    def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def summary(monkeypatch: pytest.MonkeyPatch) -> type[FakeSummary]:
    FakeSummary.answers, FakeSummary.closed = [[ROW]], 0
    monkeypatch.setattr(program, "Summary", FakeSummary)
    monkeypatch.setattr(program, "WATCH_SECONDS", 0.001)
    return FakeSummary


@pytest.mark.usefixtures("summary")
def test_the_summary_is_a_table_that_is_not_cut_when_it_is_piped(sensorctl: Call) -> None:
    code, out, _ = sensorctl("summary")

    assert code == 0
    assert "kitchen" in out
    assert "21.50" in out
    assert "…" not in out


@pytest.mark.usefixtures("summary")
def test_the_summary_as_json_is_the_views_rows(sensorctl: Call) -> None:
    code, out, _ = sensorctl("summary", "--json")

    assert code == 0
    assert json.loads(out) == [ROW | {"last_measured_at": "2026-11-22T05:28:37+00:00"}]


def test_the_summary_can_wait_for_the_first_reading(sensorctl: Call, summary: type[FakeSummary]) -> None:
    summary.answers = [[], [], [], [ROW]]

    _, out, _ = sensorctl("summary", "--json", "--wait", "30")

    assert len(json.loads(out)) == 1


def test_the_wait_for_the_first_reading_ends(sensorctl: Call, summary: type[FakeSummary]) -> None:
    summary.answers = [[]]

    assert sensorctl("summary", "--json", "--wait", "0.01")[:2] == (0, "[]\n")


def test_watching_shows_the_summary_again_until_ctrl_c(sensorctl: Call, summary: type[FakeSummary]) -> None:
    later = [ROW | {"sensor_id": "attic"}]
    summary.answers = [[ROW], [ROW], later, later, KeyboardInterrupt()]

    code, out, _ = sensorctl("summary", "--watch")

    assert code == 130
    assert "attic" in out
    assert summary.closed == 1


def test_a_database_that_is_away_is_a_sentence_and_69(sensorctl: Call, summary: type[FakeSummary]) -> None:
    summary.answers = [AWAY]

    code, out, err = sensorctl("summary")

    assert (code, out) == (69, "")
    assert err == "database: Connection refused\nRun `sensorctl doctor` to see what is missing.\n"
    assert summary.closed == 1


def test_no_stack_is_a_sentence_and_78(
    sensorctl: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("POSTGRES_HOST")
    monkeypatch.setenv("POSTGRES_HOST_PORT", "1")
    monkeypatch.setattr("sensorctl.settings.ROOT", tmp_path)

    code, out, err = sensorctl("summary")

    assert (code, out) == (78, "")
    assert err.startswith("No running stack was found")


def test_a_wrong_variable_is_a_sentence_and_78(sensorctl: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_PORT", "postgres")

    code, _, err = sensorctl("dead", "list")

    assert code == 78
    assert err.startswith("POSTGRES_PORT is 'postgres': ")


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["summary", "--nothing"], ["dead", "list", "--limit", "0"]]
)
def test_a_wrong_call_is_told(sensorctl: Call, arguments: list[str]) -> None:
    code, _, err = sensorctl(*arguments)

    assert code == 2
    assert "Usage" in err


def test_help_names_every_command(sensorctl: Call) -> None:
    code, out, _ = sensorctl("--help")

    assert code == 0
    assert all(
        command in out
        for command in ("summary", "doctor", "setup", "dead", "import", "export", "logs", "alerter")
    )


@pytest.mark.parametrize(("advice", "code"), [(None, 0), ("run `sensorctl setup`", 1)])
def test_the_doctor_fails_when_something_is_to_be_done(
    sensorctl: Call, monkeypatch: pytest.MonkeyPatch, advice: str | None, code: int
) -> None:
    monkeypatch.setattr(program, "examine", lambda _settings: [CheckResult("queue", "is there", advice)])

    ended, out, _ = sensorctl("doctor")

    assert ended == code
    assert "is there" in out
