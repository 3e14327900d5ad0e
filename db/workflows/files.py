"""Files as jobs know them: which version of one is processed by which workflow."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from db.queries.sensors import BY_NAME, SensorSerial, storable_names
from db.queries.statements import Statements
from runtime.json_values import dump_json

CLAIM = "SELECT claim_file(:job_id, :attempt, :path, :version) AS workflow_id"
REQUEST = """
SELECT request_file(:job_id, :attempt, :path, :version, CAST(:spec AS jsonb), :max_failures) AS workflow_id
"""
RELEASE = "SELECT release_file(:job_id, :attempt)"


class Files:
    """Claims and requests versions of files, for the attempt of a job.

    Every method raises StoreUnavailable if the database does not answer in time.
    """

    def __init__(self, statements: Statements, job_id: UUID, attempt: int) -> None:
        self._statements = statements
        self._job = {"job_id": job_id, "attempt": attempt}

    def claim(self, path: str, version: str) -> UUID | None:
        """Let the job's workflow process a version of a file; return the workflow that does, maybe another.

        None if the job has lost its lease.
        """
        row = self._statements.rows(CLAIM, **self._job, path=path, version=version)[0]
        workflow_id: UUID | None = row["workflow_id"]
        return workflow_id

    def request(self, path: str, version: str, spec: Mapping[str, Any], max_failures: int) -> UUID | None:
        """Request a workflow for a version of a file, unless one has it; return the new one.

        Raises:
            InvalidInput: When the job has lost its lease.
        """
        row = self._statements.rows(
            REQUEST,
            **self._job,
            path=path,
            version=version,
            spec=dump_json(dict(spec)),
            max_failures=max_failures,
        )[0]
        workflow_id: UUID | None = row["workflow_id"]
        return workflow_id

    def find_sensors(self, names: Sequence[str]) -> list[SensorSerial]:
        """Return the sensors that are registered with one of these IDs or serial numbers."""
        return [SensorSerial(**row) for row in self._statements.rows(BY_NAME, names=storable_names(names))]

    def release(self) -> None:
        """Let the file be requested again: it was moved, and whatever is at its path is another one."""
        self._statements.rows(RELEASE, **self._job)
