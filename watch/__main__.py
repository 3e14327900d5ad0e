"""The watch process: puts its parts together, and looks until it is told to stop."""

import sys
from contextlib import closing
from functools import partial

from overview.collector import Collector
from service.health import Health
from service.http import serving
from service.lifecycle import Stop, run
from service.logs import configure
from service.settings import load
from service.watchdog import watching
from watch.changes import Changes
from watch.events import BROKER, WEBHOOK, WatchEvents
from watch.exchange import Exchange
from watch.outlet import Outlet
from watch.settings import WatchSettings
from watch.webhook import Webhook

FINISH_SECONDS = 5.0
WEBHOOK_SECONDS = 86_400.0


def main(stop: Stop) -> None:
    """Watch the system that the variables name."""
    watch(load(WatchSettings), stop)


def watch(settings: WatchSettings, stop: Stop) -> None:
    """Look and tell until the stop. What it cannot reach is a problem like any other, and no end."""
    configure(settings.log_level, settings.log_format)
    health = Health(BROKER)
    events = WatchEvents(health)
    outlets = _outlets(settings, events, stop)
    with (
        closing(Collector(settings)) as collector,
        serving(settings.http_host, settings.http_port, health),
        watching(health),
    ):
        events.started(settings.watch_interval_seconds, settings.watch_hold_seconds, webhook=len(outlets) > 1)
        for outlet in outlets:
            outlet.start()
        _look(collector, Changes(settings.watch_hold_seconds), outlets, events, settings, stop)
        for outlet in outlets:
            outlet.finish(FINISH_SECONDS / len(outlets))
    for outlet in outlets:
        if outlet.error:
            raise outlet.error


def _outlets(settings: WatchSettings, events: WatchEvents, stop: Stop) -> list[Outlet]:
    outlets = [Outlet(BROKER, partial(Exchange, settings.amqp_url), events, stop)]
    if url := settings.alert_webhook_url:
        outlets.append(Outlet(WEBHOOK, partial(Webhook, url), events, stop, limit_seconds=WEBHOOK_SECONDS))
    return outlets


def _look(
    collector: Collector,
    changes: Changes,
    outlets: list[Outlet],
    events: WatchEvents,
    settings: WatchSettings,
    stop: Stop,
) -> None:
    while not stop.wait(settings.watch_interval_seconds):
        for event in changes.note(collector.look()):
            events.told(event)
            for outlet in outlets:
                outlet.put(event)
        events.looked(changes.lasting)


if __name__ == "__main__":
    sys.exit(run(main))
