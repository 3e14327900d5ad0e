"""`sensorctl status`: what it collects, its exit codes, and its JSON."""

import json
from typing import Any

import pytest

from monitoring.model import SystemStatus
from sensorctl.status import command
from tests.unit.fakes import RunCommand
from tests.unit.sensorctl.status_examples import problem, system_status


class FakeCollector:
    """Returns one response per call and repeats the last one; an exception is raised."""

    responses: list[Any]
    collections: int
    closed: int

    def __init__(self, _settings: object) -> None: ...

    def collect(self) -> SystemStatus:
        type(self).collections += 1
        response = self.responses.pop(0) if len(self.responses) > 1 else self.responses[0]
        if isinstance(response, BaseException):
            raise response
        assert isinstance(response, SystemStatus)
        return response

    def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> type[FakeCollector]:
    FakeCollector.responses, FakeCollector.collections, FakeCollector.closed = [system_status()], 0, 0
    monkeypatch.setattr(command, "Collector", FakeCollector)
    monkeypatch.setattr("sensorctl.status.command.REFRESH_INTERVAL_SECONDS", 0.001)
    return FakeCollector


def test_the_status_is_collected_twice_and_the_second_one_is_shown(
    sensorctl: RunCommand, collector: type[FakeCollector]
) -> None:
    collector.responses = [system_status(problems=[problem()]), system_status()]

    code, out, _ = sensorctl("status")

    assert code == 0
    assert out.startswith("No problems")
    assert (collector.collections, collector.closed) == (2, 1)


def test_it_ends_with_1_when_there_is_a_problem(
    sensorctl: RunCommand, collector: type[FakeCollector]
) -> None:
    collector.responses = [system_status(problems=[problem()])]

    code, out, _ = sensorctl("status")

    assert code == 1
    assert "1 problem " in out


def test_the_status_in_json_is_one_object(sensorctl: RunCommand, collector: type[FakeCollector]) -> None:
    collector.responses = [system_status(problems=[problem()])]

    code, out, _ = sensorctl("status", "--json")

    assert code == 1
    status = json.loads(out)
    assert list(status) == [
        "at", "services", "queue", "throughput", "sensors", "problems", "excursions", "anomalies", "unread",
    ]  # fmt: skip
    assert status["at"] == "2026-11-22T05:30:00+00:00"
    assert status["services"][0]["health"] == "ready"
    assert status["problems"][0] == {
        "kind": "dead-letters", "subject": "heat.dead", "severity": "warning",
        "started_at": "2026-11-22T05:28:30+00:00",
        "message": "1 message is dead.", "hint": "`sensorctl dead list` shows it.",
    }  # fmt: skip
    assert len(status["sensors"][0]["minutes"]) == 60


def test_watch_refreshes_the_status_until_ctrl_c(
    sensorctl: RunCommand, collector: type[FakeCollector]
) -> None:
    collector.responses = [system_status(), system_status(problems=[problem()]), KeyboardInterrupt()]

    code, out, _ = sensorctl("status", "--watch")

    assert code == 130
    assert "No problems" in out or "1 problem" in out
    assert collector.closed == 1
