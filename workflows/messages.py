"""The messages that report events of workflows, and the tickets of jobs."""

from typing import NamedTuple

from db.queries.statements import Row
from jobs.states import State
from runtime.json_values import dump_json

FIELDS = (
    "event_id", "workflow_id", "workflow_kind", "job_id", "job_kind", "at", "event", "state", "attempt",
    "actor", "detail",
)  # fmt: skip

# The broker accepts 64 KiB (deploy/rabbitmq/limits.conf).
MAX_BODY_BYTES = 60_000


class EventMessage(NamedTuple):
    """A message for the exchange `events`. Its ID is the same however often it is published."""

    routing_key: str
    message_id: str
    body: bytes


class Ticket(NamedTuple):
    """A message that wakes a worker for a job of a kind."""

    kind: str
    message_id: str
    body: bytes


def to_message(event: Row) -> EventMessage:
    """Return the message of an event: `workflow.STATE.ID`, `job.progress.ID` or `job.STATE.ID`.

    An event that changes no state has its own name in place of the state. Details that are too large for a
    message are left out; the database has them.
    """
    subject, id_ = ("job", event["job_id"]) if event["job_id"] else ("workflow", event["workflow_id"])
    name = event["state"] or event["event"]
    values = {field: event[field] for field in FIELDS} | {"at": event["at"].isoformat()}
    body = dump_json(values, default=str).encode()
    if len(body) > MAX_BODY_BYTES:
        body = dump_json(values | {"detail": {"omitted_bytes": len(body)}}, default=str).encode()
    return EventMessage(f"{subject}.{name}.{id_}", str(event["event_id"]), body)


def to_ticket(event: Row) -> Ticket | None:
    """Return the ticket of a job that became ready; None for any other event."""
    if event["state"] != State.READY or not event["job_id"]:
        return None
    body = dump_json({"job_id": str(event["job_id"])}).encode()
    return Ticket(event["job_kind"], str(event["event_id"]), body)
