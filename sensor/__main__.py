"""The sensor process: puts its parts together and measures until it is told to stop."""

import sys
from contextlib import closing

from runtime.health import Health
from runtime.http_server import serve_http
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.settings import load
from runtime.watchdog import watchdog
from sensor.outbox.open import open_file
from sensor.outbox.outbox import Outbox
from sensor.outbox.relay import Delivery
from sensor.sampler import Sampler
from sensor.settings import SensorSettings
from sensor.sources.factory import make_source
from sensor.telemetry import BROKER, SensorTelemetry

DRAIN_SECONDS = 5.0


def main(stop: ShutdownSignal) -> None:
    """Measure and deliver until the stop, or until a finite source is delivered."""
    settings = load(SensorSettings)
    source = make_source(settings)
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER)
    events = SensorTelemetry(health)
    file = open_file(settings.outbox_file, events.outbox_damaged)
    outbox = Outbox(file, settings.outbox_max_readings, events, sync_always=settings.outbox_sync == "always")
    delivery = Delivery(
        settings.amqp_url, settings.name, outbox, events, stop, settings.connect_timeout_seconds
    )
    sampler = Sampler(settings.sensor_id, outbox, events)
    with (
        closing(outbox),
        serve_http(settings.http_host, settings.http_port, health),
        watchdog(health),
    ):
        events.started(
            settings.sensor_source,
            settings.interval_seconds,
            str(sampler.run_id),
            settings.outbox_file,
            waiting=len(outbox),
        )
        delivery.start()
        sampler.run(source, stop)
        delivery.finish(DRAIN_SECONDS)
    events.left_waiting(len(outbox), outbox.in_memory_only)
    if delivery.error:
        raise delivery.error


if __name__ == "__main__":
    sys.exit(run(main))
