"""The API's operations. Those that may block are plain functions, which FastAPI runs in a thread."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from dashboard.dead_letters import DeadLetterService
from dashboard.models import (
    Access,
    DeadLetterRequest,
    DeadLetterResult,
    DeadLetters,
    History,
    Minute,
    Minutes,
    PartialFailureResponse,
    SensorId,
)
from dashboard.snapshots import Snapshot, SnapshotStore, describe_change, describe_state
from dashboard.telemetry import DashboardTelemetry
from db.queries.minutes import MinuteSeries
from db.queries.series import SeriesReader
from monitoring.model import SystemStatus
from readings.ids import sensor_id_forms
from runtime.errors import ServiceUnavailable
from web.auth import Address, Auth, Credentials, require_token
from web.errors import INVALID_INPUT, document_errors
from web.limits import Slots
from web.sse import EventStream, json_event, stream_changes

MAX_SENSORS = 100
UNAVAILABLE = document_errors(HTTPStatus.SERVICE_UNAVAILABLE)
THROTTLED = document_errors(HTTPStatus.TOO_MANY_REQUESTS)
CHANGE_ERRORS = {
    **INVALID_INPUT,
    **THROTTLED,
    **document_errors(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),
    **document_errors(HTTPStatus.SERVICE_UNAVAILABLE, model=PartialFailureResponse),
}

router = APIRouter(prefix="/api")


class NoStatusYet(ServiceUnavailable):
    """The dashboard has only just started: try again in a second."""


@dataclass(frozen=True)
class Resources:
    """What the operations work on; `app.state.resources` of the application."""

    snapshots: SnapshotStore
    dead_letters: DeadLetterService
    minutes: MinuteSeries
    series: SeriesReader
    telemetry: DashboardTelemetry
    streams: Slots


def get_resources(request: Request) -> Resources:
    """Return the application's resources."""
    resources: Resources = request.app.state.resources
    return resources


Shared = Annotated[Resources, Depends(get_resources)]


def get_snapshot(resources: Shared) -> Snapshot:
    """Return the latest snapshot.

    Raises:
        NoStatusYet: The first status is still being collected.
    """
    if resources.snapshots.latest is None:
        raise NoStatusYet(NoStatusYet.__doc__)
    return resources.snapshots.latest


Latest = Annotated[Snapshot, Depends(get_snapshot)]


def require_database(snapshot: Latest) -> None:
    """Fail at once while the database is down, instead of waiting for its timeout.

    Raises:
        ServiceUnavailable: The database did not answer when the latest status was collected.
    """
    if snapshot.status.sensors is None:
        raise ServiceUnavailable("The database does not answer.")


@router.get("/overview", responses=UNAVAILABLE)
def get_overview(snapshot: Latest) -> SystemStatus:
    """Return the current status of the whole system."""
    return snapshot.status


@router.get("/history", responses=UNAVAILABLE)
def get_history(snapshot: Latest) -> History:
    """Return queue depth, rates and latency over the last hour."""
    return snapshot.history


@router.get("/minutes", responses=INVALID_INPUT | UNAVAILABLE, dependencies=[Depends(require_database)])
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


# Without the empty requirement OpenAPI would say that the token is required.
@router.get("/access", responses=THROTTLED, openapi_extra={"security": [{}]})
def get_access(auth: Auth, credentials: Credentials, address: Address) -> Access:
    """Return whether this request's token permits changes."""
    return Access(enabled=auth.enabled, authorized=auth.accepts(credentials, address))


@router.get("/dead-letters", responses=UNAVAILABLE)
def list_dead_letters(
    resources: Shared,
    reason: Annotated[str | None, Query(description="Only messages with this reason")] = None,
) -> DeadLetters:
    """Return the oldest dead letters."""
    return resources.dead_letters.list_oldest(reason)


@router.post("/dead-letters/replay", responses=CHANGE_ERRORS, dependencies=[Depends(require_token)])
def replay_dead_letters(resources: Shared, request: DeadLetterRequest) -> DeadLetterResult:
    """Publish dead letters to the queue again."""
    return resources.dead_letters.replay(request)


@router.post("/dead-letters/discard", responses=CHANGE_ERRORS, dependencies=[Depends(require_token)])
def discard_dead_letters(resources: Shared, request: DeadLetterRequest) -> DeadLetterResult:
    """Remove dead letters permanently."""
    return resources.dead_letters.discard(request)


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
    responses=UNAVAILABLE | THROTTLED,
    dependencies=[Depends(occupy_stream)],
)
async def stream_events(resources: Shared) -> EventStream:
    """Stream server-sent events: `state` with everything once, then a `change` each second.

    Before them, `clock` has the time `now`, which shows how old the state is. A `change` holds `at`, the
    newest `point` of the history, those of `services`, `queue`, `throughput` and `problems` that differ, and
    of `sensors` those that changed, with the IDs that were `removed`. `sensors` is null while the database
    is down; the first change after that lists all of them. A `heartbeat` without data follows when nothing
    else was sent for five seconds.
    """
    return EventStream(_events(resources.snapshots))


async def _events(snapshots: SnapshotStore) -> AsyncIterator[bytes]:
    yield json_event("clock", {"now": datetime.now(UTC).isoformat()})
    async for event in stream_changes(snapshots, _state_event, _change_event):
        yield event


# Clients that received the same snapshots share their events, so that each is encoded once.
@lru_cache(maxsize=2)
def _state_event(snapshot: Snapshot) -> bytes:
    return json_event("state", describe_state(snapshot))


@lru_cache(maxsize=2)
def _change_event(previous: Snapshot, snapshot: Snapshot) -> bytes:
    return json_event("change", describe_change(previous, snapshot))
