"""What the watch tells: a JSON object an event, the same on the exchange and to the webhook."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from monitoring.model import Problem
from monitoring.problems import ProblemKind

NAMESPACE = uuid5(NAMESPACE_URL, "urn:sensors:watch")
WATCH = "alerter"


class Change(StrEnum):
    """What happened: to a problem, or to the watch itself."""

    BEGAN = "began"
    ENDED = "ended"
    STARTED = "started"


@dataclass(frozen=True)
class Event:
    """An event and how it travels. `event_id` is the same whenever the same thing is told again."""

    change: Change
    kind: str
    subject: str
    sentence: str
    event_id: str
    routing_key: str
    body: bytes


def began(problem: Problem, since: datetime) -> Event:
    """The problem is there."""
    return _of(problem, since, Change.BEGAN, None)


def ended(problem: Problem, since: datetime, at: datetime) -> Event:
    """The problem is over: it was gone at that moment."""
    return _of(problem, since, Change.ENDED, at)


def started(at: datetime, lasting: Collection[str], unseen: Iterable[ProblemKind]) -> Event:
    """The watch works, and these problems (by their ids) were told; of the unseen kinds it knows nothing."""
    event_id, sentence = _id(WATCH, Change.STARTED, _written(at)), f"{len(lasting)} problems last."
    body = {
        "event_id": event_id,
        "change": Change.STARTED,
        "kind": WATCH,
        "at": _written(at),
        "problem_ids": list(lasting),
        "unseen_kinds": list(unseen),
        "sentence": sentence,
    }
    return Event(Change.STARTED, WATCH, "", sentence, event_id, f"{WATCH}.{Change.STARTED}", _json(body))


def problem_id(problem: Problem, since: datetime) -> str:
    """What both events of a problem have in common, also after a restart of the watch."""
    return _id(problem.kind, problem.subject, _written(since))


def _of(problem: Problem, since: datetime, change: Change, at: datetime | None) -> Event:
    event_id = _id(problem.kind, problem.subject, _written(since), change)
    body = {
        "event_id": event_id,
        "change": change,
        "problem_id": problem_id(problem, since),
        "kind": problem.kind,
        "subject": problem.subject,
        "since": _written(since),
        "ended_at": at and _written(at),
        "sentence": problem.message,
        "advice": problem.hint,
    }
    key = f"{problem.kind}.{change}.{problem.subject}"
    return Event(change, problem.kind, problem.subject, problem.message, event_id, key, _json(body))


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE, json.dumps(parts)))


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()
