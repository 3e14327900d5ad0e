"""Discovery of the services: the setting, host names, and the native system's state file."""

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitoring.discovery import (
    DnsDiscovery,
    StateFileDiscovery,
    Target,
    build_discoveries,
)
from native.state import Phase, ProcessStatus, StackState, write_state
from runtime.errors import ConfigurationError
from runtime.process_state import ProcessState
from runtime.services import Stage

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


def program(name: str, **changes: Any) -> ProcessStatus:
    """Return a program as the supervisor reports it."""
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
    return ProcessStatus(**running | changes)


def native_targets(tmp_path: Path, *programs: ProcessStatus) -> list[Target]:
    file = tmp_path / "state.json"
    state = StackState(
        phase=Phase.RUNNING, detail="", pid=1, start_time=1, changed_at=NOW, services=list(programs)
    )
    write_state(file, state)
    (native,) = build_discoveries(str(file))
    return native.discover_targets()


def test_without_the_setting_there_are_no_targets() -> None:
    assert build_discoveries("") == []


def test_hosts_with_and_without_a_port() -> None:
    discoveries = build_discoveries("localhost, localhost:9555 ,")

    assert [target for discovery in discoveries for target in discovery.discover_targets()] == [
        Target(name="localhost", address=("127.0.0.1", 9100)),
        Target(name="localhost:9555", address=("127.0.0.1", 9555)),
    ]


@pytest.mark.parametrize(
    "services", [":9100", "sensor-1:", "sensor-1:many", "sensor-1:0", "a:70000", "a,b:x"]
)
def test_an_invalid_host_is_a_configuration_error(services: str) -> None:
    with pytest.raises(ConfigurationError, match=r"SERVICES contains '.*host:port"):
        build_discoveries(services)


def test_compose_stands_for_the_services_of_the_compose_file_without_this_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    addresses = {"sensor-1": "172.18.0.2", "dashboard": "172.18.0.3"}

    def resolve(host: str, port: int, *_: object) -> list[Any]:
        return [(2, 1, 6, "", (addresses.get(host, "172.18.0.9"), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "gethostbyname", lambda _: addresses["dashboard"])
    discoveries = build_discoveries("compose, other:9555")
    targets = [target for discovery in discoveries for target in discovery.discover_targets()]

    assert [target.name for target in targets] == [
        "pipeline-processor", "sensor-1", "sensor-2", "sensor-3", "analysis", "workflows:8086", "worker",
        "reporter", "scaler", "alerter", "other:9555",
    ]  # fmt: skip
    assert targets[1].address == ("172.18.0.2", 9100)


def test_an_optional_service_is_expected_once_it_has_run(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses: list[str] = []

    def resolve(_host: str, port: int, *_: object) -> list[Any]:
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    worker = DnsDiscovery("worker", 9100, optional=True)
    assert worker.discover_targets() == []
    addresses.append("172.18.0.4")
    assert worker.discover_targets() == [Target(name="worker", address=("172.18.0.4", 9100))]
    addresses.clear()
    (target,) = worker.discover_targets()
    assert target.address is None


def test_each_address_of_a_name_is_a_target(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = ["172.18.0.9", "172.18.0.7", "172.18.0.5", "172.18.0.6", "172.18.0.9"]
    names = {
        "172.18.0.6": "sensors_pipeline-processor.3.v1x2y3.sensors_default",  # as Swarm names it
        "172.18.0.7": "sensors-pipeline-processor-2.sensors_default",
        "172.18.0.9": "other.example",
    }

    def by_address(address: str) -> tuple[str, list[str], list[str]]:
        if address not in names:
            raise socket.herror(1, "Unknown host")
        return names[address], [], [address]

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [(2, 1, 6, "", (at, 9100)) for at in addresses])
    monkeypatch.setattr(socket, "gethostbyaddr", by_address)

    assert DnsDiscovery("pipeline-processor", 9100).discover_targets() == [
        Target(name="pipeline-processor 172.18.0.5", address=("172.18.0.5", 9100)),
        Target(name="pipeline-processor.3", address=("172.18.0.6", 9100)),
        Target(name="pipeline-processor-2", address=("172.18.0.7", 9100)),
        Target(name="pipeline-processor 172.18.0.9", address=("172.18.0.9", 9100)),
    ]


def test_a_name_that_does_not_resolve_is_a_target_without_an_address() -> None:
    (target,) = DnsDiscovery("sensor-1.invalid", 9100).discover_targets()

    assert (target.name, target.address) == ("sensor-1.invalid", None)
    assert "sensor-1.invalid does not resolve" in (target.reason or "")


def test_the_state_file_has_ports_and_restarts(tmp_path: Path) -> None:
    assert native_targets(tmp_path, program("pipeline-1", restarts=3)) == [
        Target(name="pipeline-1", address=("127.0.0.1", 9121), restarts=3)
    ]


def test_a_program_that_waits_for_its_restart_has_a_reason_and_a_time(tmp_path: Path) -> None:
    waiting = program("pipeline-1", state=ProcessState.BACKOFF, last_exit_code=1, restarts=2)

    assert native_targets(tmp_path, waiting) == [
        Target(
            name="pipeline-1", address=None, reason="BACKOFF after exit code 1", down_since=NOW,
            restarts=2,
        )
    ]  # fmt: skip


def test_servers_and_exited_programs_are_no_targets(tmp_path: Path) -> None:
    assert native_targets(
        tmp_path,
        program("rabbitmq", stage=Stage.BROKER),
        program("sensor-3", stage=Stage.SENSOR, state=ProcessState.EXITED, last_exit_code=0),
    ) == []  # fmt: skip


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"services": [{}]}'])
def test_without_its_state_file_the_native_system_does_not_run(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "state.json"
    if content is not None:
        file.write_bytes(content)

    (target,) = StateFileDiscovery(file).discover_targets()

    assert (target.name, target.address) == ("the native system", None)
