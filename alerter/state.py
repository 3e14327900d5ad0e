"""The file that keeps which alerts receivers were notified of, so that a restart does not repeat them."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from alerter.alert import Alert
from monitoring.model import Problem
from monitoring.problems import ProblemKind

Identity = tuple[ProblemKind, str, datetime]


class _Saved(BaseModel):
    """An alert in the file."""

    kind: ProblemKind
    subject: str
    message: str
    hint: str
    started_at: datetime

    def to_alert(self) -> Alert:
        problem = Problem(
            kind=self.kind,
            subject=self.subject,
            started_at=self.started_at,
            message=self.message,
            hint=self.hint,
        )
        return Alert(problem, self.started_at)


class _File(BaseModel):
    """The content of the file."""

    alerts: list[_Saved]


@dataclass
class AlertState:
    """Loads and saves alerts. Without a path it keeps nothing.

    `error` says why the file could not be read or written. Without a state, notifications of all firing
    alerts are sent again.
    """

    path: Path | None
    error: str | None = None

    def __post_init__(self) -> None:
        """Remember nothing as saved."""
        self._saved: set[Identity] | None = None

    def load(self) -> list[Alert]:
        """Return the saved alerts; none if there is no usable file."""
        if self.path is None:
            return []
        try:
            content = _File.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return []
        except (OSError, ValidationError) as error:
            self.error = getattr(error, "strerror", None) or "it is no state of this version"
            return []
        alerts = [saved.to_alert() for saved in content.alerts]
        self._saved = _identities(alerts)
        return alerts

    def save(self, alerts: Sequence[Alert]) -> None:
        """Write the alerts atomically, if they are others than before."""
        if self.path is None or _identities(alerts) == self._saved:
            return
        partial = self.path.with_name(f".{self.path.name}.{os.getpid()}.partial")
        try:
            partial.write_text(json.dumps({"alerts": [_to_json(alert) for alert in alerts]}))
            partial.replace(self.path)
        except OSError as error:
            self.error = error.strerror or str(error)
            with suppress(OSError):
                partial.unlink()
        else:
            self.error = None
            self._saved = _identities(alerts)


def _identities(alerts: Sequence[Alert]) -> set[Identity]:
    """Return what does not change while an alert is firing, as its message does."""
    return {(alert.problem.kind, alert.problem.subject, alert.started_at) for alert in alerts}


def _to_json(alert: Alert) -> dict[str, str]:
    problem = alert.problem
    return {
        "kind": problem.kind,
        "subject": problem.subject,
        "message": problem.message,
        "hint": problem.hint,
        "started_at": alert.started_at.isoformat(),
    }
