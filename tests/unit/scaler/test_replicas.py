"""Reading and changing the number of consumers: the native stack's file, and the API of a Docker engine."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from threading import Thread
from typing import Any

import pytest

from scaler.replicas import NativeReplicas, SwarmReplicas, TargetUnavailable
from tests.ports import reserve_port

SERVICE = "sensors_pipeline-processor"


class Engine(ThreadingMixIn, UnixStreamServer):
    """A Docker engine with one service, as far as the scaler uses it."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), EngineHandler)
        self.service: dict[str, Any] = {
            "ID": "id1",
            "Version": {"Index": 7},
            "Spec": {
                "Name": SERVICE,
                "TaskTemplate": {"ContainerSpec": {"Image": "sensors-pipeline"}},
                "Mode": {"Replicated": {"Replicas": 2}},
            },
        }
        self.refuses = False


class EngineHandler(BaseHTTPRequestHandler):
    server: Engine

    def do_GET(self) -> None:
        if self.path == f"/services/{SERVICE}":
            self._answer(200, self.server.service)
        else:
            self._answer(404, {"message": f"service {self.path.rpartition('/')[2]} not found"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == f"/services/id1/update?version={self.server.service['Version']['Index']}"
        if self.server.refuses:
            self._answer(500, {"message": "update out of sequence"})
            return
        self.server.service["Spec"] = body
        self.server.service["Version"]["Index"] += 1
        self._answer(200, {"Warnings": None})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def address_string(self) -> str:
        return "unix"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class names it so)
        pass


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "docker.sock") as engine:
        Thread(target=engine.serve_forever, args=(0.01,), daemon=True).start()
        yield engine
        engine.shutdown()


def swarm_replicas(tmp_path: Path, service: str = SERVICE) -> SwarmReplicas:
    return SwarmReplicas(f"unix://{tmp_path}/docker.sock", service)


def test_the_native_stack_reads_the_requested_number_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "pipelines"
    file.write_text("2\n")
    replicas = NativeReplicas(file)
    assert replicas.read() == 2
    replicas.request(5)
    assert replicas.read() == 5
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("content", [None, "", "five"])
def test_a_file_without_a_number_is_reported(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "pipelines"
    if content is not None:
        file.write_text(content)
    with pytest.raises(TargetUnavailable, match="has no number of consumers"):
        NativeReplicas(file).read()


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    with pytest.raises(TargetUnavailable, match="cannot be written: No such file or directory"):
        NativeReplicas(tmp_path / "missing" / "pipelines").request(1)


def test_a_swarm_service_is_scaled_and_nothing_else_of_it_changes(tmp_path: Path, engine: Engine) -> None:
    before = engine.service["Spec"]
    replicas = swarm_replicas(tmp_path)
    assert replicas.read() == 2
    replicas.request(5)
    replicas.request(4)
    assert replicas.read() == 4
    assert engine.service["Spec"] == {**before, "Mode": {"Replicated": {"Replicas": 4}}}


def test_a_change_at_the_same_time_is_reported_and_not_overwritten(tmp_path: Path, engine: Engine) -> None:
    engine.refuses = True
    with pytest.raises(TargetUnavailable, match="refuses: 500 update out of sequence"):
        swarm_replicas(tmp_path).request(5)
    assert swarm_replicas(tmp_path).read() == 2


def test_a_missing_service_is_named(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(TargetUnavailable, match="refuses: 404 service other not found"):
        swarm_replicas(tmp_path, "other").read()


def test_a_global_service_is_refused(tmp_path: Path, engine: Engine) -> None:
    engine.service["Spec"]["Mode"] = {"Global": {}}
    with pytest.raises(TargetUnavailable, match=f"{SERVICE} is not replicated"):
        swarm_replicas(tmp_path).read()


def test_an_engine_that_does_not_answer_is_reported(tmp_path: Path) -> None:
    with pytest.raises(TargetUnavailable, match="does not answer: No such file or directory"):
        swarm_replicas(tmp_path).read()
    with pytest.raises(TargetUnavailable, match="does not answer: Connection refused"):
        SwarmReplicas(f"tcp://127.0.0.1:{reserve_port()}", SERVICE).read()
