"""The file that keeps of what receivers were notified, so that a restart neither repeats nor loses it."""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from alerter.alert import Alert
from monitoring.model import Problem
from monitoring.problems import ProblemKind

Identity = tuple[ProblemKind, str, datetime, datetime | None]
Groups = Sequence[Sequence[Alert]]
Pending = Mapping[str, Groups]


class _Saved(BaseModel):
    """An alert in the file."""

    kind: ProblemKind
    subject: str
    message: str
    hint: str
    started_at: datetime
    ended_at: datetime | None = None

    def to_alert(self) -> Alert:
        problem = Problem(
            kind=self.kind,
            subject=self.subject,
            started_at=self.started_at,
            message=self.message,
            hint=self.hint,
        )
        return Alert(problem, self.started_at, self.ended_at)


class _File(BaseModel):
    """The content of the file."""

    alerts: list[_Saved]
    pending: dict[str, list[list[_Saved]]] = {}


class Saved(NamedTuple):
    """The firing alerts, and by receiver the groups of alerts that it has not accepted yet."""

    alerts: list[Alert]
    pending: Pending


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
        self._saved: _Content | None = None

    def load(self) -> Saved:
        """Return what was saved; nothing if there is no usable file."""
        if self.path is None:
            return Saved([], {})
        try:
            content = _File.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return Saved([], {})
        except (OSError, ValidationError) as error:
            self.error = getattr(error, "strerror", None) or "it is no state of this version"
            return Saved([], {})
        saved = Saved(
            [each.to_alert() for each in content.alerts],
            {
                receiver: [[each.to_alert() for each in group] for group in groups]
                for receiver, groups in content.pending.items()
            },
        )
        self._saved = _content(*saved)
        return saved

    def save(self, alerts: Sequence[Alert], pending: Pending) -> None:
        """Write the firing alerts and what is pending atomically, if they are others than before."""
        content = _content(alerts, pending)
        if self.path is None or content == self._saved:
            return
        partial = self.path.with_name(f".{self.path.name}.{os.getpid()}.partial")
        try:
            partial.write_text(
                json.dumps(
                    {
                        "alerts": [_to_json(alert) for alert in alerts],
                        "pending": {
                            receiver: [[_to_json(alert) for alert in group] for group in groups]
                            for receiver, groups in pending.items()
                        },
                    }
                )
            )
            partial.replace(self.path)
        except OSError as error:
            self.error = error.strerror or str(error)
            with suppress(OSError):
                partial.unlink()
        else:
            self.error = None
            self._saved = content


_Content = tuple[set[Identity], dict[str, list[set[Identity]]]]


def _content(alerts: Sequence[Alert], pending: Pending) -> _Content:
    """Return what does not change while an alert is firing, as its message does."""
    groups = {receiver: [_identities(group) for group in groups] for receiver, groups in pending.items()}
    return _identities(alerts), groups


def _identities(alerts: Sequence[Alert]) -> set[Identity]:
    return {(alert.problem.kind, alert.problem.subject, alert.started_at, alert.ended_at) for alert in alerts}


def _to_json(alert: Alert) -> dict[str, str | None]:
    problem = alert.problem
    return {
        "kind": problem.kind,
        "subject": problem.subject,
        "message": problem.message,
        "hint": problem.hint,
        "started_at": alert.started_at.isoformat(),
        "ended_at": alert.ended_at.isoformat() if alert.ended_at else None,
    }
