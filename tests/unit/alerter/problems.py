"""Problems and notifications as the alerter handles them."""

from datetime import UTC, datetime, timedelta

from alerter.alert import Alert
from alerter.notification import Notification, NotificationBuilder
from monitoring.model import Problem
from monitoring.problems import ProblemKind

STARTED_AT = datetime(2026, 11, 22, 9, 58, 30, 250_000, tzinfo=UTC)
BUILDER = NotificationBuilder("http://dashboard.example/")


def problem(
    kind: ProblemKind = ProblemKind.SENSOR_OFFLINE,
    subject: str = "kitchen",
    started_at: datetime | None = STARTED_AT,
) -> Problem:
    return Problem(
        kind=kind,
        subject=subject,
        started_at=started_at,
        message=f"Sensor {subject} sends no readings.",
        hint="Check its power.",
    )


def firing(*problems: Problem, started_at: datetime = STARTED_AT) -> Notification:
    return BUILDER.group([Alert(each, started_at) for each in problems or [problem()]])


def resolved(*problems: Problem, ended_at: datetime = STARTED_AT + timedelta(minutes=7)) -> Notification:
    return BUILDER.group([Alert(each, STARTED_AT, ended_at) for each in problems or [problem()]])


def notification(subject: str = "kitchen") -> Notification:
    return firing(problem(subject=subject))
