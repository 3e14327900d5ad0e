"""The dashboard as a web application: the page and its API."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from dashboard import access, anomalies, api, audit, forecasts, keys, limits, sensors
from dashboard.dead_letters import DeadLetterService, PartialFailure
from dashboard.resources import Resources
from dashboard.series import router as series_router
from dashboard.snapshots import SnapshotStore
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
from runtime.health import Health
from web.app import create_app
from web.auth import Authenticator
from web.errors import error_response
from web.limits import Slots
from workflow_api.resources import WorkflowResources
from workflow_api.router import add_workflow_api

# A stream takes about 0.1 MB, also if its client does not read. The limits leave places for other requests.
MAX_STREAMS = 128
MAX_STREAMS_PER_ADDRESS = 64
PAGE = Path(__file__).parent / "page"
INLINE_SCRIPT = re.compile("<script>(.*?)</script>", re.DOTALL)


def create_dashboard(
    *,
    snapshots: SnapshotStore,
    dead_letters: DeadLetterService,
    minutes: MinuteSeries,
    series: SeriesReader,
    sensors_store: SensorRegistry,
    limits_store: Limits,
    anomalies_store: Anomalies,
    forecasts_store: Forecasts,
    models_store: Models,
    keys_store: Keys,
    audit_store: Audit,
    telemetry: DashboardTelemetry,
    auth: Authenticator,
    health: Health,
    hosts: Sequence[str],
    workflows: WorkflowResources,
) -> FastAPI:
    """Create the application. `hosts` are the names under which a browser may request it."""
    app = create_app(
        title="Sensors dashboard",
        description="The state of the whole system. `x-role` names the role that an operation requires.",
        hosts=hosts,
        auth=auth,
        health=health,
        inline_scripts=INLINE_SCRIPT.findall((PAGE / "index.html").read_text(encoding="utf-8")),
    )
    app.state.resources = Resources(
        snapshots,
        dead_letters,
        minutes,
        series,
        sensors_store,
        limits_store,
        anomalies_store,
        forecasts_store,
        models_store,
        keys_store,
        audit_store,
        telemetry,
        Slots("event streams", total=MAX_STREAMS, per_address=MAX_STREAMS_PER_ADDRESS),
    )
    app.add_exception_handler(PartialFailure, _handle_partial_failure)
    for module in (api, access, keys, audit, sensors, limits, anomalies, forecasts):
        app.include_router(module.router)
    app.include_router(series_router)
    add_workflow_api(app, workflows)
    app.add_api_route("/", get_page, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=PAGE))
    return app


def get_page() -> FileResponse:
    """Return the page."""
    return FileResponse(PAGE / "index.html")


def _handle_partial_failure(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PartialFailure)
    return error_response(HTTPStatus.SERVICE_UNAVAILABLE, str(error), done=dict(error.done))
