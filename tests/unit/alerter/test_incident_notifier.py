"""Receivers are notified of incidents, here excursions; of which they were is recorded."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerter.excursion_alert import ExcursionAlert, to_due_excursion
from alerter.incident import DueAlert
from alerter.incident_notifier import IncidentNotifier, Reported
from alerter.notification import Notification, NotificationBuilder
from db.errors import StoreUnavailable
from tests.webhook_server import AlertGroup

STARTED_AT = datetime(2026, 11, 26, 12, tzinfo=UTC)


def row(number: int, **values: Any) -> dict[str, Any]:
    return {
        "excursion_id": number, "limit_id": 1, "sensor_id": str(number), "name": "Fridge", "location": None,
        "rule": "high", "threshold": 8.0, "window_seconds": None, "severity": "warning",
        "started_at": STARTED_AT, "last_measured_at": STARTED_AT, "ended_at": None, "end_reason": None,
        "withdrawn": False, "peak": 9.5, "peak_temperature": 9.5, "degree_minutes": 12.25, "firing_at": None,
    } | values  # fmt: skip


ENDED = {"ended_at": STARTED_AT + timedelta(minutes=295, seconds=51), "end_reason": "recovered"}


class Log:
    """What is due, and what was recorded."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.recorded: list[tuple[list[int], bool]] = []
        self.is_down = False

    def add_receiver(self, receiver: str) -> None:
        pass

    def due(self, receiver: str, repeat_seconds: float, routes: object = ()) -> list[dict[str, Any]]:
        return [dict(each) for each in self.rows]

    def record(self, receiver: str, incidents: Sequence[int], *, resolved: bool) -> None:
        if self.is_down:
            raise StoreUnavailable("down")
        self.recorded.append((list(incidents), resolved))


class Receiver:
    """A notifier that keeps what it is given, and is also the telemetry."""

    name = "webhook"

    def __init__(self) -> None:
        self.notifications: list[Notification] = []
        self.reported: list[tuple[str, int]] = []

    def put(self, notification: Notification) -> None:
        self.notifications.append(notification)

    def notified(self, notification: Notification) -> None:
        self.reported.append((notification.status, len(notification.subjects)))


class Harness:
    def __init__(
        self,
        receiver: Receiver | None = None,
        reported: Reported | None = None,
        to_alert: Callable[[Mapping[str, Any]], DueAlert] = to_due_excursion,
    ) -> None:
        self.log, self.receiver, self.now = Log(), receiver or Receiver(), 0.0
        self.notifier = IncidentNotifier(
            self.log,
            to_alert,
            NotificationBuilder("http://page"),
            self.receiver,  # type: ignore[arg-type]
            repeat_seconds=3600,
            group_seconds=30,
            reported=reported,
            clock=lambda: self.now,
        )
        self.notifier.attach(self.receiver)  # type: ignore[arg-type]

    def notify(self, *rows: dict[str, Any], after_seconds: float = 30) -> list[Notification]:
        self.log.rows, self.now = list(rows), self.now + after_seconds
        self.receiver.notifications.clear()
        self.notifier.notify()
        return list(self.receiver.notifications)

    def settle(self, notification: Notification, *, final: bool = True) -> None:
        self.notifier.settled(notification, final)


@pytest.fixture
def harness() -> Harness:
    return Harness()


def test_excursions_that_are_due_together_are_one_notification(harness: Harness) -> None:
    [notification] = harness.notify(row(1), row(2))

    group = AlertGroup.model_validate_json(notification.body)
    assert notification.routing_key == "temperature-high.firing"
    assert [alert.labels["sensor"] for alert in group.alerts] == ["1", "2"]
    assert group.alerts[0].generatorURL == "http://page/#/sensor/1"
    assert harness.notify(row(3), after_seconds=29) == []
    assert len(harness.notify(row(3), after_seconds=1)) == 1


def test_what_the_receiver_accepted_is_recorded_once(harness: Harness) -> None:
    [notification] = harness.notify(row(1))
    assert harness.notify(row(1)) == []
    harness.settle(notification)
    harness.log.is_down = True
    with pytest.raises(StoreUnavailable):
        harness.notify()
    harness.log.is_down = False

    harness.notify()
    harness.notify()

    assert harness.log.recorded == [([1], False)]


def test_what_was_dropped_unsent_is_sent_again(harness: Harness) -> None:
    [notification] = harness.notify(row(1))
    harness.settle(notification, final=False)

    assert len(harness.notify(row(1))) == 1
    assert harness.log.recorded == []


def test_an_excursion_that_ended_before_it_was_notified_fires_first(harness: Harness) -> None:
    [firing] = harness.notify(row(1, **ENDED))
    [resolved] = harness.notify(row(2, **ENDED, firing_at=STARTED_AT))

    assert (firing.status, resolved.status) == ("firing", "resolved")
    harness.settle(resolved)
    harness.notify()
    assert harness.log.recorded == [([2], True)]


def test_a_repeated_notification_has_an_identifier_of_its_own(harness: Harness) -> None:
    [first] = harness.notify(row(1))
    harness.settle(first)

    [repeated] = harness.notify(row(1, firing_at=STARTED_AT))

    assert repeated.notification_id != first.notification_id
    assert repeated.body == first.body


def test_a_start_and_an_end_are_reported_once_however_many_receivers_there_are() -> None:
    reported, receiver = Reported(), Receiver()
    mail, phone = Harness(receiver, reported), Harness(receiver, reported)

    statuses: list[dict[str, Any]] = [{}, {"firing_at": STARTED_AT}, ENDED | {"firing_at": STARTED_AT}]
    for values in statuses:
        for each in (mail, phone):
            [notification] = each.notify(row(1, **values))
            each.settle(notification)

    assert receiver.reported == [("firing", 1), ("resolved", 1)]


@pytest.mark.parametrize(
    ("values", "summary"),
    [
        ({}, "Sensor 1 (Fridge) is above 8 °C, 9.5 °C at most, since 2026-11-26 12:00:00 UTC."),
        (
            {"rule": "low", "threshold": 2.0, "peak_temperature": -1.0, "name": None},
            "Sensor 1 is below 2 °C, -1 °C at least, since 2026-11-26 12:00:00 UTC.",
        ),
        (
            {"rule": "rate", "threshold": 2.0, "peak": 3.0, "window_seconds": 300.0, "location": "cellar"},
            (
                "Sensor 1 (Fridge, cellar) is changing by 3 K within 300 s, more than 2 K, "
                "since 2026-11-26 12:00:00 UTC."
            ),
        ),
        (
            ENDED,
            "The excursion is over: Sensor 1 (Fridge) was above 8 °C, 9.5 °C at most, for 4 h 55 min 51 s.",
        ),
        (
            ENDED | {"end_reason": "unknown"},
            (
                "The excursion ended as unknown: the sensor sent nothing for much longer than usual: "
                "Sensor 1 (Fridge) was above 8 °C, 9.5 °C at most, for 4 h 55 min 51 s."
            ),
        ),
        (
            ENDED | {"withdrawn": True},
            (
                "Late or corrected readings show that this was no excursion: "
                "Sensor 1 (Fridge) was above 8 °C, 9.5 °C at most."
            ),
        ),
    ],
)
def test_the_summary_says_what_happened(values: dict[str, Any], summary: str) -> None:
    values = row(1, **values)
    del values["firing_at"]

    assert ExcursionAlert(**values).annotations["summary"] == summary
