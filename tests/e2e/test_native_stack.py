"""The native stack as a user meets it: `python -m native`, in a directory and on ports of its own."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pika
import psycopg
import pytest
from dotenv import dotenv_values

from native.install import root_command_prefix
from native.ports import free_port, is_free
from native.postgres import PrivatePostgres
from native.process_handle import ProcessHandle
from native.rabbitmq import PrivateRabbitMQ, find_server
from native.settings import ROOT, Layout
from native.state import Phase, ProcessStatus, StackState, read_state
from runtime.errors import ServiceUnavailable
from tests.mqtt import device

DEADLINE_SECONDS = 60.0
SENSORS = ["1", "2", "3"]


class NativeStack:
    """One stack, driven by its commands only."""

    def __init__(self, directory: Path) -> None:
        self.layout = Layout(directory)
        self._environment = {**os.environ, **ports(), "NATIVE_DIR": str(directory)}

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", *words]
        environment = {**self._environment, **variables}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    def up(self, **variables: str) -> str:
        done = self.run("native", "up", **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def down(self) -> str:
        done = self.run("native", "down")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def summary(self) -> dict[str, Any]:
        done = self.run("sensorctl", "summary", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return {row["sensor_id"]: row for row in json.loads(done.stdout)}

    def state(self) -> StackState:
        state = read_state(self.layout.state_file)
        assert state is not None
        return state

    def program(self, name: str) -> ProcessStatus:
        return next(one for one in self.state().services if one.name == name)

    def identities(self) -> list[ProcessHandle]:
        state = self.state()
        return [ProcessHandle(state.pid, state.start_time)] + [
            spec.handle for one in state.services if (spec := one.stop_spec())
        ]

    def publish(self, body: bytes) -> None:
        with closing(self.connection("RABBITMQ")) as connection:
            connection.channel().basic_publish("", "sensor_data", body)

    def connection(self, login: str) -> pika.BlockingConnection:
        """As the user whose variables begin so."""
        variables = dotenv_values(self.layout.client_file)
        credentials = pika.PlainCredentials(str(variables[f"{login}_USER"]), str(variables[f"{login}_PASS"]))
        address = pika.ConnectionParameters(
            host=str(variables["RABBITMQ_HOST"]),
            port=int(str(variables["RABBITMQ_PORT"])),
            virtual_host=str(variables["RABBITMQ_VHOST"]),
            credentials=credentials,
        )
        return pika.BlockingConnection(address)

    def publish_by_mqtt(self, topic: str, payload: bytes) -> None:
        variables = dotenv_values(self.layout.client_file)
        url = f"mqtt://127.0.0.1:{self._environment['MQTT_HOST_PORT']}"
        user, password = (variables[f"RABBITMQ_SENSOR_{name}"] for name in ("USER", "PASS"))
        with device(url, user, password) as thing:
            thing.publish(topic, payload)

    def ask_dashboard(self, path: str) -> Any:
        url = f"http://127.0.0.1:{self._environment['DASHBOARD_HOST_PORT']}{path}"
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10) as answer:
            return json.load(answer)

    def dead(self) -> list[dict[str, Any]]:
        done = self.run("sensorctl", "dead", "list", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return list(json.loads(done.stdout))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativeStack]:
    needs_rabbitmq()
    stack = NativeStack(tmp_path_factory.mktemp("native"))
    try:
        stack.up(PIPELINES="2")
        yield stack
    finally:
        stack.down()


def needs_rabbitmq() -> None:
    try:
        find_server()
    except ServiceUnavailable as error:
        if root_command_prefix() is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(
                f"the native stack cannot run here: {error}"
            )


def ports() -> dict[str, str]:
    names = (
        "RABBITMQ_HOST_PORT",
        "RABBITMQ_MANAGEMENT_HOST_PORT",
        "MQTT_HOST_PORT",
        "POSTGRES_HOST_PORT",
        "DASHBOARD_HOST_PORT",
    )
    first = free_range(7)
    bases = {"SENSOR_HTTP_PORT": first, "PIPELINE_HTTP_PORT": first + 3, "ALERTER_HTTP_PORT": first + 6}
    return {name: str(port) for name, port in bases.items()} | {name: str(free_port()) for name in names}


def free_range(length: int) -> int:
    """The first of `length` free ports in a row, below those that the kernel hands out."""
    start = 20_000 + os.getpid() % 8_000
    return next(n for n in range(start, 32_000, length) if all(map(is_free, range(n, n + length))))


def eventually(condition: Callable[[], object], what: str, seconds: float = DEADLINE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


def test_up_says_where_everything_is_and_shows_the_first_rows(stack: NativeStack) -> None:
    # when it is asked for a second time
    before = stack.identities()
    said = stack.up()
    # then it says so, changes nothing and tells the ways in
    assert "is already up" in said
    assert stack.identities() == before
    for words in ("dashboard", "management UI", "make psql", "make logs", "make down", "The last hour"):
        assert words in said


def test_every_sensor_reaches_the_summary(stack: NativeStack) -> None:
    eventually(lambda: sorted(stack.summary()) == SENSORS, "rows of all three sensors")
    first = stack.summary()["1"]["readings"]
    eventually(lambda: stack.summary()["1"]["readings"] > first, "more readings")


def test_the_dashboard_sees_every_service_and_every_sensor(stack: NativeStack) -> None:
    def well() -> bool:
        overview = stack.ask_dashboard("/api/overview")
        services = {service["name"]: service["health"] for service in overview["services"]}
        sensors = [sensor["sensor_id"] for sensor in overview["sensors"] or []]
        others = ["pipeline-1", "pipeline-2", "sensor-1", "sensor-2", "sensor-3", "alerter"]
        return services == dict.fromkeys(others, "ready") and sensors == SENSORS

    eventually(well, "the dashboard sees all")
    assert stack.ask_dashboard("/api/minutes?sensor=1")["sensors"]["1"]
    assert stack.ask_dashboard("/api/dead-letters")["depth"] == 0
    assert stack.ask_dashboard("/api/access") == {"enabled": False, "authorized": False}


def test_what_runs_is_reported(stack: NativeStack) -> None:
    names = [one.name for one in stack.state().services]
    assert names == [
        "postgres", "epmd", "rabbitmq", "pipeline-1", "pipeline-2", "sensor-1", "sensor-2", "sensor-3",
        "dashboard", "alerter",
    ]  # fmt: skip
    table = stack.run("native", "status", COLUMNS="200").stdout
    assert "native stack: running" in table
    assert all(name in table for name in names)


def test_the_status_shows_every_service(stack: NativeStack) -> None:
    def told() -> dict[str, Any]:
        status: dict[str, Any] = json.loads(stack.run("sensorctl", "status", "--json").stdout)
        return status

    eventually(lambda: told()["problems"] == [], "all is well")
    services = told()["services"]
    assert [one["name"] for one in services] == [
        "pipeline-1", "pipeline-2", "sensor-1", "sensor-2", "sensor-3", "dashboard", "alerter",
    ]  # fmt: skip
    assert {(one["health"], type(one["restarts"])) for one in services} == {("ready", int)}
    screen = stack.run("sensorctl", "status")
    assert screen.stdout.startswith("All is well")
    assert screen.returncode == 0


def test_the_logs_of_all_are_read(stack: NativeStack) -> None:
    def summary() -> dict[str, Any]:
        done = stack.run("sensorctl", "logs", "--summary", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr == "", "every line was understood"
        told: dict[str, Any] = json.loads(done.stdout)
        return {service["service"]: service for service in told["services"]}

    services = {
        "pipeline-1",
        "pipeline-2",
        "sensor-1",
        "sensor-2",
        "sensor-3",
        "dashboard",
        "setup",
        "supervisor",
        "alerter",
    }
    eventually(lambda: summary().keys() == services, "all services are in the summary")
    assert summary()["alerter"]["starts"] >= 1


def test_a_stalled_consumer_is_an_alert(stack: NativeStack) -> None:
    # given an operator who subscribes
    with closing(stack.connection("RABBITMQ_OPERATOR")) as connection:
        channel = connection.channel()
        channel.queue_declare("events.e2e", durable=True)
        channel.queue_bind("events.e2e", "events", "service-stalled.#")
        # when a consumer stalls, and continues
        stalled = stack.program("pipeline-2")
        assert stalled.pid
        os.kill(stalled.pid, signal.SIGSTOP)
        try:
            firing = next_alert(channel, "events.e2e")
        finally:
            os.kill(stalled.pid, signal.SIGCONT)
        # then its alert fires and is resolved
        assert (firing["status"], firing["labels"]["service"]) == ("firing", "pipeline-2")
        resolved = next_alert(channel, "events.e2e")
        assert (resolved["status"], resolved["fingerprint"]) == ("resolved", firing["fingerprint"])
        channel.queue_delete("events.e2e")


def next_alert(channel: Any, queue: str) -> dict[str, Any]:
    bodies: list[bytes] = []

    def came() -> bool:
        _, _, body = channel.basic_get(queue, auto_ack=True)
        bodies.extend([body] if body else [])
        return bool(bodies)

    eventually(came, "an alert")
    [alert] = json.loads(bodies[0])["alerts"]
    return dict(alert)


def test_the_passwords_are_for_their_owner_only(stack: NativeStack) -> None:
    assert stack.layout.client_file.stat().st_mode & 0o077 == 0
    assert dotenv_values(stack.layout.client_file).keys() >= {"RABBITMQ_VHOST", "POSTGRES_DB"}


@pytest.mark.parametrize("name", ["pipeline-1", "sensor-2"])
def test_what_is_killed_is_started_again(stack: NativeStack, name: str) -> None:
    before = stack.program(name)
    assert before.pid is not None
    os.kill(before.pid, signal.SIGKILL)
    eventually(lambda: stack.program(name).restarts == before.restarts + 1, f"{name} started again")
    assert stack.program(name).last_exit_code == -signal.SIGKILL


def test_readings_flow_again_after_the_broker_was_killed(stack: NativeStack) -> None:
    broker = stack.program("rabbitmq")
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    eventually(lambda: stack.program("rabbitmq").restarts == broker.restarts + 1, "the broker started again")
    before = stack.summary()["1"]["readings"]
    eventually(lambda: stack.summary()["1"]["readings"] > before + 1, "readings flow again")


def test_a_device_reaches_the_summary_by_mqtt(stack: NativeStack) -> None:
    reading = {"measured_at": datetime.now(UTC).isoformat(), "temperature": 21.5}
    stack.publish_by_mqtt("sensors/by-mqtt/temperature", json.dumps(reading).encode())
    eventually(lambda: "by-mqtt" in stack.summary(), "the device's row")


def test_bad_json_is_dead_lettered_with_its_reason(stack: NativeStack) -> None:
    stack.publish(b"{not json")
    eventually(lambda: "not-json" in json.dumps(stack.dead()), "the message in the dead-letter queue")


def test_a_taken_port_is_told_with_the_variable_that_moves_it(stack: NativeStack, tmp_path: Path) -> None:
    done = stack.run("native", "up", NATIVE_DIR=str(tmp_path / "other"))
    assert done.returncode == 69
    assert "POSTGRES_HOST_PORT" in done.stderr
    assert str(stack.program("postgres").pid) in done.stderr or "cannot see" in done.stderr


def test_two_services_on_one_port_are_told(stack: NativeStack, tmp_path: Path) -> None:
    directory = str(tmp_path / "other")
    done = stack.run(
        "native", "up", NATIVE_DIR=directory, SENSOR_HTTP_PORT="29000", PIPELINE_HTTP_PORT="29000"
    )
    assert done.returncode == 69
    assert "Port 29000 is assigned twice" in done.stderr


def test_a_killed_supervisor_leaves_nothing_that_the_next_up_cannot_end(stack: NativeStack) -> None:
    # given a stack whose supervisor was killed
    orphans = stack.identities()[1:]
    os.kill(stack.state().pid, signal.SIGKILL)
    eventually(lambda: not stack.state().supervisor.is_alive(), "the supervisor is gone")
    assert "not running" in stack.run("native", "status").stdout
    # when it is started again
    said = stack.up()
    # then the orphans were ended first, and everything runs
    assert "left running" in said
    assert not any(orphan.is_alive() for orphan in orphans)
    assert stack.state().phase is Phase.RUNNING


def test_the_number_of_consumers_follows(stack: NativeStack) -> None:
    def pipelines() -> list[str]:
        return [one.name for one in stack.state().services if one.name.startswith("pipeline-")]

    stack.up(PIPELINES="3")
    eventually(lambda: len(pipelines()) == 3, "a third consumer")
    stack.up(PIPELINES="1")
    eventually(lambda: pipelines() == ["pipeline-1"], "one consumer")


def test_down_keeps_the_data_and_leaves_no_process(stack: NativeStack) -> None:
    # given readings
    eventually(lambda: "1" in stack.summary(), "readings")
    before = {sensor: row["readings"] for sensor, row in stack.summary().items()}
    processes = stack.identities()
    # when the stack is stopped
    assert "its data is kept" in stack.down()
    # then nothing of it runs, clients do not find it, and a second time is harmless
    assert not any(process.is_alive() for process in processes)
    assert stack.state().phase is Phase.STOPPED
    assert not stack.layout.client_file.exists()
    assert "was not running" in stack.down()
    assert stack.run("native", "psql").returncode == 69
    # when it is started again, then the readings and the dead letter are still there
    stack.up()
    after = stack.summary()
    assert all(after[sensor]["readings"] >= count for sensor, count in before.items())
    assert "not-json" in json.dumps(stack.dead())


def test_psql_reaches_the_database(stack: NativeStack) -> None:
    query = "select count(*) > 0 from reading"
    done = subprocess.run(
        [sys.executable, "-m", "native", "psql"], cwd=ROOT, env=stack._environment, input=query,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert " t" in done.stdout


def test_a_service_that_is_given_up_is_told(stack: NativeStack) -> None:
    stack.down()
    done = stack.run("native", "up", SENSOR_SOURCE="nowhere")
    assert done.returncode == 69
    assert "sensor-1 is FATAL after exit code 78" in done.stderr
    assert "SENSOR_SOURCE is 'nowhere'" in done.stderr


def test_a_start_that_fails_tells_why_and_leaves_nothing(stack: NativeStack) -> None:
    # given a stack that is down
    stack.down()
    # when it is started with a setting that setup refuses
    done = stack.run("native", "up", LOG_LEVEL="loud")
    # then the sentence of the step that failed is shown, and everything is stopped again
    assert done.returncode == 69
    assert "setup ended with exit code" in done.stderr
    assert "LOG_LEVEL is 'loud'" in done.stderr
    assert not any(process.is_alive() for process in stack.identities())


def test_clean_removes_everything(stack: NativeStack) -> None:
    assert stack.run("native", "clean").returncode == 0
    assert not stack.layout.directory.exists()
    assert "was not running" in stack.down()


def test_private_servers_run_under_a_closed_folder_and_keep_what_they_hold(tmp_path: Path) -> None:
    # given a folder that nobody else may pass through, as /root is
    needs_rabbitmq()
    tmp_path.chmod(0o700)
    with PrivatePostgres(tmp_path / "postgres") as database, PrivateRabbitMQ(tmp_path / "rabbitmq") as broker:
        with psycopg.connect(database.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("create table kept ()")
        # when a plain client declares its queue twice
        for _ in range(2):
            declare_and_count(broker.url, b"kept")
    # then both hold their data after a restart, and the password is the same
    again = PrivatePostgres(tmp_path / "postgres")
    assert again.password == database.password
    with again, psycopg.connect(again.url.replace("+psycopg", "")) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)
    with PrivateRabbitMQ(tmp_path / "rabbitmq") as broker:
        assert declare_and_count(broker.url) == 2


def test_an_initdb_that_fails_is_told(tmp_path: Path) -> None:
    server = PrivatePostgres(tmp_path)
    with pytest.raises(ServiceUnavailable, match="failed with exit code"):
        server._run("initdb", "--pgdata", "/proc/nowhere")


def test_a_wrong_port_ends_with_78_and_names_the_variable(tmp_path: Path) -> None:
    stack = NativeStack(tmp_path)
    done = stack.run("native", "up", POSTGRES_HOST_PORT="seventy")
    assert done.returncode == 78
    assert "POSTGRES_HOST_PORT is 'seventy'" in done.stderr


def test_there_are_no_logs_before_the_first_start(tmp_path: Path) -> None:
    done = NativeStack(tmp_path).run("native", "logs")
    assert done.returncode == 69
    assert "no logs yet" in done.stderr


def declare_and_count(url: str, *bodies: bytes) -> int:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        count = channel.queue_declare("plain", durable=True).method.message_count
        for body in bodies:
            channel.basic_publish("", "plain", body, pika.BasicProperties(delivery_mode=2))
        return int(count)
    finally:
        connection.close()
