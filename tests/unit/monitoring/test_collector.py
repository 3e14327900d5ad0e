"""A look at a system of which nothing is there."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitoring.collector import Collector
from monitoring.discovery import HostName, Place
from monitoring.model import Health, Throughput
from monitoring.problems import ProblemKind
from monitoring.settings import MonitoringSettings
from native.ports import free_port
from runtime.errors import ConfigurationError
from runtime.settings import load


def nowhere(port: int, services: str = "") -> MonitoringSettings:
    return load(
        MonitoringSettings,
        rabbitmq_management_url=f"http://127.0.0.1:{port}",
        database_url=f"postgresql://u:s3cret@127.0.0.1:{port}/d",
        services=services,
    )


@pytest.fixture
def closed() -> int:
    """A port where nobody listens."""
    return free_port()


@pytest.fixture
def frozen() -> Iterator[int]:
    """A port where everything is taken and nothing answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield int(server.getsockname()[1])


def test_whatever_is_away_is_a_problem(closed: int) -> None:
    with closing(Collector(nowhere(closed, services=f"127.0.0.1:{closed}"))) as collector:
        looks = [collector.collect(), collector.collect()]

    for overview in looks:
        assert (overview.queue, overview.sensors) == (None, None)
        assert overview.throughput == Throughput(stored_rate=None, latency_p50=None, latency_p95=None)
        assert [service.health for service in overview.services] == [Health.DOWN]
        assert [problem.kind for problem in overview.problems] == [
            ProblemKind.BROKER_DOWN, ProblemKind.DATABASE_DOWN, ProblemKind.SERVICE_DOWN,
        ]  # fmt: skip
        assert {problem.started_at for problem in overview.problems} == {None}, "it was so before"
        assert "s3cret" not in str(overview)


def test_what_does_not_answer_takes_two_seconds_in_all(frozen: int) -> None:
    services = ",".join(f"127.0.0.{n}:{frozen}" for n in range(1, 4))
    with closing(Collector(nowhere(frozen, services=services))) as collector:
        began = time.monotonic()
        overview = collector.collect()
        took = time.monotonic() - began

    assert took < 3
    assert overview.services[0].health is Health.STALLED
    assert {ProblemKind.BROKER_DOWN, ProblemKind.DATABASE_DOWN, ProblemKind.SERVICE_STALLED} <= {
        p.kind for p in overview.problems
    }


def test_a_name_that_takes_long_to_find_holds_up_nothing(
    closed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(_self: HostName) -> list[Place]:
        time.sleep(0.2)
        return []

    monkeypatch.setattr("monitoring.collector.NAME_SECONDS", 0.01)
    monkeypatch.setattr(HostName, "__call__", find)
    with closing(Collector(nowhere(closed, services="slow.example"))) as collector:
        (service,) = collector.collect().services

    assert (service.name, service.health) == ("slow.example", Health.DOWN)
    assert "was not found" in (service.reason or "")


def test_a_native_system_without_services_has_none(closed: int, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"services": []}))

    with closing(Collector(nowhere(closed, services=str(file)))) as collector:
        assert collector.collect().services == []


def test_a_wrong_setting_is_told_at_once(closed: int) -> None:
    with pytest.raises(ConfigurationError, match="SERVICES names"):
        Collector(nowhere(closed, services="sensor-1:x"))


def test_the_moment_is_now(closed: int) -> None:
    with closing(Collector(nowhere(closed))) as collector:
        assert datetime.now(UTC) - collector.collect().at < timedelta(seconds=5)
