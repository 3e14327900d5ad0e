"""Notifications reach every notifier, and alerts are kept once all notifiers are done."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alerter.evaluator import Evaluator
from alerter.notification import Notification
from alerter.settings import AlerterSettings
from alerter.telemetry import AlerterTelemetry
from monitoring.model import Problem, SystemStatus, Throughput
from runtime.settings import load
from tests.unit.alerter.problems import STARTED_AT, problem
from tests.unit.fakes import EventRecorder

Make = Callable[..., Evaluator]


class FakeNotifier:
    """A notifier whose receiver accepts everything at once, or nothing while it is down."""

    def __init__(self) -> None:
        self.notifications: list[Notification] = []
        self.idle = True
        self.down = False

    def put(self, notification: Notification) -> None:
        self.notifications.append(notification)
        self.idle = not self.down


class FakeCollector:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def collect(self) -> SystemStatus:
        throughput = Throughput(stored_rate=None, latency_p50=None, latency_p95=None)
        return SystemStatus(
            at=STARTED_AT, services=[], queue=None, throughput=throughput, sensors=[], problems=self.problems
        )


@pytest.fixture
def collector() -> FakeCollector:
    return FakeCollector()


@pytest.fixture
def make(tmp_path: Path, collector: Any) -> Make:
    settings = load(AlerterSettings, alerter_for_seconds=0, alerter_state_file=tmp_path / "alerter.json")

    def make(*notifiers: Any, telemetry: Any = None) -> Evaluator:
        recorder: Any = EventRecorder(AlerterTelemetry)
        return Evaluator(collector, notifiers, telemetry or recorder, settings)

    return make


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
    broker, webhook, restarted = FakeNotifier(), FakeNotifier(), FakeNotifier()
    webhook.down = True
    evaluator = make(broker, webhook)
    evaluator.evaluate()
    evaluator.save()

    make(restarted).evaluate()

    assert subjects(restarted) == ["kitchen"]


def test_a_state_that_cannot_be_used_is_logged_once(make: Make, tmp_path: Path) -> None:
    (tmp_path / "alerter.json").mkdir()
    telemetry: Any = EventRecorder(AlerterTelemetry)
    evaluator = make(FakeNotifier(), telemetry=telemetry)

    for _ in range(3):
        evaluator.evaluate()

    [(reason,)] = telemetry.calls_to("state_unusable")
    assert reason == f"{tmp_path}/alerter.json: Is a directory"
