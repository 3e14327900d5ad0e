"""Where the services are: the setting, names with addresses, and the native system's table."""

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitoring.discovery import (
    HostName,
    NativeStateFile,
    Place,
    discover_targets,
)
from native.state import Phase, ProcessStatus, StackState, write_state
from runtime.errors import ConfigurationError
from runtime.process_state import ProcessState
from runtime.services import Stage

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


def program(name: str, **changed: Any) -> ProcessStatus:
    """As the supervisor reports it."""
    running: dict[str, Any] = {
        "name": name,
        "state": ProcessState.RUNNING,
        "pid": 1,
        "start_time": 1.0,
        "port": 9121,
        "restarts": 0,
        "last_exit_code": None,
        "changed_at": NOW,
        "log": Path("log"),
        "stage": Stage.PIPELINE,
        "stop_signal": 15,
        "grace_seconds": 10,
    }
    return ProcessStatus(**running | changed)


def places_of(tmp_path: Path, *programs: ProcessStatus) -> list[Place]:
    file = tmp_path / "state.json"
    state = StackState(
        phase=Phase.RUNNING, detail="", pid=1, start_time=1, changed_at=NOW, services=list(programs)
    )
    write_state(file, state)
    (native,) = discover_targets(str(file))
    return native()


def test_nobody_told_where_the_services_are() -> None:
    assert discover_targets("") == []


def test_hosts_are_named_with_and_without_a_port() -> None:
    found = discover_targets("localhost, localhost:9555 ,")

    assert [place for places in found for place in places()] == [
        Place(name="localhost", address=("127.0.0.1", 9100)),
        Place(name="localhost:9555", address=("127.0.0.1", 9555)),
    ]


@pytest.mark.parametrize(
    "services", [":9100", "sensor-1:", "sensor-1:many", "sensor-1:0", "a:70000", "a,b:x"]
)
def test_a_wrong_place_is_a_sentence(services: str) -> None:
    with pytest.raises(ConfigurationError, match=r"SERVICES names '.*host:port"):
        discover_targets(services)


def test_compose_stands_for_the_services_of_the_compose_file_without_the_asking_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    addresses = {"sensor-1": "172.18.0.2", "dashboard": "172.18.0.3"}

    def resolve(host: str, port: int, *_: object) -> list[Any]:
        return [(2, 1, 6, "", (addresses.get(host, "172.18.0.9"), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "gethostbyname", lambda _: addresses["dashboard"])
    found = [place for target in discover_targets("compose, other:9555") for place in target()]

    assert [place.name for place in found] == [
        "pipeline-processor", "sensor-1", "sensor-2", "sensor-3", "alerter", "other:9555",
    ]  # fmt: skip
    assert found[1].address == ("172.18.0.2", 9100)


def test_each_address_of_a_name_is_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = ["172.18.0.9", "172.18.0.7", "172.18.0.5", "172.18.0.9"]
    names = {"172.18.0.7": "sensors-pipeline-processor-2.sensors_default", "172.18.0.9": "other.example"}

    def by_address(address: str) -> tuple[str, list[str], list[str]]:
        if address not in names:
            raise socket.herror(1, "Unknown host")
        return names[address], [], [address]

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [(2, 1, 6, "", (at, 9100)) for at in addresses])
    monkeypatch.setattr(socket, "gethostbyaddr", by_address)

    assert HostName("pipeline-processor", 9100)() == [
        Place(name="pipeline-processor 172.18.0.5", address=("172.18.0.5", 9100)),
        Place(name="pipeline-processor-2", address=("172.18.0.7", 9100)),
        Place(name="pipeline-processor 172.18.0.9", address=("172.18.0.9", 9100)),
    ]


def test_a_name_without_an_address_is_a_service_that_does_not_run() -> None:
    (place,) = HostName("sensor-1.invalid", 9100)()

    assert (place.name, place.address) == ("sensor-1.invalid", None)
    assert "nothing is called sensor-1.invalid" in (place.why or "")


def test_the_native_table_gives_ports_and_restarts(tmp_path: Path) -> None:
    assert places_of(tmp_path, program("pipeline-1", restarts=3)) == [
        Place(name="pipeline-1", address=("127.0.0.1", 9121), restarts=3)
    ]


def test_a_program_that_waits_for_its_restart_tells_why_and_since_when(tmp_path: Path) -> None:
    waiting = program("pipeline-1", state=ProcessState.BACKOFF, last_exit_code=1, restarts=2)

    assert places_of(tmp_path, waiting) == [
        Place(
            name="pipeline-1", address=None, why="BACKOFF after exit code 1", gone_since=NOW,
            restarts=2,
        )
    ]  # fmt: skip


def test_servers_and_what_has_done_its_work_are_no_services(tmp_path: Path) -> None:
    assert places_of(
        tmp_path,
        program("rabbitmq", stage=Stage.BROKER),
        program("sensor-3", stage=Stage.SENSOR, state=ProcessState.EXITED, last_exit_code=0),
    ) == []  # fmt: skip


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"services": [{}]}'])
def test_without_its_table_the_native_system_does_not_run(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "state.json"
    if content is not None:
        file.write_bytes(content)

    (place,) = NativeStateFile(file)()

    assert (place.name, place.address) == ("the native system", None)
