"""The native stack while nothing is wrong, as its users see it."""

import json
from datetime import UTC, datetime
from typing import Any

from dotenv import dotenv_values

from tests.e2e.native import SENSORS, NativeStack
from tests.waiting import eventually

# How long anything may take on a machine that has other work.
SECONDS = 120


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
    eventually(lambda: stack.summary().keys() >= SENSORS, SECONDS, "rows of all three sensors")
    first = stack.summary()["1"]["readings"]
    eventually(lambda: stack.summary()["1"]["readings"] > first, SECONDS, "more readings")


def test_the_dashboard_sees_every_service_and_every_sensor(stack: NativeStack) -> None:
    def well() -> bool:
        overview = stack.ask_dashboard("/api/overview")
        services = {service["name"]: service["health"] for service in overview["services"]}
        sensors = {sensor["sensor_id"] for sensor in overview["sensors"] or []}
        others = ["pipeline-1", "pipeline-2", "sensor-1", "sensor-2", "sensor-3", "alerter"]
        return services == dict.fromkeys(others, "ready") and sensors >= SENSORS

    eventually(well, SECONDS, "the dashboard sees all")
    assert stack.ask_dashboard("/api/minutes?sensor=1")["sensors"]["1"]
    assert stack.ask_dashboard("/api/dead-letters")["depth"] == len(stack.dead())
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
    def well() -> dict[str, Any] | None:
        done = stack.run("sensorctl", "status", "--json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    status = eventually(well, SECONDS, "something is wrong")
    assert status["problems"] == []
    services = status["services"]
    assert [one["name"] for one in services] == [
        "pipeline-1", "pipeline-2", "sensor-1", "sensor-2", "sensor-3", "dashboard", "alerter",
    ]  # fmt: skip
    assert {(one["health"], type(one["restarts"])) for one in services} == {("ready", int)}

    def screen_is_well() -> bool:
        screen = stack.run("sensorctl", "status")
        return screen.stdout.startswith("All is well") and screen.returncode == 0

    eventually(screen_is_well, SECONDS, "the screen does not say so")


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
    eventually(lambda: summary().keys() == services, SECONDS, "all services are in the summary")
    assert summary()["alerter"]["starts"] >= 1


def test_the_passwords_are_for_their_owner_only(stack: NativeStack) -> None:
    assert stack.layout.client_file.stat().st_mode & 0o077 == 0
    assert dotenv_values(stack.layout.client_file).keys() >= {"RABBITMQ_VHOST", "POSTGRES_DB"}


def test_a_device_reaches_the_summary_by_mqtt(stack: NativeStack) -> None:
    reading = {"measured_at": datetime.now(UTC).isoformat(), "temperature": 21.5}
    stack.publish_by_mqtt("sensors/by-mqtt/temperature", json.dumps(reading).encode())
    eventually(lambda: "by-mqtt" in stack.summary(), SECONDS, "the device's row")


def test_bad_json_is_dead_lettered_with_its_reason(stack: NativeStack) -> None:
    stack.publish(b"{not json")
    eventually(
        lambda: "not-json" in json.dumps(stack.dead()), SECONDS, "the message in the dead-letter queue"
    )


def test_psql_reaches_the_database(stack: NativeStack) -> None:
    eventually(lambda: "1" in stack.summary(), SECONDS, "readings")
    done = stack.psql("select count(*) > 0 from reading")
    assert done.returncode == 0, done.stderr
    assert " t" in done.stdout
