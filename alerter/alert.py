"""An alert: a problem that is firing or resolved, with its labels and annotations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from monitoring.model import Problem
from monitoring.problems import DEFINITIONS
from runtime.text import format_duration

Labels = Mapping[str, str]


class AlertStatus(StrEnum):
    """Whether an alert is firing or resolved."""

    FIRING = "firing"
    RESOLVED = "resolved"


class Notifiable(Protocol):
    """What receivers are notified of: an alert."""

    @property
    def status(self) -> AlertStatus:
        """Whether it is firing or resolved."""

    @property
    def kind(self) -> str:
        """What notifications are grouped by; the first part of the routing key."""

    @property
    def subject(self) -> str:
        """What it is about."""

    @property
    def page(self) -> str:
        """Where the page shows it."""

    @property
    def labels(self) -> Labels:
        """The labels that identify it."""

    @property
    def annotations(self) -> Labels:
        """What happened, and what to do about it; once it is resolved, what it was."""

    @property
    def started_at(self) -> datetime:
        """When it started."""

    @property
    def ended_at(self) -> datetime | None:
        """When it ended; None while it is firing."""


@dataclass(frozen=True)
class Alert:
    """A problem whose alert fires, or is resolved because the problem ended at `ended_at`."""

    problem: Problem
    started_at: datetime
    ended_at: datetime | None = None

    @property
    def status(self) -> AlertStatus:
        """Whether it is firing or resolved."""
        return AlertStatus.FIRING if self.ended_at is None else AlertStatus.RESOLVED

    @property
    def kind(self) -> str:
        """The kind of the problem."""
        return self.problem.kind

    @property
    def subject(self) -> str:
        """What has the problem."""
        return self.problem.subject

    @property
    def page(self) -> str:
        """Where the page shows it."""
        return "#problems"

    @property
    def labels(self) -> Labels:
        """The labels that identify it."""
        problem = self.problem
        labels = {"alertname": problem.kind.alert_name, "severity": str(problem.severity)}
        if name := DEFINITIONS[problem.kind].subject_label:
            labels[name] = problem.subject
        return labels

    @property
    def annotations(self) -> Labels:
        """What happened, and what to do about it; once it is resolved, what it was."""
        problem = self.problem
        if self.ended_at is None:
            return {
                "summary": problem.message,
                "description": f"{problem.message} {problem.hint}",
                "hint": problem.hint,
            }
        resolved = DEFINITIONS[problem.kind].resolved.format(subject=problem.subject)
        summary = f"{resolved}, after {format_duration(self.ended_at - self.started_at)}."
        return {"summary": summary, "description": f"{summary} The alert was: {problem.message}"}
