"""Notifications reach every notifier, and alerts are kept once all notifiers are done."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alerter.evaluator import Evaluator
from alerter.notification import Notification
from alerter.settings import AlerterSettings
from alerter.telemetry import AlerterTelemetry
from monitoring.model import Problem, Sensor, SystemStatus, Throughput
from monitoring.problems import ProblemKind
from runtime.settings import load
from tests.unit.alerter.problems import STARTED_AT, problem
from tests.unit.fakes import EventRecorder

Make = Callable[..., Evaluator]


class FakeNotifier:
    """A notifier whose receiver accepts everything at once, or nothing while it is down."""

    def __init__(self, name: str = "broker") -> None:
        self.name = name
        self.notifications: list[Notification] = []
        self.down = False

    @property
    def pending(self) -> list[Notification]:
        return self.notifications if self.down else []

    def put(self, notification: Notification) -> None:
        self.notifications.append(notification)


class FakeCollector:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.sensors: list[Sensor] = []

    def collect(self) -> SystemStatus:
        throughput = Throughput(stored_rate=None, latency_p50=None, latency_p95=None)
        return SystemStatus(
            at=STARTED_AT,
            services=[],
            queue=None,
            throughput=throughput,
            sensors=self.sensors,
            problems=self.problems,
        )


@pytest.fixture
def collector() -> FakeCollector:
    return FakeCollector()


@pytest.fixture
def make(tmp_path: Path, collector: Any) -> Make:
    def make(*notifiers: Any, telemetry: Any = None, routes: str = "{}") -> Evaluator:
        settings = load(
            AlerterSettings,
            alerter_for_seconds=0,
            alerter_group_seconds=0,
            alerter_state_file=tmp_path / "alerter.json",
            alert_urls="mail=mailtos://example phone=ntfy://example/topic",
            alert_routes=routes,
        )
        recorder: Any = EventRecorder(AlerterTelemetry)
        return Evaluator(collector, notifiers, telemetry or recorder, settings, ["broker"])

    return make


def sensor(sensor_id: str, location: str | None = None) -> Sensor:
    return Sensor(
        sensor_id=sensor_id, name=None, location=location, last_measured_at=STARTED_AT,
        last_temperature=None, interval_seconds=None, offline_since=None,
    )  # fmt: skip


def subjects(notifier: FakeNotifier) -> list[str]:
    return [subject for each in notifier.notifications for subject in each.subjects if subject]


def test_a_restart_repeats_no_notification_that_was_delivered(make: Make, collector: FakeCollector) -> None:
    collector.problems = [problem(subject=str(n)) for n in range(3)]
    first, restarted = FakeNotifier(), FakeNotifier()
    evaluator = make(first)
    evaluator.evaluate()
    evaluator.save()

    make(restarted).evaluate()

    assert subjects(first) == ["0", "1", "2"]
    assert subjects(restarted) == []


def test_a_restart_repeats_what_a_receiver_has_not_accepted(make: Make, collector: FakeCollector) -> None:
    collector.problems = [problem()]
    mail = FakeNotifier("mail")
    mail.down = True
    evaluator = make(FakeNotifier(), mail)
    evaluator.evaluate()
    collector.problems = []
    evaluator.evaluate()

    broker, restarted = FakeNotifier(), FakeNotifier("mail")
    make(broker, restarted).evaluate()

    assert subjects(broker) == []
    assert [(each.status, each.subjects) for each in restarted.notifications] == [
        ("firing", ("kitchen",)),
        ("resolved", ("kitchen",)),
    ]
    identifiers = [each.notification_id for each in mail.notifications]
    assert [each.notification_id for each in restarted.notifications] == identifiers


def test_a_receiver_is_notified_of_what_its_routes_have(make: Make, collector: FakeCollector) -> None:
    collector.sensors = [sensor("fridge-1"), sensor("oven", location="kitchen")]
    collector.problems = [problem(subject=name) for name in ("fridge-1", "oven", "attic")]
    collector.problems.append(problem(ProblemKind.BROKER_DOWN, subject="broker"))
    everything, mail, phone = FakeNotifier(), FakeNotifier("mail"), FakeNotifier("phone")
    routes = {
        "mail": [{"pattern": "fridge-?"}, {"location": "kitchen", "severity": "warning"}],
        "phone": [{"severity": "critical"}],
    }

    make(everything, mail, phone, routes=json.dumps(routes)).evaluate()

    assert sorted(subjects(everything)) == ["attic", "broker", "fridge-1", "oven"]
    assert subjects(mail) == ["fridge-1", "oven"]
    assert mail.notifications[0].message == "2 SensorOffline alerts are firing: fridge-1, oven."
    assert subjects(phone) == ["broker"]


def test_only_machines_are_notified_of_the_start(make: Make, collector: FakeCollector) -> None:
    machine, mail = FakeNotifier(), FakeNotifier("mail")

    make(machine, mail).evaluate()

    assert [each.kind for each in machine.notifications] == ["alerter-started"]
    assert mail.notifications == []


def test_a_state_that_cannot_be_used_is_logged_once(make: Make, tmp_path: Path) -> None:
    (tmp_path / "alerter.json").mkdir()
    telemetry: Any = EventRecorder(AlerterTelemetry)
    evaluator = make(FakeNotifier(), telemetry=telemetry)

    for _ in range(3):
        evaluator.evaluate()

    [(reason,)] = telemetry.calls_to("state_unusable")
    assert reason == f"{tmp_path}/alerter.json: Is a directory"
