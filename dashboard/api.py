"""The API's operations. Those that may block are plain functions, which FastAPI runs in a thread."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request

from dashboard.models import (
    DeadLetterRequest,
    DeadLetterResult,
    DeadLetters,
    History,
    Minute,
    Minutes,
    PartialFailureResponse,
    SensorId,
)
from dashboard.resources import Latest, Resources, Shared, may_see, require_database
from dashboard.snapshots import Snapshot, SnapshotStore, describe_change, describe_state
from monitoring.model import SystemStatus
from readings.ids import sensor_id_forms
from runtime.access import Role
from web.auth import Authenticator, requires
from web.dependencies import Actor, Address, Auth
from web.errors import INVALID_INPUT, document_errors
from web.keyring import AccessUnknown
from web.sse import EventStream, json_event, stream_changes

MAX_SENSORS = 100
CHANGE_ERRORS = INVALID_INPUT | document_errors(HTTPStatus.SERVICE_UNAVAILABLE, model=PartialFailureResponse)

router = APIRouter(prefix="/api")


@router.get("/overview", **requires(Role.VIEWER, without_database=True))
def get_overview(snapshot: Latest) -> SystemStatus:
    """Return the current status of the whole system."""
    return snapshot.status


@router.get("/history", **requires(Role.VIEWER, without_database=True))
def get_history(snapshot: Latest) -> History:
    """Return queue depth, rates and latency over the last hour."""
    return snapshot.history


@router.get(
    "/minutes",
    responses=INVALID_INPUT,
    dependencies=[Depends(require_database)],
    **requires(Role.VIEWER),
)
def get_minutes(
    resources: Shared,
    sensor: Annotated[list[SensorId], Query(description="Sensor IDs", min_length=1, max_length=MAX_SENSORS)],
) -> Minutes:
    """Return the last hour of some sensors by the minute."""
    series: dict[str, list[Minute]] = {sensor_id: [] for sensor_id in sensor}
    requested = {form: sensor_id for sensor_id in sensor for form in sensor_id_forms([sensor_id])}
    for row in resources.minutes.last_hour(requested):
        at, (readings, low, mean, high) = int(row.minute.timestamp()), row[2:]
        series[requested[row.sensor_id]].append(
            Minute(at=at, readings=readings, min=low, mean=mean, max=high)
        )
    return Minutes(sensors=series)


@router.get("/dead-letters", **requires(Role.VIEWER))
def list_dead_letters(
    resources: Shared,
    reason: Annotated[str | None, Query(description="Only messages with this reason")] = None,
) -> DeadLetters:
    """Return the oldest dead letters."""
    return resources.dead_letters.list_oldest(reason)


@router.post("/dead-letters/replay", responses=CHANGE_ERRORS, **requires(Role.OPERATOR))
def replay_dead_letters(resources: Shared, actor: Actor, request: DeadLetterRequest) -> DeadLetterResult:
    """Publish dead letters to the queue again."""
    return resources.dead_letters.replay(request, actor)


@router.post("/dead-letters/discard", responses=CHANGE_ERRORS, **requires(Role.OPERATOR))
def discard_dead_letters(resources: Shared, actor: Actor, request: DeadLetterRequest) -> DeadLetterResult:
    """Remove dead letters permanently."""
    return resources.dead_letters.discard(request, actor)


async def occupy_stream(resources: Shared, address: Address) -> AsyncIterator[None]:
    """Count the request as an event stream until its response ends.

    Raises:
        Overloaded: There are too many event streams.
    """
    with resources.streams.occupy(address), resources.telemetry.client_connected():
        yield


@router.get(
    "/events",
    response_class=EventStream,
    dependencies=[Depends(occupy_stream)],
    **requires(Role.VIEWER, without_database=True),
)
async def stream_events(resources: Shared, auth: Auth, request: Request) -> EventStream:
    """Stream server-sent events: `state` with everything once, then a `change` each second.

    Before them, `clock` has the time `now`, which shows how old the state is. A `change` holds `at`, the
    newest `point` of the history, those of `services`, `queue`, `throughput` and `problems` that differ, and
    of `sensors` those that changed, with the IDs that were `removed`. `sensors` is null while the database
    is down; the first change after that lists all of them. A `heartbeat` without data follows when nothing
    else was sent for five seconds. The stream ends when the request's key or session does.
    """
    events = _events(resources.snapshots, lambda: _may_continue(auth, request, resources))
    return EventStream(events, request)


async def _events(snapshots: SnapshotStore, may_continue: Callable[[], bool]) -> AsyncIterator[bytes]:
    yield json_event("clock", {"now": datetime.now(UTC).isoformat()})
    async for event in stream_changes(snapshots, _state_event, _change_event):
        if not may_continue():
            return
        yield event


def _may_continue(auth: Authenticator, request: Request, resources: Resources) -> bool:
    try:
        principal = auth.authorize(request, may_wait=False)
    except (HTTPException, AccessUnknown):
        return False
    return may_see(principal, resources.snapshots.latest)


# Clients that received the same snapshots share their events, so that each is encoded once.
@lru_cache(maxsize=2)
def _state_event(snapshot: Snapshot) -> bytes:
    return json_event("state", describe_state(snapshot))


@lru_cache(maxsize=2)
def _change_event(previous: Snapshot, snapshot: Snapshot) -> bytes:
    return json_event("change", describe_change(previous, snapshot))
