"""`sensorctl dummy`: pings, simulated jobs, and the connections."""

import json
from collections.abc import Callable, Generator
from typing import Any

import pytest

from jobs.kinds import JOB_KINDS
from messaging.errors import BrokerUnavailable, TopologyMissing
from messaging.management.ping import Pong
from messaging.topology import CONTROL_EXCHANGE, EVENTS_EXCHANGE, job_queue
from monitoring.discovery import Target
from monitoring.model import Health, Service
from monitoring.services import ServiceReport
from sensorctl.checks import CheckResult
from sensorctl.settings import OperatorSettings
from sensorctl.workflows import connectivity, dummy, pings
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import RunCommand
from tests.unit.sensorctl.workflows.fakes import FakeWorkflows
from tests.unit.sensorctl.workflows.rows import WORKER, worker

OTHER = "worker@host:9"
Answers = list[tuple[str, float]]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return a function that sets the answers to each ping, and returns the targets."""

    def answer(*rounds: Answers) -> list[str]:
        remaining, targets = list(rounds), list[str]()

        def ping(_settings: object, target: str, _timeout: float) -> Generator[Pong, None, None]:
            targets.append(target)
            for name, seconds in remaining.pop(0) if remaining else []:
                yield Pong({"worker": name, "version": "0.1.0"}, seconds)

        monkeypatch.setattr(pings, "ping", ping)
        monkeypatch.setattr(dummy, "discover_settings", OperatorSettings)
        return targets

    return answer


def test_the_round_trip_times_of_each_worker_are_shown(
    sensorctl: RunCommand, workflows: FakeWorkflows, answer: Callable[..., list[str]]
) -> None:
    workflows.workers_read = [worker(), worker(300, name="worker@old:1")]
    targets = answer([(WORKER, 0.002), (OTHER, 0.009)], [(WORKER, 0.004)])

    code, out, _ = sensorctl("dummy", "ping", "--count", "2", "--json")

    assert (code, targets) == (0, ["all", "all"])
    assert json.loads(out) == [
        {
            "worker": WORKER,
            "sent": 2,
            "answers": 2,
            "min_seconds": 0.002,
            "mean_seconds": 0.003,
            "max_seconds": 0.004,
        }
    ]


def test_a_worker_that_was_seen_and_does_not_answer_is_a_failure(
    sensorctl: RunCommand, workflows: FakeWorkflows, answer: Callable[..., list[str]]
) -> None:
    workflows.workers_read = [worker(), worker(name=OTHER)]
    answer([(WORKER, 0.002)])

    code, out, err = sensorctl("dummy", "ping", "--count", "1")

    assert code == 1
    assert "1 of 1" in out
    assert "0 of 1" in out
    assert err.startswith(f"Not every ping was answered by {OTHER}: ")


def test_without_workers_it_is_shown_how_to_start_one(
    sensorctl: RunCommand, workflows: FakeWorkflows, answer: Callable[..., list[str]]
) -> None:
    del workflows
    answer()

    code, _, err = sensorctl("dummy", "ping", "--timeout", "0.5")

    assert code == 1
    assert err.startswith("No worker answered in 0.5 s: set COMPOSE_PROFILES=workflows")


def test_one_worker_is_pinged_by_its_name(
    sensorctl: RunCommand, workflows: FakeWorkflows, answer: Callable[..., list[str]]
) -> None:
    del workflows
    targets = answer([(OTHER, 0.001)])

    assert sensorctl("dummy", "ping", "--worker", OTHER, "--count", "1")[0] == 0
    assert targets == [OTHER]


def test_a_simulated_job_has_what_is_given(sensorctl: RunCommand, workflows: FakeWorkflows) -> None:
    sensorctl("dummy", "job", "--seconds", "2", "--steps", "5", "--exit-after", "3", "--stall-after", "4")

    [(_, kind, spec, _, _)] = workflows.requests
    assert (kind, spec) == ("dummy", {"seconds": 2, "steps": 5, "exit_after": 3, "hang_after": 4})


@pytest.fixture
def connections(
    monkeypatch: pytest.MonkeyPatch, operators_broker: FakeBroker, workflows: FakeWorkflows
) -> dict[str, Any]:
    """Everything that can be connected to; a test breaks a part of it."""
    found: dict[str, Any] = {"queues": set(map(job_queue, JOB_KINDS)), "health": Health.READY, "broker": None}
    channel = operators_broker.connect("", "").channel()
    for exchange in (CONTROL_EXCHANGE, EVENTS_EXCHANGE):
        channel.exchange_declare(exchange)
    workflows.workers_read = [worker()]

    class FakeManagement:
        def __init__(self, _settings: object) -> None: ...

        def version(self) -> str:
            return "4.1.0"

        def queue(self, name: str) -> dict[str, Any] | None:
            return {"messages": 2} if name in found["queues"] else None

    class FakeDiscovery:
        def discover_targets(self) -> list[Target]:
            return [Target(name="worker", address=("127.0.0.1", 1))]

    class FakeProbe:
        def __call__(self, target: Target) -> ServiceReport:
            return ServiceReport(service=Service(name=target.name, health=found["health"], reason=None))

        def close(self) -> None: ...

    def check(_settings: object) -> CheckResult:
        if found["broker"]:
            raise found["broker"]
        return CheckResult("broker", "responds")

    monkeypatch.setattr(connectivity, "CHECKS", (("broker", check), ("limits", check)))
    monkeypatch.setattr(connectivity, "Management", FakeManagement)
    monkeypatch.setattr(connectivity, "build_discoveries", lambda _: [FakeDiscovery()])
    monkeypatch.setattr(connectivity, "ServiceProbe", FakeProbe)
    return found


def test_every_connection_is_checked(
    sensorctl: RunCommand, connections: dict[str, Any], answer: Callable[..., list[str]]
) -> None:
    del connections
    answer([(WORKER, 0.002)])

    code, out, _ = sensorctl("dummy", "check", "--json")

    results = {result["name"]: (result["status"], result["hint"]) for result in json.loads(out)}
    assert code == 0
    assert results == {
        "broker": ("responds", None),
        "management": ("responds, RabbitMQ 4.1.0", None),
        "exchanges": ("control and events exist", None),
        "job queues": (f"{', '.join(map(job_queue, JOB_KINDS))} exist, {2 * len(JOB_KINDS)} tickets", None),
        "workers": ("1 worker seen, for dummy, rest", None),
        "ping": (f"{WORKER} 2 ms", None),
        "worker": ("ready", None),
    }


def test_each_fault_has_a_hint_and_the_others_are_checked(
    sensorctl: RunCommand,
    connections: dict[str, Any],
    workflows: FakeWorkflows,
    answer: Callable[..., list[str]],
) -> None:
    connections |= {"broker": BrokerUnavailable("Connection refused"), "health": Health.DOWN}
    connections["queues"].remove("jobs.dummy")
    workflows.workers_read = [worker(3600)]
    answer()

    code, out, _ = sensorctl("dummy", "check", "--json")

    hints = {result["name"]: result["hint"] for result in json.loads(out)}
    assert code == 1
    assert [name for name, hint in hints.items() if hint is None] == ["management", "exchanges"]
    assert "is the broker running" in hints["broker"]
    assert "sensorctl setup" in hints["job queues"]
    for name in ("workers", "ping"):
        assert "COMPOSE_PROFILES=workflows" in hints[name]
    assert "`make up`" in hints["worker"]


def test_the_report_is_a_line_for_each_connection(
    sensorctl: RunCommand, connections: dict[str, Any], answer: Callable[..., list[str]]
) -> None:
    connections["health"] = Health.STALLED
    answer([(OTHER, 0.002)])

    code, out, _ = sensorctl("dummy", "check")

    assert code == 1
    assert f"no answer from {WORKER} in 2 s" in out
    assert "stalled" in out


def test_a_missing_exchange_is_reported(
    sensorctl: RunCommand,
    monkeypatch: pytest.MonkeyPatch,
    connections: dict[str, Any],
    answer: Callable[..., list[str]],
) -> None:
    del connections

    def refuse(_settings: object) -> None:
        raise TopologyMissing("404 NOT_FOUND - no exchange 'control'")

    monkeypatch.setattr(connectivity, "open_channel", refuse)
    answer([(WORKER, 0.002)])

    code, out, _ = sensorctl("dummy", "check", "--json")

    [exchanges] = [result for result in json.loads(out) if result["name"] == "exchanges"]
    assert (code, "no exchange 'control'" in exchanges["status"]) == (1, True)
    assert "sensorctl setup" in exchanges["hint"]
