"""Rows of workflows, jobs, events and workers as the database returns them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
WORKFLOW_ID = UUID("0199a3f0-0000-4000-8000-000000000001")
JOB_IDS = [UUID(f"0199a3f0-0000-4000-8000-00000000001{n}") for n in range(2)]
WORKER = "worker@host:7"


def job(position: int = 0, **changes: Any) -> dict[str, Any]:
    """Return a job that runs."""
    return {
        "job_id": JOB_IDS[position], "workflow_id": WORKFLOW_ID, "kind": "dummy", "position": position,
        "spec": {"seconds": 5}, "state": "running", "attempt": 1, "failures": 0, "max_failures": 5,
        "available_at": AT, "lease_owner": WORKER, "lease_ends_at": AT + timedelta(seconds=30),
        "checkpoint": None, "done": 40, "total": 100, "counts": {}, "message": None, "error": None,
        "question": None, "started_at": AT, "ended_at": None,
    } | changes  # fmt: skip


def workflow(**changes: Any) -> dict[str, Any]:
    """Return a workflow of one job that runs."""
    return {
        "workflow_id": WORKFLOW_ID, "kind": "dummy", "spec": {"seconds": 5}, "idempotency_key": None,
        "request_digest": None, "desired_state": "running", "state": "running", "requested_by": "key:ann",
        "requested_at": AT, "schedule": None, "scheduled_for": None, "rerun_of": None, "max_running": None,
        "started_at": AT, "ended_at": None, "error": None, "jobs": 1, "jobs_by_state": {"running": 1},
        "done": 40, "total": 100, "max_attempt": 1,
    } | changes  # fmt: skip


def event(number: int, name: str, state: str | None, seconds: float, **changes: Any) -> dict[str, Any]:
    """Return an event of the first job, some seconds after the request."""
    return {
        "event_id": number, "workflow_id": WORKFLOW_ID, "job_id": JOB_IDS[0],
        "at": AT + timedelta(seconds=seconds), "event": name, "state": state, "attempt": 1,
        "actor": f"worker:{WORKER}", "detail": {},
    } | changes  # fmt: skip


def worker(age_seconds: float = 1, **changes: Any) -> dict[str, Any]:
    """Return a worker that was seen some seconds ago."""
    return {
        "name": WORKER, "kinds": ["dummy", "rest"], "version": "0.1.0", "started_at": AT,
        "seen_at": AT, "seconds_since_seen": float(age_seconds), "jobs": [],
    } | changes  # fmt: skip
