"""`sensorctl status`: collect and show the state of the whole system, once or continuously."""

import time
from contextlib import closing
from dataclasses import asdict

from rich.live import Live

from monitoring.collector import Collector
from monitoring.model import SystemStatus
from sensorctl.output import JsonOption, WatchOption, check_watch, console, fail, show, show_json
from sensorctl.settings import discover_settings
from sensorctl.status.views import status_screen

REFRESH_INTERVAL_SECONDS = 1.0


def status(as_json: JsonOption = False, watch: WatchOption = False) -> None:
    """Show services, queue, throughput and sensors, and all problems with a hint.

    The exit code is 1 if there is a problem.

    Raises:
        typer.BadParameter: When --json and --watch are given.
    """
    check_watch(as_json=as_json, watch=watch)
    with closing(Collector(discover_settings())) as collector:
        if watch:
            _watch(collector)
        collected = _collect(collector)
    if as_json:
        show_json(asdict(collected))
    else:
        show(status_screen(collected, console()))
    if collected.problems:
        fail()


def _collect(collector: Collector) -> SystemStatus:
    """Collect twice and return the second status: rates and latency are measured between two."""
    collector.collect()
    time.sleep(REFRESH_INTERVAL_SECONDS)
    return collector.collect()


def _watch(collector: Collector) -> None:
    terminal = console()
    with Live(console=terminal, auto_refresh=False) as live:
        while True:
            started_at = time.monotonic()
            screen = status_screen(collector.collect(), terminal, fit_height=True)
            live.update(screen, refresh=True)
            time.sleep(max(0.0, started_at + REFRESH_INTERVAL_SECONDS - time.monotonic()))
