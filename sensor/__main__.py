"""The entry point of the sensor: composes its parts and measures until shutdown."""

import sys
from contextlib import closing

from runtime.health import Health
from runtime.http_server import serve_http
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.settings import load
from runtime.tracing import tracing
from runtime.watchdog import watchdog
from sensor.outbox.factory import open_outbox_file
from sensor.outbox.outbox import Outbox
from sensor.outbox.relay import OutboxRelay
from sensor.sampler import Sampler
from sensor.settings import SensorSettings
from sensor.sources.factory import make_sources
from sensor.telemetry import BROKER, SensorTelemetry

DRAIN_SECONDS = 5.0
WAIT_SECONDS = 60.0
SERVICE = "sensor"


def main(stop: ShutdownSignal) -> None:
    """Run until shutdown; with `REPLAY_EXIT`, also end once every reading of a finite source is confirmed."""
    settings = load(SensorSettings)
    sources = make_sources(settings)
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER)
    telemetry = SensorTelemetry(health)
    file = open_outbox_file(settings.outbox_file, telemetry.outbox_damaged)
    outbox = Outbox(file, settings.outbox_max_readings, telemetry, sync_always=settings.sync_always)
    relay = OutboxRelay(
        settings.amqp_url, settings.client_name, outbox, telemetry, stop, settings.connect_timeout_seconds
    )
    sampler = Sampler(sources, outbox, telemetry)
    with (
        closing(outbox),
        tracing(settings, SERVICE),
        serve_http(settings.http_host, settings.http_port, health),
        watchdog(health),
    ):
        telemetry.started(
            len(sources),
            settings.sensor_source,
            settings.shortest_interval_seconds(sources),
            str(sampler.run_id),
            settings.outbox_file,
            pending=len(outbox),
        )
        relay.start()
        sampler.run(stop)
        if not (settings.replay_exit or stop.is_set()):
            telemetry.source_ended()
            while not stop.wait(WAIT_SECONDS):  # the relay publishes meanwhile
                pass
        relay.finish(DRAIN_SECONDS)
    telemetry.stopped(len(outbox), outbox.in_memory_only)
    if relay.error:
        raise relay.error


if __name__ == "__main__":
    sys.exit(run(main))
