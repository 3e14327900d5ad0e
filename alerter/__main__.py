"""The entry point of the alerter: composes its parts and evaluates until the shutdown."""

import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import NamedTuple

from alerter.evaluator import Evaluator
from alerter.limit_alerting import LimitAlerting
from alerter.notifier import Notifier, Receiver
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
    receivers = _receivers(settings)
    limits = LimitAlerting(settings, telemetry, stop, list(receivers))
    notifiers = [
        Notifier(
            name,
            receiver.connect,
            telemetry,
            stop,
            max_retry_seconds=receiver.max_retry_seconds,
            on_settled=limits.on_settled(name),
        )
        for name, receiver in receivers.items()
    ]
    with (
        closing(limits),
        closing(Collector(settings)) as collector,
        serve_http(settings.http_host, settings.http_port, health),
        watchdog(health),
    ):
        telemetry.started(
            settings.alerter_interval_seconds, settings.alerter_for_seconds, webhook=len(notifiers) > 1
        )
        for notifier in notifiers:
            notifier.start()
        limits.start(notifiers)
        evaluator = Evaluator(collector, notifiers, telemetry, settings)
        while not stop.wait(settings.alerter_interval_seconds):
            evaluator.evaluate()
        limits.join()
        for notifier in notifiers:
            notifier.finish(FLUSH_SECONDS / len(notifiers))
        evaluator.save()
    for error in (*(notifier.error for notifier in notifiers), limits.error):
        if error:
            raise error


class ReceiverSettings(NamedTuple):
    """How to connect to a receiver, and for how long to retry a notification (0: without a limit)."""

    connect: Callable[[], Receiver]
    max_retry_seconds: float = 0


def _receivers(settings: AlerterSettings) -> dict[str, ReceiverSettings]:
    receivers = {BROKER: ReceiverSettings(partial(ExchangeReceiver, settings.amqp_url))}
    if url := settings.alert_webhook_url:
        receivers[WEBHOOK] = ReceiverSettings(partial(WebhookReceiver, url), WEBHOOK_MAX_RETRY_SECONDS)
    return receivers


if __name__ == "__main__":
    sys.exit(run(main))
