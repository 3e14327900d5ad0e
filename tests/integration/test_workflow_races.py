"""Workers and people change the same workflows at once: each job succeeds once, none stays running."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from itertools import pairwise
from typing import Any
from uuid import UUID

from db.roles import AccessLevel
from db.workflows.requests import WorkflowRequests
from db.workflows.worker_store import ClaimedJob, WorkerStore
from runtime.errors import InvalidInput
from tests.database import Database, Roles
from tests.integration.workflow_rows import KINDS, Workflows

WORKFLOWS, JOBS, WORKERS, PEOPLE = 6, 20, 4, 2
SECONDS = 2.0
# What must hold in every snapshot.
VIOLATIONS = """
SELECT workflow_id, state, desired_state, jobs FROM (
    SELECT workflow_id, workflow.state, desired_state, max_running, array_agg(job.state) AS jobs,
           bool_and(job.state IN ('succeeded', 'failed', 'cancelled')) AS have_ended,
           bool_or(job.state IN ('running', 'cancelling')) AS is_executed,
           count(*) FILTER (WHERE job.state IN ('ready', 'running', 'paused', 'cancelling')) AS active,
           bool_or(job.state = 'failed') AS has_failed, bool_or(job.state = 'cancelled') AS is_cancelled
    FROM workflow JOIN job USING (workflow_id) GROUP BY workflow_id
) AS checked
WHERE have_ended <> (state IN ('succeeded', 'failed', 'cancelled'))
   OR active > max_running
   OR (state = 'cancelling') <> (desired_state = 'cancelled' AND NOT have_ended)
   OR (state = 'paused') <> (desired_state = 'paused' AND NOT have_ended AND NOT is_executed)
   OR (state = 'cancelled') <> (have_ended AND is_cancelled)
   OR (state = 'failed') <> (have_ended AND has_failed AND NOT is_cancelled)
   OR (desired_state = 'running' AND 'pending' = ANY (jobs) AND active < max_running)
   OR (desired_state = 'running' AND 'paused' = ANY (jobs))
   OR (desired_state <> 'running' AND 'ready' = ANY (jobs))
"""
ENDS = {"succeeded", "failed", "cancelled"}


class Race:
    """Threads that work on the same workflows until a moment, and whatever each of them did."""

    def __init__(self, workflows: Workflows, database: Database, roles: Roles, seed: int) -> None:
        self.workflows, self.database, self.roles = workflows, database, roles
        self.random = random.Random(seed)
        self.ids = [
            workflows.request(JOBS, max_failures=3, max_running=self.random.choice([None, 1, 3]))
            for _ in range(WORKFLOWS)
        ]
        self.finished: Counter[UUID] = Counter()
        self.lock = threading.Lock()
        self.until = time.monotonic() + SECONDS

    def run(self) -> None:
        workers, people = [self.work] * WORKERS, [self.interfere] * PEOPLE
        tasks: list[Callable[[random.Random], None]] = [*workers, *people, self.check]
        with ThreadPoolExecutor(len(tasks)) as threads:
            seeds = [random.Random(self.random.random()) for _ in tasks]
            for done in [threads.submit(task, seed) for task, seed in zip(tasks, seeds, strict=True)]:
                done.result()

    def work(self, rng: random.Random) -> None:
        """Execute jobs as a worker that is killed, stalls, fails or is stopped now and then."""
        settings = self.database.settings_as(self.roles[AccessLevel.WORKER])
        with closing(WorkerStore(settings, "test race")) as store:
            name = f"worker {rng.random()}"
            while time.monotonic() < self.until:
                job = store.claim(name, KINDS, lease_seconds=rng.choice([0.01, 0.05, 5.0]))
                if job is not None:
                    self.execute(store, job, rng)

    def execute(self, store: WorkerStore, job: ClaimedJob, rng: random.Random) -> None:
        for step in range(rng.randrange(3)):
            if store.save(job.job_id, job.attempt, {"step": step}, done=job.done + step) is None:
                assert not store.finish(job.job_id, job.attempt)
                return
        match rng.randrange(8):
            case 0 | 1 | 2:
                if store.finish(job.job_id, job.attempt):
                    with self.lock:
                        self.finished[job.job_id] += 1
            case 3:
                store.fail(job.job_id, job.attempt, "bad luck", may_retry=True, retry_after=0)
            case 4:
                store.fail(job.job_id, job.attempt, "hopeless", may_retry=False)
            case 5:
                store.release(job.job_id, job.attempt, "shutdown")
            case 6:
                store.renew(job.job_id, job.attempt, 0.01)
            case _:
                store.renew(job.job_id, job.attempt, 0.001)  # and its worker is gone

    def interfere(self, rng: random.Random) -> None:
        """Cancel, pause, resume and retry workflows as several people do."""
        settings = self.database.settings_as(self.roles[AccessLevel.MANAGER])
        with closing(WorkflowRequests(settings, "test race")) as requests:
            changes = [requests.cancel, requests.pause, requests.resume, requests.resume, requests.retry]
            while time.monotonic() < self.until:
                with suppress(InvalidInput):
                    rng.choice(changes)("test", rng.choice(self.ids))

    def check(self, _: random.Random) -> None:
        with self.database.connect() as connection:
            while time.monotonic() < self.until:
                assert connection.execute(VIOLATIONS).fetchall() == []

    def finish_all(self) -> None:
        """Let a reliable worker do what remains, also what failed or was cancelled."""
        for workflow in self.ids:
            for change in (self.workflows.requests.resume, self.workflows.requests.retry):
                with suppress(InvalidInput):
                    change("test", workflow)
        self.database.query(
            "UPDATE job SET lease_ends_at = clock_timestamp() - interval '1 s' "
            "WHERE state IN ('running', 'cancelling')"
        )
        self.workflows.make_available()
        while (job := self.workflows.store.claim("reliable", KINDS, 30)) is not None:
            assert self.workflows.store.finish(job.job_id, job.attempt)
            self.finished[job.job_id] += 1
            self.workflows.make_available()


def test_each_job_succeeds_once_whoever_interferes(
    workflows: Workflows, database: Database, roles: Roles
) -> None:
    race = Race(workflows, database, roles, seed=15)

    race.run()
    race.finish_all()

    assert database.query(VIOLATIONS) == []
    for workflow in race.ids:
        jobs = workflows.queries.jobs(workflow, 1000)
        assert workflows.state(workflow) in ENDS
        assert all((race.finished[job["job_id"]] == 1) == (job["state"] == "succeeded") for job in jobs)
        events = workflows.queries.events(workflow, 1_000_000)
        for job in jobs:
            check_history(job, [event for event in events if event["job_id"] == job["job_id"]])
    assert set(race.finished.values()) == {1}


def check_history(job: dict[str, Any], events: list[dict[str, Any]]) -> None:
    """Check that each attempt was claimed once, ended once, and that the last event has the job's state."""
    claimed = [event["attempt"] for event in events if event["event"] == "claimed"]
    assert claimed == list(range(1, job["attempt"] + 1))
    succeeded = [event for event in events if event["state"] == "succeeded"]
    assert len(succeeded) == (job["state"] == "succeeded")
    states = [event["state"] for event in events if event["state"]]
    assert states[-1] == job["state"]
    for before, after in pairwise(states):
        assert before != "succeeded"
        assert after != "running" or before == "ready"
