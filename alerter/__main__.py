"""The watch process: puts its parts together, and looks until it is told to stop."""

import sys
from contextlib import closing
from functools import partial

from alerter.notifier import Notifier
from alerter.receivers.exchange import Exchange
from alerter.receivers.webhook import Webhook
from alerter.settings import AlerterSettings
from alerter.telemetry import BROKER, WEBHOOK, AlerterTelemetry
from alerter.tracker import AlertTracker
from monitoring.collector import Collector
from runtime.health import Health
from runtime.http_server import serve_http
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.settings import load
from runtime.watchdog import watchdog

FINISH_SECONDS = 5.0
WEBHOOK_SECONDS = 86_400.0


def main(stop: ShutdownSignal) -> None:
    """Watch the system that the variables name."""
    watch(load(AlerterSettings), stop)


def watch(settings: AlerterSettings, stop: ShutdownSignal) -> None:
    """Look and tell until the stop. What it cannot reach is a problem like any other, and no end."""
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER)
    events = AlerterTelemetry(health)
    outlets = _outlets(settings, events, stop)
    with (
        closing(Collector(settings)) as collector,
        serve_http(settings.http_host, settings.http_port, health),
        watchdog(health),
    ):
        events.started(
            settings.alerter_interval_seconds, settings.alerter_for_seconds, webhook=len(outlets) > 1
        )
        for outlet in outlets:
            outlet.start()
        _look(collector, AlertTracker(settings.alerter_for_seconds), outlets, events, settings, stop)
        for outlet in outlets:
            outlet.finish(FINISH_SECONDS / len(outlets))
    for outlet in outlets:
        if outlet.error:
            raise outlet.error


def _outlets(settings: AlerterSettings, events: AlerterTelemetry, stop: ShutdownSignal) -> list[Notifier]:
    outlets = [Notifier(BROKER, partial(Exchange, settings.amqp_url), events, stop)]
    if url := settings.alert_webhook_url:
        outlets.append(Notifier(WEBHOOK, partial(Webhook, url), events, stop, limit_seconds=WEBHOOK_SECONDS))
    return outlets


def _look(
    collector: Collector,
    changes: AlertTracker,
    outlets: list[Notifier],
    events: AlerterTelemetry,
    settings: AlerterSettings,
    stop: ShutdownSignal,
) -> None:
    while not stop.wait(settings.alerter_interval_seconds):
        for event in changes.note(collector.collect()):
            events.told(event)
            for outlet in outlets:
                outlet.put(event)
        events.looked(changes.lasting)


if __name__ == "__main__":
    sys.exit(run(main))
