"""Faults of workers: each job succeeds once in effect, whatever dies."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psutil

from db.settings import DatabaseSettings
from db.workflows.requests import WorkflowRequests
from jobs.spec import JobSpec
from jobs.states import ENDED
from readings.model import Reading, Unit
from readings.payload import encode_reading
from runtime.settings import load
from tests.faults.environment import BROKER, DATABASE
from tests.faults.experiment import Experiment
from tests.faults.ledger import Attempt, StoredRow
from tests.faults.local_workers import LocalWorkers
from tests.faults.worker_failpoint import POINTS
from tests.faults.worker_jobs import reading

LEASE_SECONDS = 3.0
# The supervisor counts a death when it restarts the process.
DEATH_SECONDS = 30
STATE = "SELECT state FROM workflow WHERE workflow_id = %s"
JOB = "SELECT state, done, attempt, lease_owner FROM job WHERE workflow_id = %s"
# Of a workflow: its jobs, those that succeeded, and those with exactly one event of it.
JOBS = """
SELECT count(*), count(*) FILTER (WHERE state = 'succeeded'),
       count(*) FILTER (WHERE 1 = (SELECT count(*) FROM workflow_event AS event
                                   WHERE event.job_id = job.job_id AND event.event = 'succeeded')),
       sum(attempt), sum(failures)
FROM job WHERE workflow_id = %s
"""
LOSSES = "SELECT count(*) FROM workflow_event WHERE workflow_id = %s AND event = 'worker-lost'"
RUNNING = "SELECT count(*) FROM job WHERE state IN ('running', 'cancelling')"


def killed_at_points(experiment: Experiment, *, jobs: int, readings: int) -> None:
    """Row 17. Workers die at the claim, while publishing, and around checkpoint and finish."""
    experiment.start_workers()
    for point in POINTS:
        experiment.show_progress(f"killing workers at the point {point}")
        workers = start_job_workers(experiment, 3, f"tests.faults.worker_failpoint {point}")
        finish_workflow(experiment, _publish(experiment, point, jobs, readings), 600)
        experiment.wait_until(workers.deaths, DEATH_SECONDS, f"a worker is killed at the point {point}")
        experiment.notes.append(f"{workers.deaths()} workers killed at the point {point}")
        workers.stop()


def servers_killed(
    experiment: Experiment, *, jobs: int, readings: int, kills: int, between: tuple[float, float]
) -> None:
    """Row 20. Broker and PostgreSQL are killed while jobs publish."""
    experiment.start_workers()
    start_job_workers(experiment, 3, "tests.faults.worker_failpoint")
    workflow = _publish(experiment, "servers", jobs, readings)
    for number in range(kills):
        experiment.run_load_for(experiment.random.uniform(*between))
        server = (BROKER, DATABASE)[number % 2]
        experiment.show_progress(f"killing {server}, {number + 1} of {kills}")
        experiment.environment.kill(server)
    if workflow_state(experiment, workflow) == "succeeded":
        experiment.problems.append("the jobs ended before the last server was killed")
    finish_workflow(experiment, workflow, 600)


def killed_at_random(experiment: Experiment, *, jobs: int, between: tuple[float, float]) -> None:
    """Row 18. Workers are killed one after the other, and PostgreSQL once, while 1,000 jobs run."""
    workers = start_job_workers(experiment, 3)
    started_at = time.monotonic()
    workflow = _request(experiment, list(_dummies(jobs)))
    kills = 0
    while workflow_state(experiment, workflow) not in ENDED and time.monotonic() - started_at < 1200:
        experiment.run_load_for(experiment.random.uniform(*between))
        workers.kill(experiment.random.randrange(3))
        kills += 1
        if kills == 5:
            experiment.environment.kill(DATABASE)
        experiment.show_progress(f"killing workers: {kills}")
    finish_workflow(experiment, workflow, 60)
    experiment.notes.append(f"{kills} workers killed in {time.monotonic() - started_at:.0f} s")


def lease_lost(experiment: Experiment, *, rounds: int) -> None:
    """Row 19. A frozen worker wakes up after another took its job over; a stalled job is cancelled."""
    start_job_workers(experiment, 3)
    for number in range(rounds):
        experiment.show_progress(f"freezing a worker, {number + 1} of {rounds}")
        workflow = _request(experiment, [{"seconds": 20, "steps": 200}])
        owner = str(_progressing(experiment, workflow, 1)[3])
        family = process_family(int(owner.rpartition(":")[2]))
        signal_all(family, signal.SIGSTOP)
        taken = _progressing(experiment, workflow, 2)
        if taken[3] == owner:
            experiment.problems.append("the frozen worker has its job again")
        signal_all(family, signal.SIGCONT)
        finish_workflow(experiment, workflow, 90)
    workflow = _request(experiment, [{"seconds": 1, "steps": 2, "hang_after": 1}])
    _progressing(experiment, workflow, 1)
    started_at = time.monotonic()
    with closing(_requests(experiment)) as requests:
        requests.cancel("faults", workflow)
    experiment.wait_until(
        lambda: workflow_state(experiment, workflow) == "cancelled", 30, "the job is cancelled"
    )
    experiment.notes.append(f"a stalled job was cancelled after {time.monotonic() - started_at:.1f} s")


def start_job_workers(experiment: Experiment, number: int, module: str = "worker") -> LocalWorkers:
    """Start workers whose lease is short."""
    variables = {
        "RABBITMQ_URL": experiment.environment.amqp_url,
        "DATABASE_URL": experiment.database_url,
        "WORKER_LEASE_SECONDS": str(LEASE_SECONDS),
        "WORKER_PROGRESS_SECONDS": "60",
        "WORKER_GRACE_SECONDS": "1",
    }
    workers = experiment.start_process(module, variables)
    workers.scale(number)
    return workers


def _requests(experiment: Experiment) -> WorkflowRequests:
    return WorkflowRequests(load(DatabaseSettings, database_url=experiment.database_url), "faults")


def _request(experiment: Experiment, specs: Sequence[dict[str, Any]]) -> UUID:
    jobs = [JobSpec("dummy", spec, max_failures=20) for spec in specs]
    with closing(_requests(experiment)) as requests:
        return requests.request("faults", "dummy", {}, jobs).workflow_id


def _dummies(jobs: int) -> Iterator[dict[str, Any]]:
    """Yield short jobs, of which some fail, and the processes of some exit, before they succeed."""
    for number in range(jobs):
        misbehaviour = {0: {"fail_after": 3}, 1: {"exit_after": 3}}.get(number % 20, {})
        yield {"seconds": 1, "steps": 5, **misbehaviour}


def _publish(experiment: Experiment, name: str, jobs: int, readings: int) -> UUID:
    """Request jobs that publish readings, and record these as confirmed: they are, once the jobs succeed."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    names = [f"{name}-{number}" for number in range(jobs)]
    for job in names:
        for number in range(readings):
            record_reading(experiment, reading(job, start, number))
    return _request(
        experiment, [{"job": job, "start": start.isoformat(), "readings": readings} for job in names]
    )


def record_reading(experiment: Experiment, expected: Reading) -> None:
    """Record as confirmed what a job will have published when it has succeeded."""
    row = StoredRow(str(expected.reading_id), expected.sensor_id, expected.measured_at, expected.temperature)
    attempt = Attempt(encode_reading(expected, expected.temperature, Unit.CELSIUS), row)
    experiment.ledger.confirm(experiment.ledger.attempt(attempt), attempt)


def workflow_state(experiment: Experiment, workflow: UUID) -> object:
    """Return the state of a workflow; None while the database does not answer."""
    try:
        ((state,),) = experiment.query(STATE, workflow)
    except Exception:  # noqa: BLE001 (the database is killed in between)
        return None
    return state


def finish_workflow(experiment: Experiment, workflow: UUID, seconds: float) -> None:
    """Wait for the workflow's success, and check that each job succeeded once."""
    experiment.wait_until(
        lambda: workflow_state(experiment, workflow) in {"succeeded", "failed"}, seconds, "the workflow ends"
    )
    ((jobs, succeeded, once, attempts, failures),) = experiment.query(JOBS, workflow)
    ((losses,),) = experiment.query(LOSSES, workflow)
    ((running,),) = experiment.query(RUNNING)
    experiment.notes.append(
        f"{jobs} jobs: {succeeded} succeeded, {once} once; {attempts} attempts, {failures} failures, "
        f"{losses} lost workers"
    )
    if not jobs == succeeded == once or running:
        experiment.problems.append(f"{succeeded} of {jobs} succeeded, {once} once; {running} still running")


def _progressing(experiment: Experiment, workflow: UUID, attempt: int) -> tuple[object, ...]:
    """Wait until an attempt of the only job has saved a checkpoint, and return the job."""
    before = experiment.query(JOB, workflow)[0][1]

    def has_progressed() -> bool:
        _, done, current, _ = experiment.query(JOB, workflow)[0]
        return bool(current == attempt and done != before)

    experiment.wait_until(has_progressed, 60, f"attempt {attempt} makes progress")
    return experiment.query(JOB, workflow)[0]


def process_family(pid: int) -> list[int]:
    """Return the process and all that it has started."""
    process = psutil.Process(pid)
    return [pid, *(child.pid for child in process.children(recursive=True))]


def signal_all(pids: Sequence[int], number: signal.Signals) -> None:
    """Signal these processes; a job among them may have ended."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
