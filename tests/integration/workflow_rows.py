"""Workflows for tests: requested, claimed and looked at in a real database."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from db.queries.statements import Row, Statements
from db.roles import AccessLevel
from db.workflows.queries import WorkflowQueries
from db.workflows.requests import RequestOptions, WorkflowRequests
from db.workflows.worker_store import ClaimedJob, WorkerStore
from jobs.spec import JobSpec
from tests.database import Database, Roles

KINDS = ["dummy"]
LEASE_SECONDS = 30.0


class Workflows:
    """The database with the roles of production: what a manager requests and what workers do."""

    def __init__(self, database: Database, roles: Roles) -> None:
        self.database = database
        manager = database.settings_as(roles[AccessLevel.MANAGER])
        self.worker_settings = database.settings_as(roles[AccessLevel.WORKER])
        self.requests = WorkflowRequests(manager, "test requests")
        self.statements = Statements(manager, "test queries")
        self.queries = WorkflowQueries(self.statements)
        self.store = WorkerStore(self.worker_settings, "test worker")

    def request(self, jobs: int = 1, *, max_failures: int = 5, **options: Any) -> UUID:
        """Request a workflow of jobs of the kind `dummy`."""
        specs = [JobSpec("dummy", {"number": number}, max_failures) for number in range(jobs)]
        return self.requests.request("test", "dummy", {}, specs, RequestOptions(**options)).workflow_id

    def claim(self, worker: str = "one", kinds: Sequence[str] = KINDS) -> ClaimedJob:
        """Claim a job, of which there must be one."""
        job = self.store.claim(worker, kinds, LEASE_SECONDS)
        assert job is not None
        return job

    def claim_none(self, worker: str = "one") -> None:
        """Find no job to claim."""
        assert self.store.claim(worker, KINDS, LEASE_SECONDS) is None

    def expire(self, job_id: UUID) -> None:
        """Let the lease of a job end, as if its worker was lost."""
        self.database.query(
            "UPDATE job SET lease_ends_at = clock_timestamp() - interval '1 second' WHERE job_id = %s", job_id
        )

    def make_available(self) -> None:
        """Let the delay of all jobs before their next attempt end."""
        self.database.query("UPDATE job SET available_at = clock_timestamp() WHERE state = 'ready'")

    def state(self, workflow_id: UUID) -> str:
        row = self.queries.read(workflow_id)
        assert row is not None
        return str(row["state"])

    def job(self, workflow_id: UUID) -> Row:
        """Return the first job of a workflow."""
        return self.queries.jobs(workflow_id, 1)[0]

    def job_states(self, workflow_id: UUID) -> list[str]:
        return [row["state"] for row in self.queries.jobs(workflow_id, 1000)]

    def events(self, workflow_id: UUID, job_id: UUID | None = None) -> list[str]:
        """Return the events of the workflow itself, or of one of its jobs."""
        rows = self.queries.events(workflow_id, 10_000)
        return [row["event"] for row in rows if row["job_id"] == job_id]

    def close(self) -> None:
        self.requests.close()
        self.statements.close()
        self.store.close()
