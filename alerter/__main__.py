"""The entry point of the alerter: composes its parts and evaluates until the shutdown."""

import sys
from contextlib import closing

from alerter.addresses import BROKER
from alerter.anomaly_alerting import AnomalyAlerting
from alerter.evaluator import Evaluator
from alerter.limit_alerting import LimitAlerting
from alerter.notifier import Notifier
from alerter.receivers.configured import configured_receivers
from alerter.report_emails.sending import report_email_sending
from alerter.settings import AlerterSettings
from alerter.telemetry import AlerterTelemetry
from monitoring.collector import Collector
from runtime.health import Health
from runtime.http_server import serve_http
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.settings import load
from runtime.watchdog import watchdog

FLUSH_SECONDS = 5.0


def main(stop: ShutdownSignal) -> None:
    """Run the alerter with the settings of the environment."""
    run_alerter(load(AlerterSettings), stop)


def run_alerter(settings: AlerterSettings, stop: ShutdownSignal) -> None:
    """Evaluate and notify until the shutdown.

    A broker or database that is down is a problem to report and does not end the process.

    Raises:
        ConfigurationError: When an address of a receiver cannot be used.
    """
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER)
    receivers = configured_receivers(settings)
    telemetry = AlerterTelemetry(health, receivers)
    limits = LimitAlerting(settings, telemetry, stop, list(receivers))
    anomalies = AnomalyAlerting(settings, telemetry, stop, list(receivers))
    report_emails = report_email_sending(settings, stop)
    notifiers = [
        Notifier(
            name,
            receiver.connect,
            telemetry,
            stop,
            max_retry_seconds=receiver.max_retry_seconds,
            on_settled=(limits.on_settled(name), anomalies.on_settled(name)),
        )
        for name, receiver in receivers.items()
    ]
    with (
        closing(limits),
        closing(anomalies),
        closing(Collector(settings)) as collector,
        serve_http(settings.http_host, settings.http_port, health),
        watchdog(health),
    ):
        telemetry.started(settings.alerter_interval_seconds, settings.alerter_for_seconds)
        for notifier in notifiers:
            notifier.start()
        limits.start(notifiers)
        anomalies.start(notifiers)
        report_emails.start()
        machines = [name for name, receiver in receivers.items() if receiver.is_machine]
        evaluator = Evaluator(collector, notifiers, telemetry, settings, machines)
        while not stop.wait(settings.alerter_interval_seconds):
            evaluator.evaluate()
        limits.join()
        anomalies.join()
        report_emails.join()
        for notifier in notifiers:
            notifier.finish(FLUSH_SECONDS / len(notifiers))
        evaluator.save()
    for error in (
        *(notifier.error for notifier in notifiers),
        limits.error,
        anomalies.error,
        report_emails.error,
    ):
        if error:
            raise error


if __name__ == "__main__":
    sys.exit(run(main))
