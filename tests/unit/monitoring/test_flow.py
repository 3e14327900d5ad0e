"""Rates and delays from counters that are looked at again and again."""

import pytest

from monitoring.model import Health, Service, Throughput
from monitoring.services import Answer, Sample
from monitoring.throughput import DELAY, STORED, ThroughputMeter

UNKNOWN = Throughput(stored_rate=None, latency_p50=None, latency_p95=None)


def pipeline(stored: int, *, slow: int = 0, name: str = "pipeline") -> Answer:
    """A consumer that stored so many, of which some took from 1 to 2 seconds and the others less than one."""
    buckets = {"1.0": stored - slow, "2.0": stored, "+Inf": stored}
    samples = [
        Sample(STORED, {}, stored),
        *(Sample(DELAY, {"le": bound}, count) for bound, count in buckets.items()),
    ]
    return Answer(service=Service(name=name, health=Health.READY), samples=samples)


SENSOR = Answer(service=Service(name="sensor", health=Health.READY), samples=[Sample("x", {}, 1)])
DOWN = Answer(service=Service(name="pipeline", health=Health.DOWN))


def flow_of(*looks: list[Answer], every: float = 1.0) -> Throughput:
    meter = ThroughputMeter()
    for number, answers in enumerate(looks):
        meter.add(100 + number * every, answers)
    return meter.flow()


def test_one_look_tells_nothing() -> None:
    assert flow_of([pipeline(5)]) == UNKNOWN


def test_without_a_consumer_nothing_is_known() -> None:
    assert flow_of([SENSOR], [SENSOR]) == UNKNOWN


def test_what_was_stored_before_the_first_look_does_not_count() -> None:
    flow = flow_of([pipeline(1000)], [SENSOR, pipeline(1030)], every=2.0)

    assert flow == Throughput(stored_rate=15.0, latency_p50=0.5, latency_p95=0.95)


def test_delays_are_even_within_a_bucket() -> None:
    flow = flow_of([pipeline(0)], [pipeline(10, slow=5)])

    assert flow.latency_p50 == 1.0
    assert flow.latency_p95 == pytest.approx(1.9)


def test_beyond_the_last_bound_it_is_that_bound() -> None:
    answer = Answer(
        service=Service(name="pipeline", health=Health.READY),
        samples=[Sample(STORED, {}, 4), Sample(DELAY, {"le": "2.0"}, 0), Sample(DELAY, {"le": "+Inf"}, 4)],
    )

    assert flow_of([pipeline(0)], [answer]).latency_p95 == 2.0


def test_nothing_stored_is_a_rate_of_zero_and_no_delay() -> None:
    assert flow_of([pipeline(7)], [pipeline(7)]) == Throughput(
        stored_rate=0.0, latency_p50=None, latency_p95=None
    )


def test_consumers_are_added_up_and_a_new_one_counts_from_then_on() -> None:
    first, second = pipeline(10), pipeline(500, name="second")

    flow = flow_of([first], [pipeline(14), second], [pipeline(18), pipeline(506, name="second")])

    assert flow.stored_rate == 7.0


def test_a_consumer_that_was_started_anew_counts_from_zero() -> None:
    assert flow_of([pipeline(100)], [DOWN], [pipeline(6)]).stored_rate == 3.0


def test_only_the_last_ten_seconds_count() -> None:
    busy = [[pipeline(1000 * n)] for n in range(3)]
    quiet = [[pipeline(2000 + n)] for n in range(1, 12)]

    assert flow_of(*busy, *quiet).stored_rate == 1.0
