"""The problems of each look, and since when each of them is there."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitoring.model import Problem
from monitoring.problems import ProblemKind
from monitoring.rules import (
    LONG_AGO,
    MANAGEMENT,
    PATIENCE,
    Observation,
    broker_problems,
    database_problems,
    dead_problems,
    last_arrival,
    queue_problems,
    services_problems,
    silent_problems,
)

# While readings are held up on their way, and until the next ones could arrive, nobody can be called silent
# who was heard until then.
HOLD_UP = {ProblemKind.BROKER_DOWN, ProblemKind.DATABASE_DOWN, ProblemKind.NO_CONSUMERS, ProblemKind.BACKLOG}
SETTLING = timedelta(seconds=15)
Key = tuple[ProblemKind, str]


class ProblemTracker:
    """Finds the problems of each look, and remembers since when each of them is there."""

    def __init__(self) -> None:
        self._since: dict[Key, datetime | None] | None = None
        self._held_since: datetime | None = None
        self._settled_at = LONG_AGO

    def problems(self, facts: Observation) -> list[Problem]:
        """The problems of this moment, what is to be done first coming first."""
        known = self._since or {}
        behind = (ProblemKind.BACKLOG, facts.queue_name) in known
        found = [
            *broker_problems(facts),
            *database_problems(facts),
            *services_problems(facts),
            *queue_problems(facts, behind=behind),
            *dead_problems(facts),
        ]
        found = [self._dated(problem, facts.at) for problem in found]
        self._hold([problem for problem in found if _holds_up(problem, facts)], facts.at)
        found += [self._dated(problem, facts.at) for problem in silent_problems(facts, self._held_since)]
        self._since = {_key(problem): problem.started_at for problem in found}
        return found

    def _dated(self, problem: Problem, at: datetime) -> Problem:
        """With the earliest moment that anybody told, else the one of the look that saw it first."""
        if self._since is None:
            return problem
        before = self._since.get(_key(problem), problem.started_at or at)
        told = [moment for moment in (before, problem.started_at) if moment]
        return replace(problem, started_at=min(told, default=None))

    def _hold(self, causes: list[Problem], at: datetime) -> None:
        if causes:
            began = [cause.started_at or LONG_AGO for cause in causes]
            self._held_since = min([*began, *filter(None, [self._held_since])])
            self._settled_at = at + SETTLING
        elif at > self._settled_at:
            self._held_since = None


def _key(problem: Problem) -> Key:
    return problem.kind, problem.subject


def _holds_up(problem: Problem, facts: Observation) -> bool:
    """Not without the management API, if readings arrive; a frozen broker looks the same at first."""
    if problem.subject == MANAGEMENT:
        arrival = last_arrival(facts)
        return arrival is None or facts.at - arrival > PATIENCE
    return problem.kind in HOLD_UP
