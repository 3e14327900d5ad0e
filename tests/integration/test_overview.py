"""The overview of a system that runs for real, in which things go wrong and are mended."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest

from overview.collector import Collector
from overview.model import Health, Kind, Overview, Problem
from overview.settings import OverviewSettings
from service.settings import load
from tests.broker import VirtualHost
from tests.database import Database, Row
from tests.processes import Process, Processes, with_http
from tests.proxy import Proxy
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, Stopwatch, eventually

LONGEST_LOOK_SECONDS = 2.5
# Of what is told to the millisecond, or to the second.
ROUNDING = timedelta(seconds=1)


class System:
    """A sensor and a consumer, with both servers behind proxies, and a collector that looks at them."""

    def __init__(
        self,
        broker: VirtualHost,
        database: Database,
        run: Processes,
        broker_proxy: Proxy,
        database_proxy: Proxy,
    ) -> None:
        self.broker, self.database, self._run = broker, database, run
        self.broker_proxy, self.database_proxy = broker_proxy, database_proxy
        self._through = {
            "RABBITMQ_URL": broker.through(broker_proxy),
            "DATABASE_URL": database.through(database_proxy),
        }
        self._consumer_port, self._sensor_port = with_http(), with_http()
        own = {"SENSOR_ID": "1", "SENSOR_INTERVAL_SECONDS": "0.2"}
        self.sensor = run.start("sensor", **own, **self._through, **self._sensor_port)
        self.consumer = self.start_consumer()
        self.collector = self.new_collector()

    def start_consumer(self) -> Process:
        return self._run.consumer(**self._consumer_port, **self._through)

    def summary(self) -> list[Row]:
        return self.database.rows("SELECT * FROM last_hour_summary")

    @property
    def consumer_name(self) -> str:
        return f"localhost:{self._consumer_port['HTTP_PORT']}"

    @property
    def sensor_name(self) -> str:
        return f"localhost:{self._sensor_port['HTTP_PORT']}"

    def new_collector(self) -> Collector:
        return Collector(
            load(
                OverviewSettings,
                rabbitmq_url=self.broker.url,
                rabbitmq_management_url=self.broker.server.management_url,
                database_url=self._through["DATABASE_URL"],
                services=f"{self.sensor_name},{self.consumer_name}",
            )
        )

    def seen(self, condition: Callable[[Overview], object], message: str) -> Overview:
        """Look until it is so."""
        last: list[Overview] = []

        def look() -> object:
            stopwatch = Stopwatch()
            last[:] = [self.collector.look()]
            assert stopwatch.seconds < LONGEST_LOOK_SECONDS
            return condition(last[0]) or None

        eventually(look, DEADLINE_SECONDS, message)
        return last[0]

    def seen_well(self) -> Overview:
        return self.seen(lambda o: not o.problems and o.queue and o.queue.consumers, "all is well")

    def seen_problem(
        self, kind: Kind, condition: Callable[[Overview], bool] = lambda _: True
    ) -> tuple[Overview, Problem]:
        overview = self.seen(lambda o: kinds(o, kind) and condition(o), f"{kind} is seen")
        return overview, kinds(overview, kind)[0]


def kinds(overview: Overview, kind: Kind) -> list[Problem]:
    return [problem for problem in overview.problems if problem.kind is kind]


def healths(overview: Overview) -> list[Health]:
    return [service.health for service in overview.services]


def assert_dated(problem: Problem, began: datetime, overview: Overview) -> None:
    """It is there since something happened, and not only since somebody saw it."""
    assert problem.since
    assert began - ROUNDING <= problem.since <= overview.at


@pytest.fixture
def system(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy, database_proxy: Proxy
) -> Iterator[System]:
    with ExitStack() as cleanup:
        system = System(broker, database, run, broker_proxy, database_proxy)
        cleanup.enter_context(closing(system.collector))
        yield system


def test_a_healthy_system(system: System) -> None:
    # and a flow that is as it is on average, once the window holds enough of it
    def is_known(overview: Overview) -> bool:
        flow, queue = overview.flow, overview.queue
        rate, p50, p95 = flow.stored_rate, flow.delay_p50, flow.delay_p95
        return bool(
            not overview.problems
            and healths(overview) == [Health.READY, Health.READY]
            and (queue and queue.acked_rate)
            and rate == pytest.approx(5, abs=2.5)
            and (p50 and p95 and 0 < p50 <= p95 < 5)
        )

    [earlier] = eventually(system.summary, DEADLINE_SECONDS, "a reading is stored")
    overview = system.seen(is_known, "all is known")
    [later] = system.summary()

    assert all(service.started_at and service.since for service in overview.services)
    assert overview.queue
    assert (overview.queue.consumers, overview.queue.dead) == (1, 0)
    assert overview.sensors
    (sensor,) = overview.sensors
    assert sensor.sensor_id == "1"
    assert earlier["last_measured_at"] < sensor.last_measured_at <= later["last_measured_at"]
    assert (sensor.silent_since, len(sensor.minutes)) == (None, 60)
    assert sensor.minutes[-1] or sensor.minutes[-2]
    assert sensor.readings


def test_a_consumer_that_is_killed_and_started_again(system: System) -> None:
    system.seen_well()
    killed_at = datetime.now(UTC)
    system.consumer.kill()

    overview, problem = system.seen_problem(
        Kind.SERVICE_DOWN, lambda o: healths(o) == [Health.READY, Health.DOWN]
    )
    assert problem.subject == system.consumer_name
    assert "Connection refused" in problem.sentence
    assert_dated(problem, killed_at, overview)
    overview, problem = system.seen_problem(Kind.NO_CONSUMER)
    assert problem.subject == "sensor_data"
    assert overview.queue

    system.start_consumer()
    overview = system.seen_well()
    assert overview.services[1].restarts == 1


def test_a_database_that_is_stopped_and_started(system: System) -> None:
    system.seen_well()
    stopped_at = datetime.now(UTC)
    system.database_proxy.refuse()

    def tells_the_cause(overview: Overview) -> bool:
        """And not what follows from it."""
        [problem, *others] = overview.problems
        return not others and "No consumer" in problem.sentence

    overview, problem = system.seen_problem(Kind.DATABASE_AWAY, tells_the_cause)
    assert_dated(problem, stopped_at, overview)
    assert overview.sensors is None
    assert overview.services[1].health is Health.WAITING
    assert "database" in (overview.services[1].why or "")
    # and whoever looks for the first time hears the same
    with closing(system.new_collector()) as late:
        (told,) = kinds(late.look(), Kind.DATABASE_AWAY)
        assert_dated(told, stopped_at, overview)

    system.database_proxy.forward()
    assert system.seen_well().sensors


def test_a_broker_that_is_stopped_and_started(system: System) -> None:
    system.seen_well()
    stopped_at = datetime.now(UTC)
    system.broker_proxy.refuse()

    overview, problem = system.seen_problem(
        Kind.BROKER_AWAY, lambda o: healths(o) == [Health.WAITING, Health.WAITING]
    )
    assert "No service reaches the broker" in problem.sentence
    assert_dated(problem, stopped_at, overview)
    assert not kinds(overview, Kind.SERVICE_WAITING), "they all wait for the same"

    system.broker_proxy.forward()
    overview = system.seen_well()
    assert not any(service.restarts for service in overview.services)


def test_a_frozen_database_holds_up_no_look(system: System) -> None:
    system.seen_well()
    system.database_proxy.black_hole()
    _, problem = system.seen_problem(Kind.DATABASE_AWAY)
    assert problem.since
    system.database_proxy.forward()
    system.seen_well()


def test_a_dead_letter_until_it_is_gone(system: System) -> None:
    system.seen_well()
    died_at = datetime.now(UTC)
    system.broker.publish(b"{broken")

    overview = system.seen(
        lambda o: [p for p in kinds(o, Kind.DEAD_LETTERS) if "not-json" in p.sentence], "it is told"
    )
    (problem,) = kinds(overview, Kind.DEAD_LETTERS)
    assert problem.subject == "sensor_data.dead"
    assert_dated(problem, died_at, overview)
    eventually(lambda: system.broker.ready("sensor_data.dead") == 1, DEADLINE_SECONDS, "looking leaves it")

    assert len(system.broker.take_all("sensor_data.dead")) == 1
    system.seen_well()


def test_a_sensor_that_falls_silent_and_is_heard_again(system: System) -> None:
    system.seen_well()
    # given a sensor that was heard for some minutes, until two minutes ago
    for age in range(120, 300):
        measured_at = datetime.now(UTC) - timedelta(seconds=age)
        system.broker.publish(reading("quiet", measured_at=measured_at.isoformat()))
    quiet = "SELECT 1 FROM reading WHERE sensor_id = 'quiet'"
    eventually(lambda: len(system.database.rows(quiet)) == 180, DEADLINE_SECONDS, "all are stored")
    fell_silent = system.database.rows(
        "UPDATE reading SET received_at = measured_at WHERE sensor_id = 'quiet' RETURNING measured_at"
    )

    overview, problem = system.seen_problem(Kind.SENSOR_SILENT)
    assert problem.subject == "quiet"
    assert problem.since == max(row["measured_at"] for row in fell_silent)
    assert {s.sensor_id for s in overview.sensors or [] if s.silent_since} == {"quiet"}

    system.broker.publish(reading("quiet"))
    system.seen_well()
