"""Faults of the database."""

import time
from contextlib import suppress

import psycopg

from tests.faults.bodies import mixed
from tests.faults.environment import DATABASE, SmallDatabase
from tests.faults.experiment import Experiment

# More than the preallocated segments on the small disk.
SEGMENTS = 8
TERMINATE = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE application_name LIKE 'pipeline@%'
"""


def killed(
    experiment: Experiment,
    *,
    kills: int,
    between: tuple[float, float],
    terminations: int,
    restarts: int,
    rate: float = 100,
) -> None:
    """Row 2. The server is killed, sessions are terminated during statements, and it is restarted often."""
    experiment.start_workers()
    with experiment.load(rate):
        experiment.wait_for_recovery()
        for number in range(kills):
            experiment.run_load_for(experiment.random.uniform(*between))
            experiment.show_progress(f"killing PostgreSQL, {number + 1} of {kills}")
            experiment.environment.kill(DATABASE)
            experiment.wait_for_recovery()
        _terminate(experiment, terminations)
        for number in range(restarts):
            experiment.show_progress(f"restarting PostgreSQL, {number + 1} of {restarts}")
            experiment.environment.stop(DATABASE)
            experiment.environment.start(DATABASE)
            experiment.run_load_for(experiment.random.uniform(0, 1.5))
        experiment.wait_for_recovery()


def _terminate(experiment: Experiment, times: int) -> None:
    terminated = 0
    for number in range(times):
        experiment.show_progress(f"terminating sessions, {number + 1} of {times}")
        experiment.run_load_for(experiment.random.uniform(0, 0.2))
        (count,) = experiment.query(TERMINATE)[0]
        terminated += int(str(count))
    experiment.notes.append(f"{terminated} sessions terminated")
    experiment.wait_for_recovery()


def down(experiment: Experiment, *, seconds: float, rate: float = 50) -> None:
    """Row 7. The database is down for a long time: the backlog stays ready, nothing is dead-lettered."""
    experiment.start_workers()
    with experiment.load(rate):
        experiment.wait_for_recovery()
        experiment.environment.stop(DATABASE)
        before, deadline = experiment.ledger.confirmed, time.monotonic() + seconds
        while (remaining := deadline - time.monotonic()) > 0:
            ready, consumers = experiment.depth()
            experiment.show_progress(
                f"the database is down for another {remaining:.0f} s; {ready} ready, {consumers} consumers"
            )
            time.sleep(min(remaining, 5))
        _check_backlog(experiment, experiment.ledger.confirmed - before)
        experiment.environment.start(DATABASE)
        experiment.wait_for_recovery()


def _check_backlog(experiment: Experiment, published: int) -> None:
    ready, _ = experiment.depth()
    held = experiment.mode.max_unacked * 3
    experiment.notes.append(f"{ready} of {published} ready while the database was down")
    if ready < published - held - published // 20 or published == 0:
        experiment.problems.append(
            f"only {ready} of {published} messages are ready while the database is down"
        )


def resources_exhausted(experiment: Experiment, *, seconds: float, rate: float = 100) -> None:
    """Row 8. The database's disk is full; then the broker has its memory alarm and its disk alarm."""
    small = experiment.environment.small_database()
    if small:
        experiment.use(small)
    else:
        experiment.notes.append("disk full not tested: a small disk requires Docker or root")
    experiment.start_local_workers()
    with experiment.load(rate, mixed(0.02)):
        experiment.wait_for_recovery()
        if small:
            _fill(experiment, small, seconds)
        _alarm(experiment, "memory", ("set_vm_memory_high_watermark", "0.000001"), seconds)
        experiment.environment.rabbitmqctl("set_vm_memory_high_watermark", "0.6")
        experiment.wait_for_recovery()
        _alarm(experiment, "disk", ("set_disk_free_limit", str(10**15)), seconds)
        experiment.environment.rabbitmqctl("set_disk_free_limit", str(50 * 10**6))
        experiment.wait_for_recovery()


def _fill(experiment: Experiment, small: SmallDatabase, seconds: float) -> None:
    """Fill the disk: first no table can grow, then the server stops when the WAL requires a new segment."""
    experiment.show_progress("the database's disk is full")
    small.fill()
    experiment.run_load_for(seconds / 2)
    experiment.notes.append(f"{experiment.depth()[0]} messages ready with the disk full")
    if not experiment.depth()[0]:
        experiment.problems.append("readings were stored despite the full disk")
    with suppress(psycopg.Error):
        for _ in range(SEGMENTS):
            experiment.query("SELECT pg_logical_emit_message(false, 'faults', 'x'), pg_switch_wal()")
    experiment.run_load_for(seconds / 2)
    small.empty()
    experiment.notes.append(f"disk full: recovered after {experiment.wait_for_recovery():.1f} s")


def _alarm(experiment: Experiment, name: str, command: tuple[str, ...], seconds: float) -> None:
    experiment.show_progress(f"the broker's {name} alarm")
    experiment.environment.rabbitmqctl(*command)
    time.sleep(2)
    before = experiment.ledger.confirmed
    time.sleep(seconds)
    confirms = experiment.ledger.confirmed - before
    experiment.notes.append(f"{confirms} confirms during the {name} alarm")
