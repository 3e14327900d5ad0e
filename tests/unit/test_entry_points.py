"""The programs as processes: exit codes and messages, without any server."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import __main__ as pipeline_program
from runtime.lifecycle import ShutdownSignal
from tests.forked import run_module
from tests.unit.bodies import with_fields
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import FakeStore, wait_until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(closed_port: int, tmp_path: Path) -> dict[str, str]:
    """Return the environment variables of a machine on which neither broker nor database runs."""
    return {
        **os.environ,
        "RABBITMQ_PORT": str(closed_port),
        "RABBITMQ_PASS": "s3cret",
        "POSTGRES_HOST": "127.0.0.1",
        "POSTGRES_PORT": str(closed_port),
        "POSTGRES_PASSWORD": "s3cret",
        "HTTP_PORT": "0",
        "SENSOR_ID": "1",
        "XDG_STATE_HOME": str(tmp_path),
    }


@pytest.mark.parametrize(
    ("command", "variables", "code", "message"),
    [
        (["pipeline"], {"HTTP_PORT": "http"}, 78, "HTTP_PORT is 'http': "),
        (["pipeline"], {"DATABASE_URL": "mysql://u:s3cret@h/d"}, 78, "DATABASE_URL: must look like"),
        (["dashboard"], {"TRUSTED_PROXIES": "proxy"}, 78, "TRUSTED_PROXIES is 'proxy': "),
        (["dashboard"], {"HTTP_PORT": "0"}, 78, "HTTP_PORT is '0': "),
        (["dashboard"], {"HTTP_PORT": "8085", "SERVICES": "a:b"}, 78, "SERVICES contains 'a:b'"),
        (["sensor"], {"SENSOR_SOURCE": "replay:/nowhere.csv"}, 78, "SENSOR_SOURCE names /nowhere.csv"),
        (["db", "version"], {"POSTGRES_PORT": "0"}, 78, "POSTGRES_PORT is '0': "),
        (["pipeline"], {}, 69, "Connection refused"),
        (["sensor"], {}, 69, "Connection refused"),
        (["db", "upgrade"], {}, 69, "Connection refused"),
        (["sensorctl", "doctor"], {}, 1, "is PostgreSQL running"),
        (["sensorctl", "summary"], {}, 69, "Connection refused"),
        (["db"], {}, 2, "usage: python -m db"),
    ],
)
def test_a_program_that_cannot_run_exits_with_its_code_and_a_message(
    environment: dict[str, str], command: list[str], variables: dict[str, str], code: int, message: str
) -> None:
    completed = run_module(command, {**environment, "CONNECT_TIMEOUT_SECONDS": "0.05", **variables})

    assert completed.returncode == code
    assert message in completed.stdout + completed.stderr
    assert "Traceback" not in completed.stdout + completed.stderr
    assert "s3cret" not in completed.stdout + completed.stderr


def test_ctrl_c_while_sensorctl_imports_its_libraries_ends_it_without_a_traceback(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt")

    completed = subprocess.run(
        [sys.executable, "-m", "sensorctl", "import", "history.csv"],
        cwd=ROOT, env={**environment, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert (completed.returncode, completed.stdout, completed.stderr) == (130, "", "")


@pytest.mark.parametrize(
    ("program", "number", "code"),
    [("pipeline", signal.SIGTERM, 0), ("pipeline", signal.SIGINT, 130), ("sensor", signal.SIGTERM, 0)],
)
def test_a_program_that_waits_for_its_server_can_be_stopped(
    environment: dict[str, str], tmp_path: Path, program: str, number: int, code: int
) -> None:
    log = tmp_path / "log"
    with log.open("w") as out:
        child = subprocess.Popen([sys.executable, "-m", program], cwd=ROOT, env=environment, stdout=out)
    try:
        wait_until(lambda: "unavailable" in log.read_text())
        child.send_signal(number)

        assert child.wait(60) == code
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch, quick_retries: None) -> tuple[FakeBroker, FakeStore]:
    """Replace the broker and the store of the consumer by fakes in memory."""
    broker, store = FakeBroker(), FakeStore()
    monkeypatch.setattr("messaging.consuming.consumer.Connection", broker.open_connection)
    monkeypatch.setattr(pipeline_program, "Store", lambda *_, **__: store)
    monkeypatch.setenv("HTTP_PORT", "0")
    return broker, store


@pytest.fixture
def stop_when() -> Iterator[Callable[[ShutdownSignal, Callable[[], bool]], None]]:
    """Return a function that requests a shutdown from another thread once a condition holds."""
    threads: list[threading.Thread] = []

    def watch(stop: ShutdownSignal, condition: Callable[[], bool]) -> None:
        def run() -> None:
            try:
                wait_until(condition)
            finally:
                stop.set()

        threads.append(threading.Thread(target=run))
        threads[-1].start()

    yield watch
    for thread in threads:
        thread.join(60)


def test_the_consumer_process_stores_valid_messages_and_dead_letters_invalid_messages(
    fakes: tuple[FakeBroker, FakeStore], stop_when: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    broker, store = fakes
    broker.put("sensor_data", with_fields(), b"nonsense", with_fields(sensor_id="attic"), with_fields())
    stop = ShutdownSignal()
    stop_when(stop, lambda: broker.operations.count("ack") == 4)

    pipeline_program.main(stop)

    assert sorted(reading.sensor_id for reading in store.readings.values()) == ["attic", "kitchen"]
    [dead] = broker.queues["sensor_data.dead"]
    assert (dead.body, dead.headers["x-dead-reason"]) == (b"nonsense", "not-json")
    assert dead.headers["x-dead-by"].startswith("pipeline@")
    assert not broker.queues["sensor_data"]
    out = capsys.readouterr().out
    assert [out.count(word) for word in ("stored", "duplicate", "dead-lettered")] == [2, 1, 1]


def test_without_traces_opentelemetry_is_not_imported(environment: dict[str, str]) -> None:
    program = (
        "import sys, pipeline.__main__, sensor.__main__, worker.child, sensorctl.history.importer\n"
        "from runtime.settings import load\n"
        "from runtime.tracing import tracing\n"
        "from runtime.tracing_settings import TracingSettings\n"
        "with tracing(load(TracingSettings), 'sensor'):\n"
        "    print(sum(name.startswith('opentelemetry') for name in sys.modules))\n"
    )

    output = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert output.stdout == "0\n"
