"""Looks at the whole system, once or again and again."""

import time

from rich.live import Live

from monitoring.collector import Collector
from monitoring.model import SystemStatus
from sensorctl.output import console
from sensorctl.status.views import screen

BETWEEN_LOOKS_SECONDS = 1.0


def settled_look(collector: Collector) -> SystemStatus:
    """The second of two looks, because rates and delays are what happens between two."""
    collector.collect()
    time.sleep(BETWEEN_LOOKS_SECONDS)
    return collector.collect()


def watch_status(collector: Collector) -> None:
    """Show it each second, until Ctrl-C; whatever is away, the rest is shown."""
    terminal = console()
    with Live(console=terminal, auto_refresh=False) as live:
        while True:
            began = time.monotonic()
            live.update(screen(collector.collect(), terminal, fit=True), refresh=True)
            time.sleep(max(0.0, began + BETWEEN_LOOKS_SECONDS - time.monotonic()))
