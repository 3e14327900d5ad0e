"""What happens to a workflow, as a list or as server-sent events."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request
from starlette.concurrency import run_in_threadpool

from db.workflows.event_follower import EventFollower
from jobs.states import State
from runtime.access import Role
from runtime.errors import InvalidInput, ServiceUnavailable
from runtime.json_values import dump_json
from web.auth import Authenticator, requires
from web.dependencies import Address, Auth
from web.errors import INVALID_INPUT, Responses
from web.keyring import AccessUnknown
from web.sse import HEARTBEAT, HEARTBEAT_INTERVAL_SECONDS, RECONNECT, EventStream, json_event
from workflow_api.models import Event, EventList
from workflow_api.resources import Shared, WorkflowResources
from workflow_api.workflows import NOT_FOUND, WorkflowId, require_workflow

MAX_EVENTS = 1_000
MAX_EVENT_ID = 2**63 - 1
MAX_EVENT_ID_DIGITS = len(str(MAX_EVENT_ID))
POLL_SECONDS = 0.5
EVENT_STREAM = "text/event-stream"

router = APIRouter(prefix="/api/workflows")
STREAM: Responses = {HTTPStatus.OK.value: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}}}


def wants_stream(request: Request) -> bool:
    """Return whether the client asks for server-sent events."""
    return EVENT_STREAM in request.headers.get("Accept", "")


async def occupy_stream(resources: Shared, address: Address, request: Request) -> AsyncIterator[None]:
    """Count a request for server-sent events until its response ends.

    Raises:
        Overloaded: There are too many event streams.
    """
    if wants_stream(request):
        with resources.streams.occupy(address):
            yield
    else:
        yield


@router.get(
    "/{workflow_id}/events",
    response_model=EventList,
    responses=INVALID_INPUT | NOT_FOUND | STREAM,
    dependencies=[Depends(occupy_stream)],
    **requires(Role.VIEWER),
)
async def list_events(
    resources: Shared,
    auth: Auth,
    request: Request,
    workflow_id: WorkflowId,
    after: Annotated[
        int, Query(ge=0, le=MAX_EVENT_ID, description="Only events after the one with this ID")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_EVENTS, description="Maximum number in a list")] = MAX_EVENTS,
    last_event_id: Annotated[str | None, Header(description="`after`, of a browser that reconnects")] = None,
) -> EventList | EventStream:
    """Return what happened to a workflow; with `Accept: text/event-stream`, follow it until it ends.

    Each server-sent event `event` has one entry of the list as its data, and its `event_id` as its ID. After
    the last event of a workflow that has ended, `end` with its state follows, and the stream ends. A
    `heartbeat` without data follows when nothing else was sent for five seconds.
    """
    row = await run_in_threadpool(require_workflow, resources, workflow_id)
    if not wants_stream(request):
        rows = await run_in_threadpool(resources.queries.events, workflow_id, limit, after=after)
        return EventList(events=[Event.of_row(found) for found in rows])
    start = max(after, parse_event_id(last_event_id))
    follower = EventFollower(resources.queries, workflow_id, State(row["state"]), start)
    return EventStream(_stream(resources, follower, lambda: _may_continue(auth, request)), request)


def parse_event_id(text: str | None) -> int:
    """Return the ID of the last event that a browser received; 0 if it received none.

    Raises:
        InvalidInput: It is no ID of an event.
    """
    if not text:
        return 0
    is_number = text.isascii() and text.isdecimal() and len(text) <= MAX_EVENT_ID_DIGITS
    if not is_number or int(text) > MAX_EVENT_ID:
        raise InvalidInput("must be the ID of an event, which is a whole number", "Last-Event-ID")
    return int(text)


async def _stream(
    resources: WorkflowResources, follower: EventFollower, may_continue: Callable[[], bool]
) -> AsyncIterator[bytes]:
    yield RECONNECT
    sent_at = time.monotonic()
    while not resources.stopped.is_set() and may_continue():
        try:
            rows = await run_in_threadpool(follower.poll)
        except ServiceUnavailable:  # the client sees heartbeats until the database answers
            rows = None
        for row in rows or ():
            event = Event.of_row(row).model_dump(mode="json")
            yield f"id: {row['event_id']}\nevent: event\ndata: {dump_json(event)}\n\n".encode()
            sent_at = time.monotonic()
        if rows == [] and follower.state.has_ended:
            yield json_event("end", {"state": follower.state})
            return
        if time.monotonic() - sent_at > HEARTBEAT_INTERVAL_SECONDS:
            yield HEARTBEAT
            sent_at = time.monotonic()
        if not rows:
            await asyncio.sleep(POLL_SECONDS)


def _may_continue(auth: Authenticator, request: Request) -> bool:
    try:
        auth.authorize(request, may_wait=False)
    except (HTTPException, AccessUnknown):
        return False
    return True
