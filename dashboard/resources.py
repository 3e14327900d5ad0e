"""What the operations of the API work on."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from dashboard.dead_letters import DeadLetterService
from dashboard.snapshots import Snapshot, SnapshotStore
from dashboard.telemetry import DashboardTelemetry
from db.queries.anomalies import Anomalies
from db.queries.audit import Audit
from db.queries.forecasts import Forecasts
from db.queries.keys import Keys
from db.queries.limits import Limits
from db.queries.minutes import MinuteSeries
from db.queries.models import Models
from db.queries.series import SeriesReader
from db.sensors import SensorRegistry
from runtime.errors import ServiceUnavailable
from web.auth import Principal
from web.dependencies import CurrentPrincipal
from web.keyring import AccessUnknown
from web.limits import Slots


class NoStatusYet(ServiceUnavailable):
    """The dashboard has only just started: try again in a second."""


@dataclass(frozen=True)
class Resources:
    """What the operations work on; `app.state.resources` of the application."""

    snapshots: SnapshotStore
    dead_letters: DeadLetterService
    minutes: MinuteSeries
    series: SeriesReader
    sensors: SensorRegistry
    limits: Limits
    anomalies: Anomalies
    forecasts: Forecasts
    models: Models
    keys: Keys
    audit: Audit
    telemetry: DashboardTelemetry
    streams: Slots


def get_resources(request: Request) -> Resources:
    """Return the application's resources."""
    resources: Resources = request.app.state.resources
    return resources


Shared = Annotated[Resources, Depends(get_resources)]


def get_snapshot(resources: Shared, principal: CurrentPrincipal) -> Snapshot:
    """Return the latest snapshot.

    Raises:
        NoStatusYet: The first status is still being collected.
        AccessUnknown: The keys were not read yet, and the snapshot shows more than what is down.
    """
    if resources.snapshots.latest is None:
        raise NoStatusYet(NoStatusYet.__doc__)
    if not may_see(principal, resources.snapshots.latest):
        raise AccessUnknown("the keys were not read yet")
    return resources.snapshots.latest


def may_see(principal: Principal, snapshot: Snapshot | None) -> bool:
    """Return whether this client may see the snapshot: while the keys are unknown, only what is down."""
    return not principal.is_provisional or snapshot is None or snapshot.status.sensors is None


Latest = Annotated[Snapshot, Depends(get_snapshot)]


def require_database(snapshot: Latest) -> None:
    """Fail at once while the database is down, instead of waiting for its timeout.

    Raises:
        ServiceUnavailable: The database did not answer when the latest status was collected.
    """
    if snapshot.status.sensors is None:
        raise ServiceUnavailable("The database does not answer.")
