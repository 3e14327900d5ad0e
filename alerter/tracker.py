"""From one look at the system to the next: which problems began, and which are over."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from alerter.alert import Event, began, ended, problem_id, started
from monitoring.model import Problem, SystemStatus
from monitoring.problems import ProblemKind

# What only the broker's figures can tell, and what only the database can.
FROM_THE_QUEUE = frozenset({ProblemKind.NO_CONSUMERS, ProblemKind.BACKLOG, ProblemKind.DEAD_LETTERS})
FROM_THE_DATABASE = frozenset({ProblemKind.SENSOR_OFFLINE})
Key = tuple[ProblemKind, str]


@dataclass
class TrackedAlert:
    """A problem as it was last seen. From when it is told on, `since` stays what it is."""

    problem: Problem
    since: datetime
    seen_from: float
    told: bool = False
    gone_from: float | None = None
    gone_at: datetime | None = None


class AlertTracker:
    """Compares each look with those before.

    A problem is told once it was there for `hold_seconds` and at every look; its end, once it was gone for as
    long. What cannot be seen, because whoever knows it is away, neither begins nor ends.
    """

    def __init__(self, hold_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._hold_seconds = hold_seconds
        self._clock = clock
        self._cases: dict[Key, TrackedAlert] = {}
        self._first_look: float | None = None
        self._started = False

    @property
    def lasting(self) -> list[Problem]:
        """The problems that were told and are not over."""
        return [case.problem for case in self._cases.values() if case.told]

    def note(self, overview: SystemStatus) -> list[Event]:
        """What is to be told after this look.

        As soon as all that was wrong from the beginning is told, `started` says so once.
        """
        now = self._clock()
        self._first_look = now if self._first_look is None else self._first_look
        unseen = _unseen(overview)
        present = {(problem.kind, problem.subject): problem for problem in overview.problems}
        events = [
            *self._missed(self._cases.keys() - present.keys(), unseen, overview.at, now),
            *self._present(present, overview.at, now),
        ]
        if not self._started and now - self._first_look >= self._hold_seconds:
            self._started = True
            told = [problem_id(case.problem, case.since) for case in self._cases.values() if case.told]
            events.append(started(overview.at, told, sorted(unseen)))
        return events

    def _present(self, present: dict[Key, Problem], at: datetime, now: float) -> Iterator[Event]:
        for key, problem in present.items():
            case = self._cases.setdefault(key, TrackedAlert(problem, problem.started_at or at, now))
            case.problem, case.gone_from, case.gone_at = problem, None, None
            if not case.told:
                case.since = problem.started_at or case.since
                if now - case.seen_from >= self._hold_seconds:
                    case.told = True
                    yield began(problem, case.since)

    def _missed(
        self, keys: set[Key], unseen: frozenset[ProblemKind], at: datetime, now: float
    ) -> Iterator[Event]:
        for key in sorted(keys):
            case = self._cases[key]
            if key[0] in unseen:
                continue
            if case.gone_from is None or case.gone_at is None:
                case.gone_from, case.gone_at = now, at
            if not case.told:
                del self._cases[key]
            elif now - case.gone_from >= self._hold_seconds:
                del self._cases[key]
                yield ended(case.problem, case.since, case.gone_at)


def _unseen(overview: SystemStatus) -> frozenset[ProblemKind]:
    queue = FROM_THE_QUEUE if overview.queue is None else frozenset[ProblemKind]()
    return queue | (FROM_THE_DATABASE if overview.sensors is None else frozenset[ProblemKind]())
