"""The consumer process: compose its parts and run until shutdown is requested."""

import sys

from db.store import Store
from messaging.consuming.consumer import Consumer, ConsumerOptions
from messaging.consuming.routing import ReadingsOnly
from messaging.topology import Topology
from pipeline.database_health import DatabaseHealthCheck
from pipeline.dead_readings import RecordingHandler
from pipeline.handler import ReadingHandler
from pipeline.isolation import SubprocessHandler
from pipeline.settings import PipelineSettings
from pipeline.telemetry import BROKER, DATABASE, PipelineTelemetry
from runtime.health import Health
from runtime.http_server import serve_http
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.settings import load
from runtime.tracing import tracing
from runtime.watchdog import watchdog

SERVICE = "pipeline"


def main(stop: ShutdownSignal) -> None:
    """Consume until shutdown is requested."""
    settings = load(PipelineSettings)
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER, DATABASE)
    telemetry = PipelineTelemetry(health)
    telemetry.started(settings.batch_size, settings.prefetch)
    store = Store(settings, name=settings.name)
    try:
        with (
            tracing(settings, SERVICE),
            serve_http(settings.http_host, settings.http_port, health),
            watchdog(health),
        ):
            database = DatabaseHealthCheck(store, telemetry)
            database.wait(stop, settings.connect_timeout_seconds)
            build_consumer(settings, store, telemetry, stop, database).run()
    finally:
        telemetry.ended()
        store.close()


def build_consumer(
    settings: PipelineSettings,
    store: Store,
    telemetry: PipelineTelemetry,
    stop: ShutdownSignal,
    database: DatabaseHealthCheck,
) -> Consumer:
    """Build the consumer from its settings."""
    handler = ReadingHandler(
        store,
        telemetry,
        naive_time_zone=settings.naive_time_zone,
        processing_seconds=(settings.processing_seconds_min, settings.processing_seconds_max),
        past_retention=settings.past_retention,
        plausible=settings.plausible_range,
    )
    options = ConsumerOptions(
        url=settings.amqp_url,
        name=settings.name,
        topology=Topology(settings.queue_name),
        prefetch=settings.prefetch,
        batch_size=settings.max_batch,
        linger_seconds=settings.linger_seconds,
        connect_timeout_seconds=settings.connect_timeout_seconds,
    )
    return Consumer(
        options,
        handler=ReadingsOnly(RecordingHandler(handler, store), telemetry),
        isolation_handler=ReadingsOnly(RecordingHandler(SubprocessHandler(telemetry), store), telemetry),
        events=telemetry,
        stop=stop,
        when_idle=database.when_idle,
    )


if __name__ == "__main__":
    sys.exit(run(main))
