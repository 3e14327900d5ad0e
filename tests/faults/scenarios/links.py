"""Connections that are cut, frozen, reset or slow."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlsplit

from tests.faults.bodies import valid_reading
from tests.faults.bulk import BulkPublisher
from tests.faults.experiment import Experiment
from tests.faults.latency import LatencyProxy
from tests.faults.scenarios.processes import SENSOR, check_published, proxy_to, start_sensor, stop_sensor
from tests.faults.tap import Tap
from tests.proxy import Proxy

Fault = tuple[str, Callable[[Proxy], None], float]
JITTER = 0.2
THROUGHPUT = """
SELECT coalesce(extract(epoch FROM max(received_at) - min(received_at)), 0), count(*)
FROM reading WHERE received_at > %s
"""


def cut(experiment: Experiment, *, cuts: tuple[float, ...], black_hole: float, rate: float = 60) -> None:
    """Row 5. The connections to broker and database are cut, frozen or reset, and a sensor's too."""
    faults: list[Fault] = [("cut", Proxy.refuse, seconds) for seconds in cuts]
    faults += [("black hole", Proxy.black_hole, black_hole), ("reset", Proxy.cut, 0)]
    broker_url, database_url = experiment.environment.amqp_url, experiment.database_url
    broker, database, sensors = (
        experiment.enter(proxy_to(url)) for url in (broker_url, database_url, broker_url)
    )
    proxied_urls = {
        "RABBITMQ_URL": broker.proxied_url(broker_url),
        "DATABASE_URL": database.proxied_url(database_url),
    }
    experiment.start_local_workers(variables=proxied_urls)
    with Tap(broker_url, experiment.ledger, SENSOR) as tap:
        sensor = start_sensor(experiment, sensors.proxied_url(broker_url))
        with experiment.load(rate):
            experiment.wait_for_recovery()
            for name, link in (("broker", broker), ("database", database)):
                for fault in faults:
                    _inject(experiment, name, link, fault)
        for fault in faults:
            _inject(experiment, "sensor", sensors, fault)
        stop_sensor(experiment, tap, sensor)
    check_published(experiment, tap, kills=0)


def _inject(experiment: Experiment, name: str, link: Proxy, fault: Fault) -> None:
    fault_name, action, seconds = fault
    experiment.show_progress(f"{fault_name} of the {name} connection for {seconds:g} s")
    action(link)
    time.sleep(seconds)
    link.forward()
    experiment.notes.append(
        f"{fault_name} {seconds:g} s, {name}: recovered after {experiment.wait_for_recovery():.1f} s"
    )


def latency(
    experiment: Experiment, *, round_trips: tuple[float, ...], messages: int, max_seconds: float
) -> None:
    """Row 6. The connections are slow: the throughput is compared with the model 1/T₁.

    T₁ is the measured time per message without latency plus the added round trips. With prefetch 1 there are
    two: that of the statement, and that from the ack to the next delivery, which a higher prefetch hides.
    """
    trips = 2 if experiment.mode.max_unacked == 1 else 1
    base = _seconds_per_message(experiment, 0.0, messages)
    experiment.notes.append(
        f"T₁ without latency, through the same proxies: {base * 1000:.2f} ms, {1 / base:.1f}/s"
    )
    for round_trip in round_trips:
        measured = _seconds_per_message(
            experiment, round_trip, min(messages, int(max_seconds / (base + trips * round_trip)))
        )
        throughput, model = 1 / measured, 1 / (base + trips * round_trip)
        experiment.notes.append(
            f"round trip {round_trip * 1000:g} ms ± {JITTER:.0%}: {throughput:.1f}/s; 1/T₁ {model:.1f}/s"
        )


def _seconds_per_message(experiment: Experiment, round_trip: float, messages: int) -> float:
    experiment.show_progress(f"{messages} messages at a round trip of {round_trip * 1000:g} ms")
    BulkPublisher(
        experiment.environment.amqp_url,
        experiment.ledger,
        (valid_reading(experiment.random, "latency") for _ in range(messages)),
    ).run()
    with ExitStack() as links:

        def proxied_url(url: str) -> str:
            address = urlsplit(url)
            target = (str(address.hostname), address.port or 0)
            proxy = LatencyProxy(target, round_trip_seconds=round_trip, jitter=JITTER, seed=experiment.seed)
            return links.enter_context(proxy).proxied_url(url)

        ((started_at,),) = experiment.query("SELECT clock_timestamp()")
        urls = {"RABBITMQ_URL": experiment.environment.amqp_url, "DATABASE_URL": experiment.database_url}
        proxied_urls = {name: proxied_url(url) for name, url in urls.items()}
        experiment.start_local_workers(1, variables=proxied_urls, wait=False)
        experiment.wait_until(
            lambda: _stored_since(experiment, started_at)[1] >= messages, 120, "every message is stored"
        )
        experiment.stop()
    seconds, stored = _stored_since(experiment, started_at)
    return seconds / (stored - 1)


def _stored_since(experiment: Experiment, moment: object) -> tuple[float, int]:
    """Return the seconds from the first commit to the last, and the number of readings."""
    ((seconds, stored),) = experiment.query(THROUGHPUT, moment)
    return float(str(seconds)), int(str(stored))
