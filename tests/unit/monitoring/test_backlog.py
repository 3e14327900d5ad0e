"""When the oldest reading in the queue was measured."""

import pytest

from monitoring.backlog import LAST_STORED, BacklogEstimator
from monitoring.model import Health, Sensor, Service
from monitoring.services import Sample, ServiceReport
from tests.unit.monitoring.samples import NOW, ago, queue, sensor


def last_reading(measured: float, received: float | None = None) -> Sensor:
    received = measured if received is None else received
    return sensor(last_measured_at=ago(measured), last_received_at=ago(received))


def consumer(last_stored: float) -> ServiceReport:
    return _consumer(ago(last_stored).timestamp())


def _consumer(timestamp: float) -> ServiceReport:
    service = Service(name="pipeline", health=Health.NOT_READY)
    return ServiceReport(service=service, samples=[Sample(LAST_STORED, {}, timestamp)])


def test_an_empty_queue_has_no_oldest_reading() -> None:
    assert BacklogEstimator().oldest_measured_at(queue(ready=0), NOW, [last_reading(5)], []) is None


@pytest.mark.parametrize(
    ("sensors", "oldest"),
    [
        ([last_reading(40)], 40),
        ([last_reading(40), last_reading(42), last_reading(-200, received=40)], 40),
        ([last_reading(40), last_reading(5000), last_reading(9000)], 40),
        ([last_reading(-200, received=1)], 0),
    ],
    ids=["one sensor", "one clock is ahead", "others are offline", "the only clock is ahead"],
)
def test_the_oldest_reading_was_measured_just_after_the_newest_stored_one(
    sensors: list[Sensor], oldest: float
) -> None:
    estimate = BacklogEstimator().oldest_measured_at(queue(ready=9), NOW, sensors, [consumer(3)])

    assert estimate == ago(oldest)


def test_without_the_database_the_consumers_report_it() -> None:
    reports = [consumer(70), consumer(50)]

    assert BacklogEstimator().oldest_measured_at(queue(ready=9), NOW, [], reports) == ago(50)


def test_without_any_stored_reading_it_is_unknown() -> None:
    assert BacklogEstimator().oldest_measured_at(queue(ready=9), NOW, [], [_consumer(0.0)]) is None


def test_it_arrived_after_the_queue_was_last_empty() -> None:
    backlog = BacklogEstimator()
    backlog.oldest_measured_at(queue(ready=0), ago(20), [], [])

    assert backlog.oldest_measured_at(queue(ready=9), NOW, [last_reading(7200)], []) == ago(20)
