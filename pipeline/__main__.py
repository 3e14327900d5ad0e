"""The consumer process: puts its parts together and runs until it is told to stop."""

import sys

from db.store import Store
from messaging.consumer import Consumer, ConsumerOptions
from messaging.topology import Topology
from pipeline.database import DatabaseWatch
from pipeline.events import BROKER, DATABASE, PipelineEvents
from pipeline.handler import ReadingHandler
from pipeline.settings import PipelineSettings
from pipeline.trial import Trial
from service.health import Health
from service.http import serving
from service.lifecycle import Stop, run
from service.logs import configure
from service.settings import load
from service.watchdog import watching


def main(stop: Stop) -> None:
    """Consume until the stop."""
    settings = load(PipelineSettings)
    configure(settings.log_level, settings.log_format)
    health = Health(BROKER, DATABASE)
    events = PipelineEvents(health)
    events.started(settings.batch_size, settings.prefetch)
    store = Store(settings, name=settings.name)
    try:
        with serving(settings.http_host, settings.http_port, health), watching(health):
            watch = DatabaseWatch(store, events)
            watch.wait(stop, settings.connect_timeout_seconds)
            build_consumer(settings, store, events, stop, watch).run()
    finally:
        events.ended()
        store.close()


def build_consumer(
    settings: PipelineSettings, store: Store, events: PipelineEvents, stop: Stop, watch: DatabaseWatch
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
        suspect_handler=Trial(events),
        events=events,
        stop=stop,
        when_idle=watch.when_idle,
    )


if __name__ == "__main__":
    sys.exit(run(main))
