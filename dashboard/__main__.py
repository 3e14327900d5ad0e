"""The dashboard process: collects the system's status each second, and serves it until shutdown."""

import os
import sys
import time

from dashboard.app import create_dashboard
from dashboard.dead_letters import DeadLetterService
from dashboard.settings import DashboardSettings
from dashboard.snapshots import SnapshotStore
from dashboard.telemetry import BROKER, DATABASE, DashboardTelemetry
from db.queries.anomalies import Anomalies
from db.queries.audit import Audit
from db.queries.forecasts import Forecasts
from db.queries.keys import Keys
from db.queries.limits import Limits
from db.queries.minutes import MinuteSeries
from db.queries.models import Models
from db.queries.series import SeriesReader
from db.queries.statements import Statements
from db.sensors import SensorRegistry
from monitoring.collector import Collector
from runtime.health import Health
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.settings import load
from runtime.watchdog import watchdog
from web.auth import Authenticator
from web.keyring import KeyRing
from web.server import serve_http
from workflow_api.resources import open_workflow_resources

COLLECT_INTERVAL_SECONDS = 1.0


def main(shutdown: ShutdownSignal) -> None:
    """Run until shutdown. It waits for no dependency: a dependency that is down is what it has to show."""
    settings = load(DashboardSettings)
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER, DATABASE)
    telemetry, snapshots = DashboardTelemetry(health), SnapshotStore()
    report_removed_settings(telemetry)
    collector, minutes, series = Collector(settings), MinuteSeries(settings), SeriesReader(settings)
    keys, audit, limits, sensors = Keys(settings), Audit(settings), Limits(settings), SensorRegistry(settings)
    analysis = Statements(settings, "analysis results")
    workflows = open_workflow_resources(settings)
    ring = KeyRing(keys)
    auth = Authenticator(
        ring, telemetry.request_rejected, settings.proxies, settings.dashboard_anonymous_view
    )
    app = create_dashboard(
        snapshots=snapshots,
        dead_letters=DeadLetterService(settings, telemetry, audit),
        minutes=minutes,
        series=series,
        sensors_store=sensors,
        limits_store=limits,
        anomalies_store=Anomalies(analysis),
        forecasts_store=Forecasts(analysis),
        models_store=Models(analysis),
        keys_store=keys,
        audit_store=audit,
        telemetry=telemetry,
        auth=auth,
        health=health,
        hosts=settings.hosts,
        workflows=workflows,
    )

    def end_streams() -> None:
        snapshots.close()
        workflows.stopped.set()

    try:
        with (
            serve_http(app, settings.http_host, settings.http_port, end_streams) as port,
            watchdog(health),
            ring.refreshing(),
        ):
            telemetry.serving(port)
            collect_status(collector, snapshots, telemetry, shutdown)
    finally:
        for resource in (minutes, series, keys, audit, limits, sensors, analysis, workflows, collector):
            resource.close()


def report_removed_settings(telemetry: DashboardTelemetry) -> None:
    """Say what to do instead of a variable that was removed."""
    if os.environ.get("DASHBOARD_TOKEN") or os.environ.get("DASHBOARD_TOKEN_FILE"):
        telemetry.setting_removed(
            "DASHBOARD_TOKEN",
            "remove it, create a key with `sensorctl key create NAME --role operator`, and log in with that",
        )


def collect_status(
    collector: Collector, snapshots: SnapshotStore, telemetry: DashboardTelemetry, shutdown: ShutdownSignal
) -> None:
    """Collect the system's status about once per second, until shutdown."""
    while not shutdown.is_set():
        started_at = time.monotonic()
        status = collector.collect()
        snapshots.publish(status)
        seconds = time.monotonic() - started_at
        telemetry.status_collected(status, seconds)
        shutdown.wait(COLLECT_INTERVAL_SECONDS - seconds)


if __name__ == "__main__":
    sys.exit(run(main))
