"""The `sensorctl` command: output and exit codes."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db.errors import InvalidData, StoreUnavailable
from db.queries.time_shifts import ReadingsAhead, TimeShift
from sensorctl import doctor
from sensorctl import summary as summary_command
from sensorctl.checks import CheckResult
from tests.unit.fakes import RunCommand

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
DATABASE_DOWN = StoreUnavailable("Connection refused")


class FakeSummary:
    """Returns one response per call and repeats the last one; an exception is raised."""

    responses: list[Any]
    closed: int

    def __init__(self, _settings: Any) -> None: ...

    def sensors(self) -> Any:
        response = self.responses.pop(0) if len(self.responses) > 1 else self.responses[0]
        if isinstance(response, BaseException):
            raise response
        return response

    def overall(self) -> dict[str, Any]:
        return dict(ROW)

    def time_shifts(self) -> list[TimeShift]:
        return [TimeShift("attic", 5.0)]

    def readings_ahead(self) -> ReadingsAhead:
        return ReadingsAhead(2, 7, datetime(2027, 1, 1, tzinfo=UTC))

    def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def summary(monkeypatch: pytest.MonkeyPatch) -> type[FakeSummary]:
    FakeSummary.responses, FakeSummary.closed = [[ROW]], 0
    monkeypatch.setattr(summary_command, "Summary", FakeSummary)
    monkeypatch.setattr(summary_command, "REFRESH_INTERVAL_SECONDS", 0.001)
    return FakeSummary


@pytest.mark.usefixtures("summary")
def test_the_table_of_the_summary_is_not_cut_when_it_is_piped(sensorctl: RunCommand) -> None:
    code, out, _ = sensorctl("summary")

    assert code == 0
    assert "kitchen" in out
    assert "21.50" in out
    assert "…" not in out


@pytest.mark.usefixtures("summary")
def test_the_summary_names_wrong_times(sensorctl: RunCommand) -> None:
    _, out, _ = sensorctl("summary")

    assert "times are constantly behind their arrival: attic by 5 h" in out
    assert "→ if they send local times without an offset, set NAIVE_TIME_ZONE" in out
    assert "!! ahead of the clock: 7 readings of 2 sensors, up to 2027-01-01 00:00:00 UTC" in out


@pytest.mark.usefixtures("summary")
def test_the_summary_in_json_contains_the_rows_of_the_view(sensorctl: RunCommand) -> None:
    code, out, err = sensorctl("summary", "--json")

    assert code == 0
    assert json.loads(out) == [ROW | {"last_measured_at": "2026-11-22T05:28:37+00:00"}]
    assert err.startswith("!! times are constantly behind their arrival: attic by 5 h\n→ if they send local")


def test_the_summary_can_wait_for_the_first_reading(
    sensorctl: RunCommand, summary: type[FakeSummary]
) -> None:
    summary.responses = [[], [], [], [ROW]]

    _, out, _ = sensorctl("summary", "--json", "--wait", "30")

    assert len(json.loads(out)) == 1


def test_waiting_for_the_first_reading_ends(sensorctl: RunCommand, summary: type[FakeSummary]) -> None:
    summary.responses = [[]]

    assert sensorctl("summary", "--json", "--wait", "0.01")[:2] == (0, "[]\n")


def test_watch_refreshes_the_summary_until_ctrl_c(sensorctl: RunCommand, summary: type[FakeSummary]) -> None:
    later = [ROW | {"sensor_id": "attic"}]
    summary.responses = [[ROW], [ROW], later, later, KeyboardInterrupt()]

    code, out, _ = sensorctl("summary", "--watch")

    assert code == 130
    assert "attic" in out
    assert summary.closed == 1


@pytest.mark.parametrize("command", ["status", "summary"])
def test_a_screen_that_is_refreshed_is_not_printed_as_json(sensorctl: RunCommand, command: str) -> None:
    code, out, err = sensorctl(command, "--json", "--watch")

    assert (code, out) == (2, "")
    assert "--json and --watch exclude each other" in err


def test_without_a_database_it_ends_with_a_message_and_69(
    sensorctl: RunCommand, summary: type[FakeSummary]
) -> None:
    summary.responses = [DATABASE_DOWN]

    code, out, err = sensorctl("summary")

    assert (code, out) == (69, "")
    assert err == "database: Connection refused\nRun `sensorctl doctor` to see what is missing.\n"
    assert summary.closed == 1


def test_text_that_the_database_refuses_ends_with_a_message_and_2(
    sensorctl: RunCommand, summary: type[FakeSummary]
) -> None:
    summary.responses = [InvalidData("a text is not UTF-8")]

    code, out, err = sensorctl("summary")

    assert (code, out, err) == (2, "", "The database refuses what was entered: a text is not UTF-8\n")


def test_without_a_stack_it_ends_with_a_message_and_78(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("POSTGRES_HOST")
    for port in ("POSTGRES_HOST_PORT", "RABBITMQ_HOST_PORT"):  # no stack that runs meanwhile
        monkeypatch.setenv(port, "1")
    monkeypatch.setattr("sensorctl.stack_variables.ROOT", tmp_path)

    code, out, err = sensorctl("summary")

    assert (code, out) == (78, "")
    assert err.startswith("No running stack was found")


def test_an_invalid_variable_ends_with_a_message_and_78(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTGRES_PORT", "postgres")

    code, _, err = sensorctl("dead", "list")

    assert code == 78
    assert err.startswith("POSTGRES_PORT is 'postgres': ")


@pytest.mark.parametrize(
    "arguments", [["unknown"], ["summary", "--unknown"], ["dead", "list", "--limit", "0"]]
)
def test_a_usage_error_ends_with_2(sensorctl: RunCommand, arguments: list[str]) -> None:
    code, _, err = sensorctl(*arguments)

    assert code == 2
    assert "Usage" in err


def test_help_lists_every_command(sensorctl: RunCommand) -> None:
    code, out, _ = sensorctl("--help")

    assert code == 0
    assert all(
        command in out
        for command in (
            "status",
            "doctor",
            "summary",
            "storage",
            "logs",
            "reconcile",
            "import",
            "export",
            "dead",
            "setup",
            "alerter",
        )
    )


@pytest.mark.parametrize(("hint", "code"), [(None, 0), ("run `sensorctl setup`", 1)])
def test_doctor_ends_with_1_when_a_check_fails(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch, hint: str | None, code: int
) -> None:
    monkeypatch.setattr(doctor, "run_checks", lambda _settings: [CheckResult("queue", "exists", hint)])

    exit_code, out, _ = sensorctl("doctor")

    assert exit_code == code
    assert "exists" in out
