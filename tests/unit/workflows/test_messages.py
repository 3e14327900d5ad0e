"""The messages of the service: events, tickets and commands."""

import json
from typing import Any
from uuid import UUID

import pytest

from runtime.errors import InvalidInput
from tests.unit.fake_workflows import FakeWorkflows
from tests.unit.sensorctl.workflows.rows import JOB_IDS, WORKFLOW_ID, event
from workflows.commands import execute, parse_command
from workflows.messages import to_message, to_ticket

KINDS = {"workflow_kind": "backfill", "job_kind": "rest"}
STOP = {
    "command": "stop", "queue_id": "q-7", "target": str(WORKFLOW_ID), "telemetry_id": "t-1",
    "timestamp": "2026-11-27T12:00:00Z",
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (event(7, "requested", "ready", 0, job_id=None), f"workflow.ready.{WORKFLOW_ID}"),
        (event(8, "claimed", "running", 1), f"job.running.{JOB_IDS[0]}"),
        (event(9, "progress", None, 2), f"job.progress.{JOB_IDS[0]}"),
        (event(10, "worker-lost", None, 3), f"job.worker-lost.{JOB_IDS[0]}"),
    ],
)
def test_the_key_of_an_event_names_what_it_is_about_and_its_state(row: dict[str, Any], key: str) -> None:
    message = to_message(row | KINDS)

    assert (message.routing_key, message.message_id) == (key, str(row["event_id"]))
    body = json.loads(message.body)
    assert (body["workflow_id"], body["workflow_kind"]) == (str(WORKFLOW_ID), "backfill")
    assert body["at"] == row["at"].isoformat()


def test_details_that_the_broker_would_refuse_are_left_out() -> None:
    row = event(3, "needs_answer", "needs-answer", 0) | KINDS | {"detail": {"question": "ä" * 60_000}}

    body = to_message(row).body

    assert len(body) < 1000
    assert json.loads(body)["detail"]["omitted_bytes"] > 60_000


def test_only_a_job_that_becomes_ready_has_a_ticket() -> None:
    ready = to_ticket(event(3, "ready", "ready", 0) | KINDS)

    assert ready
    assert (ready.kind, json.loads(ready.body)) == ("rest", {"job_id": str(JOB_IDS[0])})
    assert to_ticket(event(4, "claimed", "running", 0) | KINDS) is None
    assert to_ticket(event(5, "requested", "ready", 0, job_id=None) | KINDS) is None


@pytest.mark.parametrize(
    ("command", "change"),
    [("start", "retry"), ("stop", "cancel"), ("pause", "pause"), ("resume", "resume")],
)
def test_a_command_changes_the_workflow_in_the_name_of_its_sender(command: str, change: str) -> None:
    workflows = FakeWorkflows()
    body = json.dumps(STOP | {"command": command}).encode()

    parsed = parse_command(f"{command}.{WORKFLOW_ID}", body)
    execute(workflows.resources.requests, parsed, "operator")

    assert workflows.requests.changes == [(change, "control:operator", WORKFLOW_ID)]


@pytest.mark.parametrize(
    ("key", "body", "message"),
    [
        (f"stop.{WORKFLOW_ID}", b"stop", "body: must be a JSON object"),
        (f"stop.{WORKFLOW_ID}", b"[]", "body: must be a JSON object"),
        ("stop.x", json.dumps(STOP | {"target": "x"}).encode(), "target: must be a UUID"),
        ("stop.x", json.dumps({"command": "stop"}).encode(), "target: is missing"),
        ("kill.x", json.dumps(STOP | {"command": "kill"}).encode(), "command: must be 'start', 'stop'"),
        (f"pause.{WORKFLOW_ID}", json.dumps(STOP).encode(), "routing key: is pause.0199.* body says stop"),
    ],
)
def test_what_is_no_command_or_could_be_two_is_refused(key: str, body: bytes, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        parse_command(key, body)


def test_a_command_for_an_unknown_workflow_is_refused() -> None:
    unknown = UUID("0199a3f0-0000-4000-8000-00000000dead")
    body = json.dumps(STOP | {"target": str(unknown)}).encode()

    with pytest.raises(InvalidInput, match="There is no workflow"):
        execute(FakeWorkflows().resources.requests, parse_command(f"stop.{unknown}", body), "operator")
