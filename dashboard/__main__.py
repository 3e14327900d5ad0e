"""The dashboard process: looks at the system each second, and shows what it saw until it is told to stop."""

import sys
import time

from dashboard.access import Guard
from dashboard.api import Api
from dashboard.app import application
from dashboard.board import Board
from dashboard.dead import DeadOffice
from dashboard.events import BROKER, DATABASE, DashboardEvents
from dashboard.server import serving
from dashboard.settings import DashboardSettings
from db.minutes import MinuteSeries
from overview.collector import Collector
from service.health import Health
from service.lifecycle import Stop, run
from service.logs import configure
from service.settings import load
from service.watchdog import watching

LOOK_SECONDS = 1.0


def main(stop: Stop) -> None:
    """Show the system until the stop. It waits for nothing: what is away is what there is to show."""
    settings = load(DashboardSettings)
    configure(settings.log_level, settings.log_format)
    health = Health(BROKER, DATABASE)
    events, board, guard = DashboardEvents(health), Board(), Guard(settings.dashboard_token)
    collector, minutes = Collector(settings), MinuteSeries(settings)
    api = Api(board, DeadOffice(settings, events), minutes, guard, events)
    app = application(api, health, settings.hosts)
    try:
        with serving(app, board, settings.http_host, settings.http_port) as port, watching(health):
            events.serving(port, writable=guard.writable)
            look(collector, board, events, stop)
    finally:
        minutes.close()
        collector.close()


def look(collector: Collector, board: Board, events: DashboardEvents, stop: Stop) -> None:
    """Look at the system about once a second, until the stop."""
    while not stop.requested:
        began = time.monotonic()
        overview = collector.look()
        board.show(overview)
        seconds = time.monotonic() - began
        events.looked(overview, seconds)
        stop.wait(LOOK_SECONDS - seconds)


if __name__ == "__main__":
    sys.exit(run(main))
