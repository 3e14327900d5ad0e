"""The entry point of the alerter: composes its parts and evaluates until the shutdown."""

import sys
from contextlib import closing
from functools import partial

from alerter.evaluator import Evaluator
from alerter.notifier import Notifier
from alerter.receivers.exchange import ExchangeReceiver
from alerter.receivers.webhook import WebhookReceiver
from alerter.settings import AlerterSettings
from alerter.telemetry import BROKER, WEBHOOK, AlerterTelemetry
from monitoring.collector import Collector
from runtime.health import Health
from runtime.http_server import serve_http
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.settings import load
from runtime.watchdog import watchdog

FLUSH_SECONDS = 5.0
WEBHOOK_MAX_RETRY_SECONDS = 86_400.0


def main(stop: ShutdownSignal) -> None:
    """Run the alerter with the settings of the environment."""
    run_alerter(load(AlerterSettings), stop)


def run_alerter(settings: AlerterSettings, stop: ShutdownSignal) -> None:
    """Evaluate and notify until the shutdown.

    A broker or database that is down is a problem to report and does not end the process.
    """
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER)
    telemetry = AlerterTelemetry(health)
    notifiers = _build_notifiers(settings, telemetry, stop)
    with (
        closing(Collector(settings)) as collector,
        serve_http(settings.http_host, settings.http_port, health),
        watchdog(health),
    ):
        telemetry.started(
            settings.alerter_interval_seconds, settings.alerter_for_seconds, webhook=len(notifiers) > 1
        )
        for notifier in notifiers:
            notifier.start()
        evaluator = Evaluator(collector, notifiers, telemetry, settings)
        while not stop.wait(settings.alerter_interval_seconds):
            evaluator.evaluate()
        for notifier in notifiers:
            notifier.finish(FLUSH_SECONDS / len(notifiers))
        evaluator.save()
    for notifier in notifiers:
        if notifier.error:
            raise notifier.error


def _build_notifiers(
    settings: AlerterSettings, telemetry: AlerterTelemetry, stop: ShutdownSignal
) -> list[Notifier]:
    notifiers = [Notifier(BROKER, partial(ExchangeReceiver, settings.amqp_url), telemetry, stop)]
    if url := settings.alert_webhook_url:
        connect = partial(WebhookReceiver, url)
        notifiers.append(
            Notifier(WEBHOOK, connect, telemetry, stop, max_retry_seconds=WEBHOOK_MAX_RETRY_SECONDS)
        )
    return notifiers


if __name__ == "__main__":
    sys.exit(run(main))
