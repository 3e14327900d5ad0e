"""The consumer process: puts its parts together and runs until it is told to stop."""

import sys

from db.store import Store
from messaging.consuming.consumer import Consumer, ConsumerOptions
from messaging.topology import Topology
from pipeline.database_health import DatabaseHealthCheck
from pipeline.handler import ReadingHandler
from pipeline.isolation import SubprocessHandler
from pipeline.settings import PipelineSettings
from pipeline.telemetry import BROKER, DATABASE, PipelineTelemetry
from runtime.health import Health
from runtime.http_server import serve_http
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.settings import load
from runtime.watchdog import watchdog


def main(stop: ShutdownSignal) -> None:
    """Consume until the stop."""
    settings = load(PipelineSettings)
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER, DATABASE)
    events = PipelineTelemetry(health)
    events.started(settings.batch_size, settings.prefetch)
    store = Store(settings, name=settings.name)
    try:
        with serve_http(settings.http_host, settings.http_port, health), watchdog(health):
            watch = DatabaseHealthCheck(store, events)
            watch.wait(stop, settings.connect_timeout_seconds)
            build_consumer(settings, store, events, stop, watch).run()
    finally:
        events.ended()
        store.close()


def build_consumer(
    settings: PipelineSettings,
    store: Store,
    events: PipelineTelemetry,
    stop: ShutdownSignal,
    watch: DatabaseHealthCheck,
) -> Consumer:
    """The consumer of these settings."""
    handler = ReadingHandler(
        store,
        events,
        naive_time_zone=settings.naive_time_zone,
        processing_seconds=(settings.processing_seconds_min, settings.processing_seconds_max),
    )
    options = ConsumerOptions(
        url=settings.amqp_url,
        name=settings.name,
        topology=Topology(settings.queue_name),
        prefetch=settings.prefetch,
        batch_size=settings.batch_size,
        linger_seconds=settings.batch_linger_seconds,
        connect_timeout_seconds=settings.connect_timeout_seconds,
    )
    return Consumer(
        options,
        handler=handler,
        suspect_handler=SubprocessHandler(events),
        events=events,
        stop=stop,
        when_idle=watch.when_idle,
    )


if __name__ == "__main__":
    sys.exit(run(main))
