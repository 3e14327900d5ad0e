"""The dashboard process: looks at the system each second, and shows what it saw until it is told to stop."""

import sys
import time

from dashboard.api import Api
from dashboard.app import application
from dashboard.auth import TokenAuth
from dashboard.dead_letters import DeadLetterService
from dashboard.server import serving
from dashboard.settings import DashboardSettings
from dashboard.snapshots import SnapshotStore
from dashboard.telemetry import BROKER, DATABASE, DashboardTelemetry
from db.queries.minutes import MinuteSeries
from monitoring.collector import Collector
from runtime.health import Health
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.settings import load
from runtime.watchdog import watchdog

LOOK_SECONDS = 1.0


def main(stop: ShutdownSignal) -> None:
    """Show the system until the stop. It waits for nothing: what is away is what there is to show."""
    settings = load(DashboardSettings)
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER, DATABASE)
    events, board, guard = DashboardTelemetry(health), SnapshotStore(), TokenAuth(settings.dashboard_token)
    collector, minutes = Collector(settings), MinuteSeries(settings)
    api = Api(board, DeadLetterService(settings, events), minutes, guard, events)
    app = application(api, health, settings.hosts)
    try:
        with serving(app, board, settings.http_host, settings.http_port) as port, watchdog(health):
            events.serving(port, writable=guard.writable)
            look(collector, board, events, stop)
    finally:
        minutes.close()
        collector.close()


def look(
    collector: Collector, board: SnapshotStore, events: DashboardTelemetry, stop: ShutdownSignal
) -> None:
    """Look at the system about once a second, until the stop."""
    while not stop.is_set():
        began = time.monotonic()
        overview = collector.collect()
        board.show(overview)
        seconds = time.monotonic() - began
        events.looked(overview, seconds)
        stop.wait(LOOK_SECONDS - seconds)


if __name__ == "__main__":
    sys.exit(run(main))
