"""Problems over several observations: which inhibit others, and when each started."""

from datetime import timedelta

from monitoring.broker import OldestDeadLetter
from monitoring.model import Health
from monitoring.problems import ProblemKind
from monitoring.tracker import ProblemTracker
from tests.unit.monitoring.observations import (
    PIPELINE,
    keys,
    observation,
    only_problem_after,
    problems_after,
)
from tests.unit.monitoring.samples import NOW, REFUSED, ago, not_ready, queue, report, sensor

UNCONSUMED = queue(consumers=0, ready=9)
MANAGEMENT_API_DOWN = (ProblemKind.MANAGEMENT_API_DOWN, "management API")


def test_while_readings_cannot_arrive_only_sensors_that_were_offline_before_are_reported() -> None:
    # given no consumer for a minute, in which no sensor was stored
    last_arrival = sensor("ticks", ago(60), last_received_at=ago(60))
    gone, rare = sensor("gone", ago(300)), sensor("rare", ago(300), interval_seconds=50.0)

    problems = problems_after(observation(sensors=[last_arrival, gone, rare], queue=UNCONSUMED))

    assert keys(problems) == [(ProblemKind.NO_CONSUMERS, "heat"), (ProblemKind.SENSOR_OFFLINE, "gone")]


def test_no_sensor_is_offline_during_an_outage_of_unknown_length() -> None:
    observed = observation(sensors=[sensor("1", ago(300))], queue=None, broker_error=REFUSED)

    assert keys(problems_after(observed)) == [MANAGEMENT_API_DOWN]


def test_without_the_management_api_a_sensor_is_offline_if_readings_of_others_arrive() -> None:
    observed = observation(sensors=[sensor("1", ago(300)), sensor("2")], queue=None, broker_error=REFUSED)

    assert keys(problems_after(observed)) == [MANAGEMENT_API_DOWN, (ProblemKind.SENSOR_OFFLINE, "1")]


def test_after_an_outage_there_is_a_grace_period_for_the_next_readings() -> None:
    # given an outage that ended just now, and a sensor whose reading is still in flight
    offline = [sensor("1", ago(60), last_received_at=ago(60))]
    outage, over = observation(sensors=offline, queue=UNCONSUMED), observation(sensors=offline)
    much_later = observation(sensors=offline, at=NOW + timedelta(seconds=60))

    assert problems_after(outage, over) == []
    assert keys(problems_after(outage, over, much_later)) == [(ProblemKind.SENSOR_OFFLINE, "1")]


def test_the_start_of_a_problem_of_the_first_observation_is_unknown() -> None:
    down = observation(report("sensor-1", Health.DOWN, "gone"), PIPELINE)
    later = observation(*down.reports, at=NOW + timedelta(seconds=5))

    assert only_problem_after(down).started_at is None
    assert only_problem_after(down, later).started_at is None


def test_a_later_problem_started_with_the_observation_that_found_it() -> None:
    first, second = (
        observation(report("sensor-1", Health.DOWN, "gone"), PIPELINE, at=NOW + n * timedelta(seconds=5))
        for n in (1, 2)
    )
    healthy_again = observation(at=NOW + timedelta(seconds=15))

    assert only_problem_after(observation(), first, second).started_at == first.at
    assert only_problem_after(observation(), first, second, healthy_again, second).started_at == second.at


def test_the_earliest_reported_start_is_kept() -> None:
    early, late = (observation(not_ready("sensor-1", "broker", ago(age)), PIPELINE) for age in (50, 10))

    assert only_problem_after(early, late).started_at == ago(50)
    assert only_problem_after(late, early).started_at == ago(50)


def test_the_start_of_dead_letters_stays_when_the_oldest_is_removed_or_held_by_a_client() -> None:
    oldest = OldestDeadLetter(ago(60), "not-json", "")
    newer = OldestDeadLetter(ago(10), "too-large", "")
    found = [
        observation(queue=queue(dead_letters=2), oldest_dead_letter=each) for each in (oldest, None, newer)
    ]
    tracker = ProblemTracker()

    assert [tracker.update(each)[0].started_at for each in found] == [ago(60)] * 3
