"""Which alerts fire and which are resolved, from one evaluation to the next."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from alerter.alert import Alert as TrackerAlert
from alerter.anomaly_alert import ANOMALY_ALERTS
from alerter.excursion_alert import EXCURSION_ALERTS
from alerter.notification import Notification
from alerter.tracker import AlertTracker
from monitoring.model import Problem, Queue, SystemStatus, Throughput
from monitoring.problems import ProblemKind, Source
from tests.unit.alerter.problems import BUILDER, STARTED_AT, problem
from tests.unit.fakes import FakeClock
from tests.webhook_server import Alert, AlertGroup

FIRST_COLLECTION = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
QUEUE = Queue(name="heat", ready=0, unacked=0, dead_letters=0, consumers=1, publish_rate=0.0, ack_rate=0.0)
Summary = list[tuple[str, str]]


def alerts_in(notification: Notification) -> list[Alert]:
    return AlertGroup.model_validate_json(notification.body).alerts


def alert_in(notification: Notification) -> Alert:
    return alerts_in(notification)[0]


class Harness:
    """Updates a tracker with given problems, on a clock that advances with each update."""

    def __init__(
        self, for_seconds: float = 15, group_seconds: float = 0, notified: Sequence[TrackerAlert] = ()
    ) -> None:
        self.clock = FakeClock()
        self.tracker = AlertTracker(for_seconds, group_seconds, BUILDER, notified=notified, clock=self.clock)
        self.at = FIRST_COLLECTION

    def update(self, *problems: Problem, after: float = 5, **is_read: bool) -> list[Alert]:
        """Return the alerts notified by an update some seconds later, without `AlerterStarted`."""
        notifications = self.notifications(*problems, after=after, **is_read)
        alerts = [alert for notification in notifications for alert in alerts_in(notification)]
        return [alert for alert in alerts if alert.labels["alertname"] != "AlerterStarted"]

    def notifications(
        self,
        *problems: Problem,
        after: float = 5,
        database: bool = True,
        queue: bool = True,
        nodes: bool = True,
    ) -> list[Notification]:
        self.clock.now += after
        self.at += timedelta(seconds=after)
        sources = [(Source.DATABASE, database), (Source.QUEUE, queue), (Source.BROKER_NODES, nodes)]
        status = SystemStatus(
            at=self.at,
            services=[],
            queue=QUEUE if queue else None,
            throughput=Throughput(stored_rate=None, latency_p50=None, latency_p95=None),
            sensors=[] if database else None,
            problems=list(problems),
            unread=[source for source, is_read in sources if not is_read],
        )
        return self.tracker.update(status)


def summary(alerts: list[Alert]) -> Summary:
    return [(alert.status, alert.labels.get("sensor") or alert.labels["alertname"]) for alert in alerts]


FIRING: Summary = [("firing", "kitchen")]
RESOLVED: Summary = [("resolved", "kitchen")]


@pytest.fixture
def firing() -> Harness:
    """Return a harness on which the alert of the kitchen is firing."""
    harness = Harness()
    harness.update(problem())
    assert summary(harness.update(problem(), after=15)) == FIRING
    return harness


def test_an_alert_fires_once_after_the_problem_has_lasted() -> None:
    harness = Harness()

    updates = [harness.update(problem()) for _ in range(6)]

    assert [summary(update) for update in updates] == [[], [], [], FIRING, [], []]
    assert harness.tracker.firing == [TrackerAlert(problem(), STARTED_AT)]


def test_it_is_resolved_once_after_the_problem_was_absent_and_ended_when_it_vanished(firing: Harness) -> None:
    updates = [firing.update() for _ in range(6)]

    assert [summary(update) for update in updates] == [[], [], [], RESOLVED, [], []]
    [alert] = updates[3]
    assert alert.endsAt == FIRST_COLLECTION + timedelta(seconds=25)
    assert alert.startsAt == STARTED_AT
    assert firing.tracker.firing == []


def test_a_problem_that_flaps_never_fires() -> None:
    harness = Harness()

    updates = [harness.update(*([problem()] if n % 2 else [])) for n in range(40)]

    assert [summary(update) for update in updates if update] == []


def test_a_problem_that_recurs_soon_is_not_resolved(firing: Harness) -> None:
    updates = [firing.update(*([problem()] if n % 3 else [])) for n in range(40)]

    assert [summary(update) for update in updates if update] == []
    assert firing.tracker.firing == [TrackerAlert(problem(), STARTED_AT)]


def test_the_start_stays_as_notified(firing: Harness) -> None:
    firing.update(problem(started_at=STARTED_AT + timedelta(minutes=1)))
    firing.update()

    [alert] = firing.update(after=15)

    assert alert.startsAt == STARTED_AT


def test_a_problem_of_unknown_start_started_when_it_was_first_seen() -> None:
    harness = Harness()
    harness.update(problem(started_at=None))

    [alert] = harness.update(problem(started_at=None), after=15)

    assert alert.startsAt == FIRST_COLLECTION + timedelta(seconds=5)


def test_a_start_that_becomes_known_before_it_fires_is_used() -> None:
    harness = Harness()
    harness.update(problem(started_at=None))

    [alert] = harness.update(problem(), after=15)

    assert alert.startsAt == STARTED_AT


@pytest.mark.parametrize(
    ("kind", "subject", "unknown"),
    [
        (ProblemKind.SENSOR_OFFLINE, "kitchen", {"database": False}),
        (ProblemKind.BACKUP_STOPPED, "BackupStopped", {"database": False}),
        (ProblemKind.SEVERAL_PRIMARIES, "SeveralPrimaries", {"database": False}),
        (ProblemKind.DEAD_LETTERS, "DeadLetters", {"queue": False}),
        (ProblemKind.BROKER_NODE_DOWN, "BrokerNodeDown", {"nodes": False}),
        (ProblemKind.QUEUE_WITHOUT_QUORUM, "QueueWithoutQuorum", {"nodes": False}),
    ],
)
def test_an_alert_whose_source_is_down_is_not_resolved(
    kind: ProblemKind, subject: str, unknown: dict[str, bool]
) -> None:
    harness = Harness()
    harness.update(problem(kind))
    harness.update(problem(kind), after=15)

    # when its source is down for long
    assert [summary(harness.update(**unknown)) for _ in range(10)] == [[]] * 10

    # then its absence counts from the first status in which it could be seen
    resolved = [("resolved", subject)]
    assert [summary(harness.update()) for _ in range(4)] == [[], [], [], resolved]


@pytest.mark.parametrize(
    ("kind", "subject", "unknown"),
    [
        (ProblemKind.SENSOR_OFFLINE, "kitchen", {"database": False}),
        (ProblemKind.NO_CONSUMERS, "NoConsumers", {"queue": False}),
    ],
)
def test_time_in_which_its_source_is_down_counts_neither_as_present_nor_as_absent(
    kind: ProblemKind, subject: str, unknown: dict[str, bool]
) -> None:
    # when the source is down right after the problem was seen once, then it does not fire
    harness = Harness()
    harness.update(problem(kind))
    assert [summary(harness.update(**unknown)) for _ in range(6)] == [[]] * 6
    # and it fires once the problem was present for long enough while the source was up
    fired = [("firing", subject)]
    seen = [problem(kind)]
    updates = [harness.update(*seen), harness.update(**unknown), harness.update(*seen), harness.update(*seen)]
    assert [summary(update) for update in updates] == [[], [], [], fired]

    # when the source is down right after the problem was absent once, then it is not resolved
    harness.update()
    assert [summary(harness.update(**unknown)) for _ in range(6)] == [[]] * 6
    # nor if the problem is still there afterwards
    assert [summary(harness.update(*seen)) for _ in range(4)] == [[]] * 4


def test_an_alert_that_waits_for_its_group_does_not_fire_while_its_source_is_down() -> None:
    harness = Harness(for_seconds=0, group_seconds=30)
    harness.update(MANY[0])
    assert summary(harness.update(*MANY[:2])) == []

    assert [summary(harness.update(database=False)) for _ in range(10)] == [[]] * 10

    assert summary(harness.update(*MANY[:2])) == [("firing", "s1")]


def test_a_problem_that_is_found_although_its_source_does_not_respond_fires() -> None:
    # A queue that does not exist has no consumers, and no numbers.
    missing = problem(ProblemKind.NO_CONSUMERS, "heat")
    harness = Harness()

    updates = [harness.update(missing, queue=False) for _ in range(4)]

    assert [summary(update) for update in updates] == [[], [], [], [("firing", "NoConsumers")]]


def test_other_alerts_are_resolved_while_the_database_is_down() -> None:
    harness = Harness(for_seconds=0)
    harness.update(problem(ProblemKind.SERVICE_DOWN, "sensor-1"))

    assert summary(harness.update(database=False, queue=False)) == [("resolved", "ServiceDown")]


def test_alerts_of_one_kind_or_one_subject_are_distinct() -> None:
    alerts = Harness(for_seconds=0).update(
        problem(), problem(subject="attic"), problem(ProblemKind.SERVICE_DOWN, "kitchen")
    )

    assert summary(alerts) == [("firing", "ServiceDown"), ("firing", "kitchen"), ("firing", "attic")]
    assert len({alert.fingerprint for alert in alerts}) == 3


def test_a_restarted_alerter_sends_the_same_notification_with_the_same_fingerprint(firing: Harness) -> None:
    firing.update()
    [resolved] = firing.update(after=15)
    first = Harness(for_seconds=0).notifications(problem())[0]
    restarted = Harness()
    restarted.update(problem(), after=3600)

    again, _ = restarted.notifications(problem(), after=15)

    assert again.notification_id == first.notification_id
    assert alert_in(again).fingerprint == resolved.fingerprint


def test_the_next_problem_has_the_same_fingerprint_and_another_notification_id() -> None:
    later = problem(started_at=STARTED_AT + timedelta(hours=1))

    one, other = (Harness(for_seconds=0).notifications(each)[0] for each in (problem(), later))

    assert alert_in(one).fingerprint == alert_in(other).fingerprint
    assert one.notification_id != other.notification_id


def test_an_alerter_that_started_reports_once_what_is_firing_and_what_is_unknown() -> None:
    harness = Harness()
    updates = [harness.notifications(problem(), queue=False, nodes=False) for _ in range(6)]

    assert [len(update) for update in updates] == [0, 0, 0, 2, 0, 0]
    alert, started = (alert_in(notification) for notification in updates[3])
    assert started.labels["alertname"] == "AlerterStarted"
    assert started.annotations["firing"] == alert.fingerprint
    unknown = "Backlog BrokerNodeDown BrokerResourceAlarm DeadLetters NoConsumers QueueDropsMessages Qu"
    assert started.annotations["unknown"].startswith(unknown)


def test_two_starts_are_two_notifications() -> None:
    ids = [Harness(for_seconds=0).notifications(after=n)[0].notification_id for n in (1, 2)]

    assert ids[0] != ids[1]


MANY = [problem(subject=f"s{n}") for n in range(500)]


def test_sensors_that_go_offline_together_are_one_notification_and_so_is_their_return() -> None:
    harness = Harness(for_seconds=0)
    _started = harness.notifications()

    [firing] = harness.notifications(*MANY)
    assert firing.subjects == tuple(f"s{n}" for n in range(500))
    [resolved] = harness.notifications()
    assert (resolved.status, len(resolved.subjects)) == ("resolved", 500)


def test_sensors_that_go_offline_one_after_the_other_are_one_notification_per_group_time() -> None:
    # given a sensor that has just gone offline
    harness = Harness(for_seconds=0, group_seconds=30)
    _started = harness.notifications()
    [first] = harness.notifications(*MANY[:1])
    # when the others follow over 25 s
    updates = [harness.notifications(*MANY[: 100 * n], after=5) for n in range(1, 6)]
    # then they are in the next notification, 30 s after the first one
    [second] = harness.notifications(*MANY, after=5)
    assert [len(update) for update in updates] == [0] * 5
    assert (len(first.subjects), len(second.subjects)) == (1, 499)
    assert alerts_in(second)[0].startsAt == STARTED_AT


def test_a_kind_does_not_delay_another() -> None:
    harness = Harness(for_seconds=0, group_seconds=30)
    harness.update(problem())

    assert summary(harness.update(problem(), problem(ProblemKind.SERVICE_DOWN, "sensor-1"))) == [
        ("firing", "ServiceDown")
    ]


def test_a_sensor_that_returns_before_the_notification_of_its_absence_is_in_none() -> None:
    harness = Harness(for_seconds=0, group_seconds=30)
    harness.update(MANY[0])

    updates = [harness.update(*MANY[: 1 + (n == 1)]) for n in range(12)]

    assert [update for update in updates if update] == []


def test_more_than_a_thousand_alerts_are_several_notifications() -> None:
    many = [problem(subject=f"s{n}") for n in range(2500)]

    notifications = Harness(for_seconds=0).notifications(*many)

    assert [len(notification.subjects) for notification in notifications] == [1000, 1000, 500, 1]


def test_after_a_restart_only_what_changed_is_notified() -> None:
    # given an alerter that has notified of three sensors before its restart
    before = [TrackerAlert(each, STARTED_AT) for each in MANY[:3]]
    harness = Harness(notified=before)
    # when one of them has returned meanwhile and another is new
    present = [MANY[0], MANY[1], MANY[3]]
    updates = [harness.notifications(*present) for _ in range(4)]
    # then only those are notified, and the start lists all that are firing
    assert [len(update) for update in updates] == [0, 0, 0, 3]
    resolved, firing, started = updates[3]
    assert (resolved.subjects, resolved.status) == (("s2",), "resolved")
    assert (firing.subjects, firing.status) == (("s3",), "firing")
    assert len(alert_in(started).annotations["firing"].split()) == 3


def test_a_start_with_more_alerts_than_a_message_can_list_calls_their_kind_unknown() -> None:
    many = [problem(subject=f"s{n}") for n in range(1001)]
    service = problem(ProblemKind.SERVICE_DOWN, "sensor-1")

    *_, started = Harness(for_seconds=0).notifications(service, *many)

    annotations = alert_in(started).annotations
    assert annotations["summary"] == "The alerter started; alerts firing: 1002."
    assert annotations["unknown"] == " ".join(
        ["SensorOffline", *EXCURSION_ALERTS.values(), *ANOMALY_ALERTS.values()]
    )
    assert len(annotations["firing"].split()) == 1


def test_the_start_fits_into_a_message_of_the_broker() -> None:
    many = [problem(subject=f"s{n}") for n in range(1000)]

    *_, started = Harness(for_seconds=0).notifications(*many)

    assert len(alert_in(started).annotations["firing"].split()) == 1000
    assert len(started.body) < 65_536
