"""Throughput and latency from counters that are read again and again."""

import pytest

from monitoring.model import Health, Service, Throughput
from monitoring.services import Sample, ServiceReport
from monitoring.throughput import LATENCY, LATENCY_SUM, STORED, ThroughputMeter

UNKNOWN = Throughput(stored_rate=None, latency_p50=None, latency_p95=None)


def pipeline(stored: int, *, slow: int = 0, name: str = "pipeline") -> ServiceReport:
    """Return a consumer that stored readings, `slow` of them in 1.5 seconds on average, the others in 0.5."""
    buckets = {"1.0": stored - slow, "2.0": stored, "+Inf": stored}
    samples = [
        Sample(STORED, {}, stored),
        Sample(LATENCY_SUM, {}, 0.5 * stored + slow),
        *(Sample(LATENCY, {"le": bound}, count) for bound, count in buckets.items()),
    ]
    return ServiceReport(service=Service(name=name, health=Health.READY), samples=samples)


SENSOR = ServiceReport(service=Service(name="sensor", health=Health.READY), samples=[Sample("x", {}, 1)])
DOWN = ServiceReport(service=Service(name="pipeline", health=Health.DOWN))


def measure(*collections: list[ServiceReport], interval: float = 1.0) -> Throughput:
    """Return the throughput after these collections."""
    meter = ThroughputMeter()
    for number, reports in enumerate(collections):
        meter.add(100 + number * interval, reports)
    return meter.throughput()


def test_a_single_collection_shows_nothing() -> None:
    assert measure([pipeline(5)]) == UNKNOWN


def test_without_a_consumer_nothing_is_known() -> None:
    assert measure([SENSOR], [SENSOR]) == UNKNOWN


def test_readings_stored_before_the_first_collection_do_not_count() -> None:
    throughput = measure([pipeline(1000)], [SENSOR, pipeline(1030)], interval=2.0)

    assert throughput == Throughput(stored_rate=15.0, latency_p50=0.5, latency_p95=0.95)


def test_latencies_are_interpolated_within_a_bucket() -> None:
    throughput = measure([pipeline(0)], [pipeline(10, slow=5)])

    assert throughput.latency_p50 == 1.0
    assert throughput.latency_p95 == pytest.approx(1.9)


def test_the_latency_of_a_backlog_is_not_longer_than_its_messages_wait() -> None:
    """All readings were stored after 31 s, in the bucket from 30 to 60 s."""
    before, after = (
        ServiceReport(
            service=Service(name="pipeline", health=Health.READY),
            samples=[
                Sample(STORED, {}, n),
                Sample(LATENCY_SUM, {}, 31.0 * n),
                Sample(LATENCY, {"le": "30.0"}, 0),
                Sample(LATENCY, {"le": "60.0"}, n),
                Sample(LATENCY, {"le": "+Inf"}, n),
            ],
        )
        for n in (0, 1000)
    )

    throughput = measure([before], [after])

    assert throughput.latency_p50 == pytest.approx(31)
    assert throughput.latency_p95 == pytest.approx(31.9)


def test_a_latency_above_the_last_bound_is_that_bound() -> None:
    report = ServiceReport(
        service=Service(name="pipeline", health=Health.READY),
        samples=[
            Sample(STORED, {}, 4),
            Sample(LATENCY_SUM, {}, 40.0),
            Sample(LATENCY, {"le": "2.0"}, 0),
            Sample(LATENCY, {"le": "+Inf"}, 4),
        ],
    )

    assert measure([pipeline(0)], [report]).latency_p95 == 2.0


def test_without_stored_readings_the_rate_is_zero_and_the_latency_unknown() -> None:
    assert measure([pipeline(7)], [pipeline(7)]) == Throughput(
        stored_rate=0.0, latency_p50=None, latency_p95=None
    )


def test_the_rates_of_consumers_are_added_and_a_new_consumer_counts_from_its_first_collection() -> None:
    first, second = pipeline(10), pipeline(500, name="second")

    throughput = measure([first], [pipeline(14), second], [pipeline(18), pipeline(506, name="second")])

    assert throughput.stored_rate == 7.0


def test_a_restarted_consumer_counts_from_zero() -> None:
    assert measure([pipeline(100)], [DOWN], [pipeline(6)]).stored_rate == 3.0


def test_only_the_last_ten_seconds_count() -> None:
    busy = [[pipeline(1000 * n)] for n in range(3)]
    quiet = [[pipeline(2000 + n)] for n in range(1, 12)]

    assert measure(*busy, *quiet).stored_rate == 1.0
