"""The entry point of the scaler: composes its parts and scales until the shutdown."""

import sys
from contextlib import closing

from messaging.amqp.queue_depth import QueueDepth
from runtime.health import Health
from runtime.http_server import serve_http
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.settings import load
from runtime.watchdog import watchdog
from scaler.autoscaler import Autoscaler
from scaler.replicas import scaled_replicas
from scaler.service import ScalerService
from scaler.settings import ScalerSettings
from scaler.telemetry import BROKER, TARGET, ScalerTelemetry


def main(stop: ShutdownSignal) -> None:
    """Scale the consumers until the shutdown is requested."""
    settings = load(ScalerSettings)
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER, TARGET)
    telemetry = ScalerTelemetry(health)
    telemetry.started(settings)
    with (
        closing(QueueDepth(settings.amqp_url, "scaler", settings.queue_name)) as queue,
        serve_http(settings.http_host, settings.http_port, health),
        watchdog(health),
    ):
        service = ScalerService(
            queue,
            scaled_replicas(settings),
            Autoscaler(settings),
            telemetry,
            settings.connect_timeout_seconds,
        )
        service.run(stop, settings.scaler_polling_interval)


if __name__ == "__main__":
    sys.exit(run(main))
