"""Problems and notifications as the alerter handles them."""

from datetime import UTC, datetime

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


def notification(subject: str = "kitchen") -> Notification:
    return BUILDER.firing(problem(subject=subject), STARTED_AT)
