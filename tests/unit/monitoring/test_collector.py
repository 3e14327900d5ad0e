"""Collecting the status of a system of which nothing runs."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitoring.collector import Collector
from monitoring.discovery import DnsDiscovery, Target
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
    """A port on which nothing listens."""
    return free_port()


@pytest.fixture
def frozen() -> Iterator[int]:
    """A port that accepts connections and never responds."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield int(server.getsockname()[1])


def test_every_part_that_is_down_is_a_problem(closed: int) -> None:
    with closing(Collector(nowhere(closed, services=f"127.0.0.1:{closed}"))) as collector:
        collected = [collector.collect(), collector.collect()]

    for status in collected:
        assert (status.queue, status.sensors) == (None, None)
        assert status.throughput == Throughput(stored_rate=None, latency_p50=None, latency_p95=None)
        assert [service.health for service in status.services] == [Health.DOWN]
        assert [problem.kind for problem in status.problems] == [
            ProblemKind.BROKER_DOWN, ProblemKind.DATABASE_DOWN, ProblemKind.SERVICE_DOWN,
        ]  # fmt: skip
        assert {problem.started_at for problem in status.problems} == {None}, (
            "it is older than the first collection"
        )
        assert "s3cret" not in str(status)


def test_parts_that_never_respond_take_two_seconds_in_total(frozen: int) -> None:
    services = ",".join(f"127.0.0.{n}:{frozen}" for n in range(1, 4))
    with closing(Collector(nowhere(frozen, services=services))) as collector:
        started = time.monotonic()
        status = collector.collect()
        seconds = time.monotonic() - started

    assert seconds < 3
    assert status.services[0].health is Health.STALLED
    assert {ProblemKind.BROKER_DOWN, ProblemKind.DATABASE_DOWN, ProblemKind.SERVICE_STALLED} <= {
        p.kind for p in status.problems
    }


def test_a_name_that_resolves_slowly_delays_nothing(closed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(_self: DnsDiscovery) -> list[Target]:
        time.sleep(0.2)
        return []

    monkeypatch.setattr("monitoring.collector.DISCOVERY_SECONDS", 0.01)
    monkeypatch.setattr(DnsDiscovery, "discover_targets", resolve)
    with closing(Collector(nowhere(closed, services="slow.example"))) as collector:
        (service,) = collector.collect().services

    assert (service.name, service.health) == ("slow.example", Health.DOWN)
    assert "did not resolve" in (service.reason or "")


def test_a_native_system_without_services_has_none(closed: int, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"services": []}))

    with closing(Collector(nowhere(closed, services=str(file)))) as collector:
        assert collector.collect().services == []


def test_a_wrong_setting_is_an_error_at_once(closed: int) -> None:
    with pytest.raises(ConfigurationError, match="SERVICES contains"):
        Collector(nowhere(closed, services="sensor-1:x"))


def test_the_status_has_the_current_time(closed: int) -> None:
    with closing(Collector(nowhere(closed))) as collector:
        assert datetime.now(UTC) - collector.collect().at < timedelta(seconds=5)
