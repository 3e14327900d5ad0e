"""Links that are cut, silent, reset or slow."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlsplit

from tests.faults.bodies import good
from tests.faults.bulk import BulkPublisher
from tests.faults.experiment import Experiment
from tests.faults.latency import FarAway
from tests.faults.rows.processes import SENSOR, account_for, start_sensor, stop_sensor, way_to
from tests.faults.tap import Tap
from tests.proxy import Proxy

Harm = tuple[str, Callable[[Proxy], None], float]
JITTER = 0.2
PACE = """
SELECT coalesce(extract(epoch FROM max(received_at) - min(received_at)), 0), count(*)
FROM reading WHERE received_at > %s
"""


def cut(x: Experiment, *, cuts: tuple[float, ...], black_hole: float, rate: float = 60) -> None:
    """Row 5. Links to broker and database are cut, swallow everything, or are reset; a sensor's too."""
    harms: list[Harm] = [("cut", Proxy.refuse, seconds) for seconds in cuts]
    harms += [("black hole", Proxy.black_hole, black_hole), ("reset", Proxy.cut, 0)]
    broker_url, database_url = x.site.amqp_url, x.database_url
    broker, database, sensors = (x.enter(way_to(url)) for url in (broker_url, database_url, broker_url))
    ways = {
        "RABBITMQ_URL": broker.proxied_url(broker_url),
        "DATABASE_URL": database.proxied_url(database_url),
    }
    x.local_workers(variables=ways)
    with Tap(broker_url, x.ledger, SENSOR) as tap:
        sensor = start_sensor(x, sensors)
        with x.load(rate):
            x.recovered()
            for name, link in (("broker", broker), ("database", database)):
                for harm in harms:
                    _harm(x, name, link, harm)
        for harm in harms:
            _harm(x, "sensor", sensors, harm)
        stop_sensor(x, tap, sensor)
    account_for(x, tap, kills=0)


def _harm(x: Experiment, name: str, link: Proxy, harm: Harm) -> None:
    what, action, seconds = harm
    x.say(f"{what} of the {name} link for {seconds:g} s")
    action(link)
    time.sleep(seconds)
    link.forward()
    x.notes.append(f"{what} {seconds:g} s, {name}: back after {x.recovered():.1f} s")


def far(x: Experiment, *, round_trips: tuple[float, ...], messages: int, longest: float) -> None:
    """Row 6. Broker and database are far: throughput beside the model 1/T₁.

    T₁ is the measured time of a message without latency plus the added round trips. At prefetch 1 there are
    two: the statement's, and that from the ack to the next delivery, which a higher prefetch hides.
    """
    trips = 2 if x.mode.max_unacked == 1 else 1
    base = _seconds_each(x, 0.0, messages)
    x.notes.append(f"T₁ without latency, by way of the same proxies: {base * 1000:.2f} ms, {1 / base:.1f}/s")
    for round_trip in round_trips:
        measured = _seconds_each(x, round_trip, min(messages, int(longest / (base + trips * round_trip))))
        pace, model = 1 / measured, 1 / (base + trips * round_trip)
        x.notes.append(
            f"round trip {round_trip * 1000:g} ms ± {JITTER:.0%}: {pace:.1f}/s; 1/T₁ {model:.1f}/s"
        )


def _seconds_each(x: Experiment, round_trip: float, messages: int) -> float:
    x.say(f"{messages} messages at a round trip of {round_trip * 1000:g} ms")
    BulkPublisher(x.site.amqp_url, x.ledger, (good(x.chance, "far") for _ in range(messages))).run()
    with ExitStack() as links:

        def through(url: str) -> str:
            address = urlsplit(url)
            target = (str(address.hostname), address.port or 0)
            far = FarAway(target, round_trip_seconds=round_trip, jitter=JITTER, seed=x.seed)
            return links.enter_context(far).proxied_url(url)

        ((began,),) = x.query("SELECT clock_timestamp()")
        urls = {"RABBITMQ_URL": x.site.amqp_url, "DATABASE_URL": x.database_url}
        ways = {name: through(url) for name, url in urls.items()}
        x.local_workers(1, variables=ways, wait=False)
        x.until(lambda: _stored_since(x, began)[1] >= messages, 120, "every message is stored")
        x.stop()
    seconds, stored = _stored_since(x, began)
    return seconds / (stored - 1)


def _stored_since(x: Experiment, moment: object) -> tuple[float, int]:
    """Seconds from the first commit to the last, and how many there were."""
    ((seconds, stored),) = x.query(PACE, moment)
    return float(str(seconds)), int(str(stored))
