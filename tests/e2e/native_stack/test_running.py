"""The native stack without problems, as its users see it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runtime.env_file import read_env_file
from tests.e2e.native import SENSORS, NativeStack
from tests.e2e.services import DASHBOARD, native_processes
from tests.waiting import eventually

# The time limit of each step on a busy machine.
SECONDS = 120
PROCESSES = native_processes(consumers=2)


def test_a_second_up_prints_the_addresses_and_the_summary(stack: NativeStack) -> None:
    # when it is started a second time
    before = stack.process_handles()
    output = stack.up()
    # then it reports this, changes nothing and prints the addresses
    assert "is already up" in output
    assert stack.process_handles() == before
    for words in ("dashboard", "management UI", "make psql", "make logs", "make down", "The last hour"):
        assert words in output


def test_every_sensor_is_in_the_summary(stack: NativeStack) -> None:
    eventually(lambda: stack.summary().keys() >= SENSORS, SECONDS, "every sensor is in the summary")
    first = stack.summary()["1"]["readings"]
    eventually(lambda: stack.summary()["1"]["readings"] > first, SECONDS, "more readings are stored")


def test_the_dashboard_shows_every_service_and_every_sensor(stack: NativeStack) -> None:
    def shows_everything() -> bool:
        overview = stack.get_from_dashboard("/api/overview")
        services = {service["name"]: service["health"] for service in overview["services"]}
        sensors = {sensor["sensor_id"] for sensor in overview["sensors"] or []}
        expected = dict.fromkeys(set(PROCESSES) - {DASHBOARD}, "ready")
        return services == expected and sensors >= SENSORS

    eventually(shows_everything, SECONDS, "the dashboard shows everything")
    assert stack.get_from_dashboard("/api/minutes?sensor=1")["sensors"]["1"]
    assert stack.get_from_dashboard("/api/dead-letters")["depth"] == len(stack.dead_letters())
    access = {"name": None, "role": "viewer", "has_session": False, "has_keys": False}
    assert stack.get_from_dashboard("/api/access") == access


def test_the_native_status_lists_every_process(stack: NativeStack) -> None:
    names = [service.name for service in stack.state().services]
    assert names == ["postgres", "epmd", "rabbitmq", *PROCESSES]
    table = stack.run("native", "status", COLUMNS="200").stdout
    assert "native stack: running" in table
    assert all(name in table for name in names)


def test_the_status_shows_every_service(stack: NativeStack) -> None:
    def healthy_status() -> dict[str, Any] | None:
        done = stack.run("sensorctl", "status", "--json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    status = eventually(healthy_status, SECONDS, "the status shows no problem")
    assert status["problems"] == []
    services = status["services"]
    assert [service["name"] for service in services] == PROCESSES
    assert {(service["health"], type(service["restarts"])) for service in services} == {("ready", int)}

    def screen_shows_no_problem() -> bool:
        screen = stack.run("sensorctl", "status")
        return screen.stdout.startswith("No problems") and screen.returncode == 0

    eventually(screen_shows_no_problem, SECONDS, "the status screen shows no problem")


def test_the_logs_of_every_service_are_read(stack: NativeStack) -> None:
    def summary() -> dict[str, Any]:
        done = stack.run("sensorctl", "logs", "--summary", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr == "", "every line was parsed"
        document: dict[str, Any] = json.loads(done.stdout)
        return {service["service"]: service for service in document["services"]}

    services = {*PROCESSES, "setup", "supervisor"}
    eventually(lambda: summary().keys() == services, SECONDS, "every service is in the summary")
    assert summary()["alerter"]["starts"] >= 1


def test_only_the_owner_can_read_the_passwords(stack: NativeStack) -> None:
    assert stack.layout.client_file.stat().st_mode & 0o077 == 0
    assert read_env_file(stack.layout.client_file, {}).values.keys() >= {"RABBITMQ_VHOST", "POSTGRES_DB"}


def test_a_reading_sent_by_mqtt_is_in_the_summary(stack: NativeStack) -> None:
    reading = {"measured_at": datetime.now(UTC).isoformat(), "temperature": 21.5}
    stack.publish_by_mqtt("sensors/by-mqtt/temperature", json.dumps(reading).encode())
    eventually(lambda: "by-mqtt" in stack.summary(), SECONDS, "the device is in the summary")


def test_an_invalid_message_is_dead_lettered_with_its_reason(stack: NativeStack) -> None:
    stack.publish(b"{not json")
    eventually(
        lambda: "not-json" in json.dumps(stack.dead_letters()), SECONDS, "the message is dead-lettered"
    )


def test_psql_reaches_the_database(stack: NativeStack) -> None:
    eventually(lambda: "1" in stack.summary(), SECONDS, "readings are stored")
    done = stack.psql("select count(*) > 0 from reading")
    assert done.returncode == 0, done.stderr
    assert " t" in done.stdout


def test_no_other_user_can_read_its_files(stack: NativeStack) -> None:
    files = [stack.layout.directory, *stack.layout.directory.rglob("*")]
    readable = [path for path in files if path.exists() and path.lstat().st_mode & 0o066]

    assert readable == []
    assert {stack.layout.log("sensor-1"), stack.layout.outbox("sensor-1")} <= set(files)


def test_its_directory_belongs_to_its_checkout(stack: NativeStack, tmp_path: Path) -> None:
    checkout = stack.layout.checkout_file.read_text()
    stack.layout.checkout_file.write_text(f"{tmp_path}\n")
    try:
        done = [stack.run("native", command) for command in ("up", "down", "clean")]
    finally:
        stack.layout.checkout_file.write_text(checkout)

    assert [end.returncode for end in done] == [69] * 3
    assert all(f"belongs to the checkout {tmp_path}, not to this one" in end.stderr for end in done)
    assert stack.state().supervisor.is_alive()
