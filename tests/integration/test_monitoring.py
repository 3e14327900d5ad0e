"""The status of a real system whose parts fail and recover."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest

from monitoring.collector import Collector
from monitoring.model import Health, Problem, SystemStatus
from monitoring.problems import ProblemKind
from monitoring.restarts import TOLERANCE
from monitoring.settings import MonitoringSettings
from runtime.settings import load
from tests.broker import VirtualHost
from tests.database import Database, Row
from tests.processes import Process, Processes, with_http
from tests.proxy import Proxy
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, Stopwatch, eventually

MAX_COLLECT_SECONDS = 2.5
# Some times are reported to the millisecond, others to the second.
ROUNDING = timedelta(seconds=1)


class System:
    """A sensor and a consumer, with both servers behind proxies, and a collector over them."""

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
        self._proxied_urls = {
            "RABBITMQ_URL": broker.url_through(broker_proxy),
            "DATABASE_URL": database.url_through(database_proxy),
        }
        self._consumer_port, self._sensor_port = with_http(), with_http()
        own = {"SENSOR_ID": "1", "SENSOR_INTERVAL_SECONDS": "0.2"}
        self.sensor = run.start("sensor", **own, **self._proxied_urls, **self._sensor_port)
        self.consumer = self.start_consumer()
        self.collector = self.new_collector()

    def start_consumer(self) -> Process:
        return self._run.start_consumer(**self._consumer_port, **self._proxied_urls)

    def summary(self) -> list[Row]:
        return self.database.query("SELECT * FROM last_hour_summary")

    @property
    def consumer_name(self) -> str:
        return f"localhost:{self._consumer_port['HTTP_PORT']}"

    @property
    def sensor_name(self) -> str:
        return f"localhost:{self._sensor_port['HTTP_PORT']}"

    def new_collector(self) -> Collector:
        return Collector(
            load(
                MonitoringSettings,
                rabbitmq_url=self.broker.url,
                rabbitmq_management_url=self.broker.server.management_url,
                database_url=self._proxied_urls["DATABASE_URL"],
                services=f"{self.sensor_name},{self.consumer_name}",
            )
        )

    def wait_for(self, condition: Callable[[SystemStatus], object], message: str) -> SystemStatus:
        """Collect until the condition holds."""
        last: list[SystemStatus] = []

        def collect() -> object:
            stopwatch = Stopwatch()
            last[:] = [self.collector.collect()]
            assert stopwatch.seconds < MAX_COLLECT_SECONDS
            return condition(last[0]) or None

        eventually(collect, DEADLINE_SECONDS, message)
        return last[0]

    def wait_until_healthy(self) -> SystemStatus:
        return self.wait_for(
            lambda o: not o.problems and o.queue and o.queue.consumers, "the system is healthy"
        )

    def wait_for_problem(
        self, kind: ProblemKind, condition: Callable[[SystemStatus], bool] = lambda _: True
    ) -> tuple[SystemStatus, Problem]:
        status = self.wait_for(lambda o: problems_of_kind(o, kind) and condition(o), f"{kind} is reported")
        return status, problems_of_kind(status, kind)[0]


def problems_of_kind(status: SystemStatus, kind: ProblemKind) -> list[Problem]:
    return [problem for problem in status.problems if problem.kind is kind]


def service_healths(status: SystemStatus) -> list[Health]:
    return [service.health for service in status.services]


def assert_dated(problem: Problem, cause_at: datetime, status: SystemStatus) -> None:
    """Check that the problem is dated by its cause, not by when it was first collected."""
    assert problem.started_at
    assert cause_at - ROUNDING <= problem.started_at <= status.at


def consumer_is_older_than_the_tolerance(status: SystemStatus) -> bool:
    started_at = status.services[1].started_at
    return started_at is not None and status.at - started_at > TOLERANCE + ROUNDING


@pytest.fixture
def system(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy, database_proxy: Proxy
) -> Iterator[System]:
    with ExitStack() as cleanup:
        system = System(broker, database, run, broker_proxy, database_proxy)
        cleanup.enter_context(closing(system.collector))
        yield system


def test_a_healthy_system_has_no_problem_and_a_complete_status(system: System) -> None:
    # The throughput is known once its window contains enough readings.
    def is_known(status: SystemStatus) -> bool:
        throughput, queue = status.throughput, status.queue
        rate, p50, p95 = throughput.stored_rate, throughput.latency_p50, throughput.latency_p95
        return bool(
            not status.problems
            and service_healths(status) == [Health.READY, Health.READY]
            and (queue and queue.ack_rate)
            and rate == pytest.approx(5, abs=2.5)
            and (p50 and p95 and 0 < p50 <= p95 < 5)
        )

    [earlier] = eventually(system.summary, DEADLINE_SECONDS, "a reading is stored")
    status = system.wait_for(is_known, "the throughput is known")
    [later] = system.summary()

    assert all(service.started_at and service.health_since for service in status.services)
    assert status.queue
    assert (status.queue.consumers, status.queue.dead_letters) == (1, 0)
    assert status.sensors
    (sensor,) = status.sensors
    assert sensor.sensor_id == "1"
    assert earlier["last_measured_at"] < sensor.last_measured_at <= later["last_measured_at"]
    assert (sensor.offline_since, len(sensor.minutes)) == (None, 60)
    assert sensor.minutes[-1] or sensor.minutes[-2]
    assert sensor.readings


def test_a_killed_consumer_is_reported_until_its_restart(system: System) -> None:
    system.wait_until_healthy()
    system.wait_for(consumer_is_older_than_the_tolerance, "a restart differs from its first start")
    killed_at = datetime.now(UTC)
    system.consumer.kill()

    status, problem = system.wait_for_problem(
        ProblemKind.SERVICE_DOWN, lambda o: service_healths(o) == [Health.READY, Health.DOWN]
    )
    assert problem.subject == system.consumer_name
    assert "Connection refused" in problem.message
    assert_dated(problem, killed_at, status)
    status, problem = system.wait_for_problem(ProblemKind.NO_CONSUMERS)
    assert problem.subject == "sensor_data"
    assert status.queue

    system.start_consumer()
    status = system.wait_until_healthy()
    assert status.services[1].restarts == 1


def test_a_stopped_database_is_reported_until_it_is_started(system: System) -> None:
    system.wait_until_healthy()
    stopped_at = datetime.now(UTC)
    system.database_proxy.refuse()

    def reports_only_the_cause(status: SystemStatus) -> bool:
        """Only the cause is reported, not its consequences."""
        [problem, *others] = status.problems
        return not others and "No consumer" in problem.message

    status, problem = system.wait_for_problem(ProblemKind.DATABASE_DOWN, reports_only_the_cause)
    assert_dated(problem, stopped_at, status)
    assert status.sensors is None
    assert status.services[1].health is Health.NOT_READY
    assert "database" in (status.services[1].reason or "")
    # and a new collector reports the same
    with closing(system.new_collector()) as late:
        (reported,) = problems_of_kind(late.collect(), ProblemKind.DATABASE_DOWN)
        assert_dated(reported, stopped_at, status)

    system.database_proxy.forward()
    assert system.wait_until_healthy().sensors


def test_a_stopped_broker_is_reported_until_it_is_started(system: System) -> None:
    system.wait_until_healthy()
    stopped_at = datetime.now(UTC)
    system.broker_proxy.refuse()

    status, problem = system.wait_for_problem(
        ProblemKind.BROKER_DOWN, lambda o: service_healths(o) == [Health.NOT_READY, Health.NOT_READY]
    )
    assert "No service can reach the broker" in problem.message
    assert_dated(problem, stopped_at, status)
    assert not problems_of_kind(status, ProblemKind.SERVICE_NOT_READY), "the consequences are not reported"

    system.broker_proxy.forward()
    status = system.wait_until_healthy()
    assert not any(service.restarts for service in status.services)


def test_a_slow_database_is_not_reported_as_down(system: System) -> None:
    system.wait_until_healthy()
    with system.database.connect() as other, other.transaction():
        other.execute("LOCK TABLE rollup_minute")

        status, problem = system.wait_for_problem(ProblemKind.DATABASE_SLOW)

        assert "57014" in problem.message
        assert "though consumers reach it" in problem.message
        assert not problems_of_kind(status, ProblemKind.DATABASE_DOWN)
    assert system.wait_until_healthy().sensors


def test_a_frozen_database_delays_no_collection(system: System) -> None:
    system.wait_until_healthy()
    system.database_proxy.black_hole()
    _, problem = system.wait_for_problem(ProblemKind.DATABASE_DOWN)
    assert problem.started_at
    system.database_proxy.forward()
    system.wait_until_healthy()


def test_a_dead_letter_is_reported_until_it_is_removed(system: System) -> None:
    system.wait_until_healthy()
    dead_at = datetime.now(UTC)
    system.broker.publish(b"{broken")

    status = system.wait_for(
        lambda o: [p for p in problems_of_kind(o, ProblemKind.DEAD_LETTERS) if "not-json" in p.message],
        "the dead letter is reported",
    )
    (problem,) = problems_of_kind(status, ProblemKind.DEAD_LETTERS)
    assert problem.subject == "sensor_data.dead"
    assert_dated(problem, dead_at, status)
    eventually(
        lambda: system.broker.ready("sensor_data.dead") == 1,
        DEADLINE_SECONDS,
        "the dead letter is still in the queue",
    )

    assert len(system.broker.drain("sensor_data.dead")) == 1
    system.wait_until_healthy()


def test_an_offline_sensor_is_reported_until_its_next_reading(system: System) -> None:
    system.wait_until_healthy()
    # given a sensor that sent readings for some minutes, until two minutes ago
    for age in range(120, 300):
        measured_at = datetime.now(UTC) - timedelta(seconds=age)
        system.broker.publish(reading("quiet", measured_at=measured_at.isoformat()))
    quiet = "SELECT 1 FROM reading WHERE sensor_id = 'quiet'"
    eventually(lambda: len(system.database.query(quiet)) == 180, DEADLINE_SECONDS, "all readings are stored")
    measured = system.database.query(
        "UPDATE reading SET received_at = measured_at WHERE sensor_id = 'quiet' RETURNING measured_at"
    )

    status, problem = system.wait_for_problem(ProblemKind.SENSOR_OFFLINE)
    assert problem.subject == "quiet"
    assert problem.started_at == max(row["measured_at"] for row in measured)
    assert {s.sensor_id for s in status.sensors or [] if s.offline_since} == {"quiet"}

    system.broker.publish(reading("quiet"))
    system.wait_until_healthy()
