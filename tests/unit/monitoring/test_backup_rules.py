"""A continuous backup of the database that has stopped."""

import pytest

from db.queries.backup import BackupState
from db.queries.hosts import HostState
from monitoring.problems import ProblemKind
from monitoring.thresholds import MAX_BACKUP_SILENCE
from tests.unit.monitoring.observations import keys, observation, only_problem_after, problems_after
from tests.unit.monitoring.samples import REFUSED, ago

RECEIVED = BackupState(is_received=True, pending_bytes=100)
SILENCE = MAX_BACKUP_SILENCE.total_seconds()
STOPPED = BackupState(is_received=False, inactive_seconds=SILENCE, pending_bytes=3 * 1024 * 1024)
HOSTS = [HostState("db-1"), HostState("db-2", is_standby=True, is_streaming=True)]


@pytest.mark.parametrize(
    "backup",
    [None, RECEIVED, STOPPED._replace(inactive_seconds=SILENCE - 1)],
    ids=["none", "runs", "restarts"],
)
def test_a_backup_that_receives_or_starts_again_is_no_problem(backup: BackupState | None) -> None:
    assert problems_after(observation(backup=backup)) == []


@pytest.mark.parametrize(
    ("backup", "consequence"),
    [
        (STOPPED, "log; the database keeps 3 MiB for it."),
        (STOPPED._replace(has_gap=True), "log; what was stored since then cannot be restored until"),
        (STOPPED._replace(delays_commits=True), "for it; commits wait for it, so nothing is stored."),
    ],
)
def test_a_backup_that_receives_nothing_is_a_problem_since_it_stopped(
    backup: BackupState, consequence: str
) -> None:
    problem = only_problem_after(observation(backup=backup))

    assert (problem.kind, problem.subject) == (ProblemKind.BACKUP_STOPPED, "backup")
    assert problem.started_at == ago(SILENCE)
    assert consequence in problem.message


def test_a_server_that_does_not_say_since_when_is_believed() -> None:
    problem = only_problem_after(observation(backup=STOPPED._replace(inactive_seconds=None)))

    assert (problem.kind, problem.started_at) == (ProblemKind.BACKUP_STOPPED, None)


def test_a_primary_that_was_promoted_has_no_backup_until_it_receives_again() -> None:
    before, after = observation(backup=RECEIVED, database_hosts=HOSTS), observation(database_hosts=HOSTS)

    assert keys(problems_after(before, after)) == [(ProblemKind.BACKUP_STOPPED, "backup")]
    assert problems_after(before, after, before) == []
    assert problems_after(after) == []


def test_a_single_server_whose_slot_was_dropped_has_no_backup_any_more() -> None:
    assert problems_after(observation(backup=STOPPED), observation()) == []


def test_of_a_database_that_is_down_the_backup_is_not_known() -> None:
    down = observation(sensors=None, database_error=REFUSED, database_hosts=HOSTS)

    assert keys(problems_after(observation(backup=RECEIVED, database_hosts=HOSTS), down)) == [
        (ProblemKind.DATABASE_DOWN, "database")
    ]
