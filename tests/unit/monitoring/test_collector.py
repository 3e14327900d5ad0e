"""Collecting the status of a system that does not run."""

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from monitoring.collector import COLLECT_TIMEOUT_SECONDS, Collector
from monitoring.discovery import DnsDiscovery, Target
from monitoring.model import Health, OpenAnomalies, OpenExcursions, Queue, Throughput, Workflows
from monitoring.probes import ProbePool
from monitoring.problems import ProblemKind, Source
from monitoring.queue_counts import QueueCounts
from monitoring.sensors import SensorStatus
from monitoring.settings import MonitoringSettings
from runtime.errors import ConfigurationError
from runtime.settings import load
from tests.unit.fakes import FakeClock
from tests.unit.monitoring.samples import NOW, queue

NOTHING_STORED = SensorStatus(
    [],
    OpenExcursions(total=0, latest=[]),
    OpenAnomalies(total=0, latest=[]),
    Workflows(failed=[], unclaimed=[]),
    backup=None,
)


def nowhere(port: int, services: str = "") -> MonitoringSettings:
    return load(
        MonitoringSettings,
        rabbitmq_management_url=f"http://127.0.0.1:{port}",
        database_url=f"postgresql://u:s3cret@127.0.0.1:{port}/d",
        services=services,
    )


@pytest.fixture
def frozen() -> Iterator[int]:
    """Yield a port that accepts connections and never responds."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield int(server.getsockname()[1])


def completed(value: Any) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(value)
    return future


def test_every_part_that_is_down_is_a_problem(closed_port: int) -> None:
    with closing(Collector(nowhere(closed_port, services=f"127.0.0.1:{closed_port}"))) as collector:
        collected = [collector.collect(), collector.collect()]

    for status in collected:
        assert (status.queue, status.sensors, status.unread) == (None, None, list(Source))
        assert status.throughput == Throughput(stored_rate=None, latency_p50=None, latency_p95=None)
        assert [service.health for service in status.services] == [Health.DOWN]
        assert [problem.kind for problem in status.problems] == [
            ProblemKind.BROKER_DOWN, ProblemKind.DATABASE_DOWN, ProblemKind.SERVICE_DOWN,
        ]  # fmt: skip
        assert {problem.started_at for problem in status.problems} == {None}, (
            "it is older than the first collection"
        )
        assert "s3cret" not in str(status)


def test_parts_that_never_respond_are_stalled_or_down(frozen: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.collector.COLLECT_TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr("monitoring.collector.DISCOVERY_TIMEOUT_SECONDS", 60)
    services = ",".join(f"127.0.0.{n}:{frozen}" for n in range(1, 4))
    with closing(Collector(nowhere(frozen, services=services))) as collector:
        status = collector.collect()

    assert status.services[0].health is Health.STALLED
    assert {ProblemKind.BROKER_DOWN, ProblemKind.DATABASE_DOWN, ProblemKind.SERVICE_STALLED} <= {
        p.kind for p in status.problems
    }


class NeverCompleted(Future[Any]):
    """Wait for the whole timeout, on a fake clock."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def result(self, timeout: float | None = None) -> Any:
        assert timeout is not None
        self._clock.now += timeout
        raise TimeoutError


def test_parts_that_never_respond_take_two_seconds_in_total(
    closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a system in which names resolve at once, and nothing else responds
    clock = FakeClock()

    class UnresponsivePool(ProbePool):
        def start(self, name: str, probe: Callable[[], Any]) -> Future[Any]:
            return completed(probe()) if name.startswith("discovery") else NeverCompleted(clock)

    monkeypatch.setattr("monitoring.collector.ProbePool", UnresponsivePool)
    for module in ("collector", "probes"):
        monkeypatch.setattr(f"monitoring.{module}.time", SimpleNamespace(monotonic=clock))
    services = ",".join(f"127.0.0.{n}:{closed_port}" for n in range(1, 4))
    with closing(Collector(nowhere(closed_port, services=services))) as collector:
        started = clock.now
        # when its status is collected
        status = collector.collect()

    # then all probes together take as long as one
    assert clock.now - started == COLLECT_TIMEOUT_SECONDS == 2
    assert len(status.services) == 3


def test_a_name_that_resolves_slowly_delays_nothing(
    closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected = Event()

    def resolve(_self: DnsDiscovery) -> list[Target]:
        assert collected.wait(60)
        return []

    monkeypatch.setattr("monitoring.collector.DISCOVERY_TIMEOUT_SECONDS", 0.01)
    monkeypatch.setattr(DnsDiscovery, "discover_targets", resolve)
    with closing(Collector(nowhere(closed_port, services="slow.example"))) as collector:
        (service,) = collector.collect().services
        collected.set()

    assert (service.name, service.health) == ("slow.example", Health.DOWN)
    assert "did not resolve" in (service.reason or "")


def test_a_native_system_without_services_has_none(closed_port: int, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"services": []}))

    with closing(Collector(nowhere(closed_port, services=str(file)))) as collector:
        assert collector.collect().services == []


def test_an_invalid_setting_is_an_error_at_once(closed_port: int) -> None:
    with pytest.raises(ConfigurationError, match="SERVICES contains"):
        Collector(nowhere(closed_port, services="sensor-1:x"))


def test_the_status_has_the_current_time(closed_port: int) -> None:
    with closing(Collector(nowhere(closed_port))) as collector:
        before = datetime.now(UTC)
        at = collector.collect().at
        assert before <= at <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("statistics", "counts", "expected"),
    [
        (queue(consumers=0, ready=0), [QueueCounts(3, 2, 0)], {"consumers": 2, "ready": 3}),
        (queue(ready=9, oldest_enqueued_at=NOW), [QueueCounts(0, 1, 0)], {"oldest_enqueued_at": None}),
        (queue(dead_letters=0), [QueueCounts(0, 1, 4)], {"dead_letters": 4}),
        (queue(dead_letters=4), [QueueCounts(0, 1, 0)], {"dead_letters": 4}),
        (queue(dead_letters=4), [QueueCounts(0, 1, 0)] * 2, {"dead_letters": 0}),
    ],
    ids=[
        "a consumer that has just started",
        "a queue that is empty now",
        "a new dead letter",
        "dead letters that a client lists at this moment",
        "dead letters that were discarded",
    ],
)
def test_the_queues_are_counted_without_the_delay_of_the_statistics(
    monkeypatch: pytest.MonkeyPatch,
    statistics: Queue,
    counts: list[QueueCounts],
    expected: dict[str, Any],
) -> None:
    class StatisticsPool(ProbePool):
        def start(self, name: str, probe: Callable[[], Any]) -> Future[Any]:
            values = {"queue": statistics, "queue counts": counts[0], "sensors": []}
            return completed(values.get(name))

    monkeypatch.setattr("monitoring.collector.ProbePool", StatisticsPool)
    with closing(Collector(nowhere(1))) as collector:
        found = [collector.collect().queue for _count in counts][-1]

    assert found
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_source_that_alone_does_not_respond_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class PoolWithoutNodes(ProbePool):
        def start(self, name: str, probe: Callable[[], Any]) -> Future[Any]:
            if name == "broker nodes":
                return NeverCompleted(FakeClock())
            values = {"queue": queue(), "queue counts": QueueCounts(0, 1, 0), "sensors": NOTHING_STORED}
            return completed(values.get(name))

    monkeypatch.setattr("monitoring.collector.ProbePool", PoolWithoutNodes)
    with closing(Collector(nowhere(1))) as collector:
        status = collector.collect()

    assert (status.unread, status.problems) == ([Source.BROKER_NODES], [])
