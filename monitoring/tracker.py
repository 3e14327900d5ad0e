"""Tracks problems across collections: when each started, and which inhibit others."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitoring.analysis_rules import analysis_problems
from monitoring.backup_rules import backup_problems
from monitoring.broker_rules import node_problems
from monitoring.database_hosts import database_host_problems
from monitoring.database_rules import database_problems
from monitoring.dead_letter_rules import dead_letter_problems
from monitoring.folder_rules import folder_problems
from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.outbox_rules import outbox_problems
from monitoring.problems import ProblemKind
from monitoring.queue_limit_rules import queue_limit_problems
from monitoring.receiver_rules import receiver_problems
from monitoring.rules import broker_problems, queue_problems, service_problems
from monitoring.sensor_rules import LONG_AGO, sensor_problems
from monitoring.thresholds import OFFLINE_MIN_SILENCE
from monitoring.workflow_rules import workflow_problems

# While one of these lasts, readings cannot arrive, so no further sensor is reported as offline; nor in the
# grace period after it, in which the next readings arrive.
INHIBITING = {
    ProblemKind.BROKER_DOWN,
    ProblemKind.BROKER_RESOURCE_ALARM,
    ProblemKind.QUEUE_WITHOUT_QUORUM,
    ProblemKind.DATABASE_DOWN,
    ProblemKind.NO_CONSUMERS,
    ProblemKind.BACKLOG,
}
GRACE_PERIOD = timedelta(seconds=15)
Key = tuple[ProblemKind, str]


class ProblemTracker:
    """Finds the problems of each observation, and remembers when each of them started."""

    def __init__(self) -> None:
        self._started_at: dict[Key, datetime | None] | None = None
        self._inhibited_since: datetime | None = None
        self._inhibited_until = LONG_AGO
        self._had_backup = False

    def update(self, observation: Observation) -> list[Problem]:
        """Return the problems of this observation, the causes before their consequences."""
        previous = self._started_at or {}
        found = [
            *broker_problems(observation),
            *node_problems(observation),
            *database_problems(observation),
            *database_host_problems(observation),
            *backup_problems(observation, had_backup=self._had_backup),
            *service_problems(observation),
            *queue_problems(
                observation, had_backlog=(ProblemKind.BACKLOG, observation.queue_name) in previous
            ),
            *queue_limit_problems(observation),
            *dead_letter_problems(observation),
            *analysis_problems(observation),
            *workflow_problems(observation),
            *receiver_problems(observation),
            *folder_problems(observation),
            *outbox_problems(observation),
        ]
        problems = [self._with_start(problem, observation.at) for problem in found]
        self._update_inhibition([p for p in problems if _inhibits(p, observation)], observation.at)
        offline = sensor_problems(observation, self._inhibited_since)
        problems += [self._with_start(problem, observation.at) for problem in offline]
        self._started_at = {_key(problem): problem.started_at for problem in problems}
        self._had_backup |= observation.backup is not None
        return problems

    def _with_start(self, problem: Problem, at: datetime) -> Problem:
        """Set the earliest start that was reported, else the time of the collection that found it first."""
        if self._started_at is None:
            return problem
        previous = self._started_at.get(_key(problem), problem.started_at or at)
        reported = [moment for moment in (previous, problem.started_at) if moment]
        return replace(problem, started_at=min(reported, default=None))

    def _update_inhibition(self, causes: list[Problem], at: datetime) -> None:
        if causes:
            started = [cause.started_at or LONG_AGO for cause in causes]
            self._inhibited_since = min([*started, *filter(None, [self._inhibited_since])])
            self._inhibited_until = at + GRACE_PERIOD
        elif at > self._inhibited_until:
            self._inhibited_since = None


def _key(problem: Problem) -> Key:
    return problem.kind, problem.subject


def _inhibits(problem: Problem, observation: Observation) -> bool:
    """Return whether readings cannot arrive because of this problem.

    A management API that is down does not stop readings, but a stalled broker looks the same at first, so
    it inhibits unless readings keep arriving.
    """
    if problem.kind is ProblemKind.MANAGEMENT_API_DOWN:
        arrival = observation.last_arrival()
        return arrival is None or observation.at - arrival > OFFLINE_MIN_SILENCE
    return problem.kind in INHIBITING
