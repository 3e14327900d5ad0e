"""A look at a system of which nothing is there."""

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

from overview.asking import Asking
from overview.collector import LOOK_SECONDS, Collector
from overview.model import Flow, Health, Kind
from overview.places import HostName, Place
from overview.settings import OverviewSettings
from service.errors import ConfigurationError
from service.settings import load
from tests.unit.fakes import FakeClock


def nowhere(port: int, services: str = "") -> OverviewSettings:
    return load(
        OverviewSettings,
        rabbitmq_management_url=f"http://127.0.0.1:{port}",
        database_url=f"postgresql://u:s3cret@127.0.0.1:{port}/d",
        services=services,
    )


@pytest.fixture
def frozen() -> Iterator[int]:
    """A port where everything is taken and nothing answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield int(server.getsockname()[1])


def done(answer: Any) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(answer)
    return future


def test_whatever_is_away_is_a_problem(closed: int) -> None:
    with closing(Collector(nowhere(closed, services=f"127.0.0.1:{closed}"))) as collector:
        looks = [collector.look(), collector.look()]

    for overview in looks:
        assert (overview.queue, overview.sensors) == (None, None)
        assert overview.flow == Flow(stored_rate=None, delay_p50=None, delay_p95=None)
        assert [service.health for service in overview.services] == [Health.DOWN]
        assert [problem.kind for problem in overview.problems] == [
            Kind.BROKER_AWAY, Kind.DATABASE_AWAY, Kind.SERVICE_DOWN,
        ]  # fmt: skip
        assert {problem.since for problem in overview.problems} == {None}, "it was so before"
        assert "s3cret" not in str(overview)


def test_what_does_not_answer_hangs_or_is_away(frozen: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overview.collector.LOOK_SECONDS", 0.3)
    monkeypatch.setattr("overview.collector.NAME_SECONDS", 60)
    services = ",".join(f"127.0.0.{n}:{frozen}" for n in range(1, 4))
    with closing(Collector(nowhere(frozen, services=services))) as collector:
        overview = collector.look()

    assert overview.services[0].health is Health.HANGS
    assert {Kind.BROKER_AWAY, Kind.DATABASE_AWAY, Kind.SERVICE_HANGS} <= {p.kind for p in overview.problems}


class Unanswered(Future[Any]):
    """Takes all the time that one gives it, on a clock of the test's."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def result(self, timeout: float | None = None) -> Any:
        assert timeout is not None
        self._clock.now += timeout
        raise TimeoutError


def test_what_does_not_answer_takes_two_seconds_in_all(closed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a system in which names are found at once, and nothing else answers
    clock = FakeClock()

    class Nobody(Asking):
        def ask(self, name: str, question: Callable[[], Any]) -> Future[Any]:
            return done(question()) if name.startswith("places of") else Unanswered(clock)

    monkeypatch.setattr("overview.collector.Asking", Nobody)
    for module in ("collector", "asking"):
        monkeypatch.setattr(f"overview.{module}.time", SimpleNamespace(monotonic=clock))
    services = ",".join(f"127.0.0.{n}:{closed}" for n in range(1, 4))
    with closing(Collector(nowhere(closed, services=services))) as collector:
        began = clock.now
        # when somebody looks
        overview = collector.look()

    # then all of it takes as long as one of them
    assert clock.now - began == LOOK_SECONDS == 2
    assert len(overview.services) == 3


def test_a_name_that_takes_long_to_find_holds_up_nothing(
    closed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = Event()

    def find(_self: HostName) -> list[Place]:
        assert looked.wait(60)
        return []

    monkeypatch.setattr("overview.collector.NAME_SECONDS", 0.01)
    monkeypatch.setattr(HostName, "__call__", find)
    with closing(Collector(nowhere(closed, services="slow.example"))) as collector:
        (service,) = collector.look().services
        looked.set()

    assert (service.name, service.health) == ("slow.example", Health.DOWN)
    assert "was not found" in (service.why or "")


def test_a_native_system_without_services_has_none(closed: int, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"services": []}))

    with closing(Collector(nowhere(closed, services=str(file)))) as collector:
        assert collector.look().services == []


def test_a_wrong_setting_is_told_at_once(closed: int) -> None:
    with pytest.raises(ConfigurationError, match="SERVICES names"):
        Collector(nowhere(closed, services="sensor-1:x"))


def test_the_moment_is_now(closed: int) -> None:
    with closing(Collector(nowhere(closed))) as collector:
        before = datetime.now(UTC)
        at = collector.look().at
        assert before <= at <= datetime.now(UTC)
