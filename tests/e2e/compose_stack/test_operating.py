"""What an operator sees of the running stack: status, dashboard, doctor, logs, events."""

import json
import sys
from typing import Any

from tests.e2e.compose import DEAD_QUEUE, ComposeStack, reading
from tests.e2e.compose_stack.conftest import CONSUMERS
from tests.waiting import eventually

STATUS = ("docker", "compose", "run", "--rm", "-T", "sensorctl", "status", "--json")
PUBLISHED_SECONDS = 180
EVENT_SECONDS = 120
NUMBERED = [f"{name}-{number}" for name in ("pipeline-processor", "sensor") for number in (1, 2, 3)]


def test_the_status_sees_every_service_by_its_name(stack: ComposeStack) -> None:
    def well() -> dict[str, Any] | None:
        """The status of a system in which all is well, which `status` ends with 0 for."""
        done = stack.attempt(*STATUS)
        return json.loads(done.stdout) if done.returncode == 0 else None

    # Dead letters are a problem of their own.
    stack.sensorctl("dead", "discard", "--yes")
    status = eventually(well, PUBLISHED_SECONDS, "something is wrong")
    assert sorted((service["name"], service["health"]) for service in status["services"]) == [
        ("alerter", "ready"),
        ("dashboard:8085", "ready"),
        *((name, "ready") for name in NUMBERED),
    ]
    assert status["queue"]["consumers"] == CONSUMERS
    assert {"1", "2", "3"} <= {sensor["sensor_id"] for sensor in status["sensors"]}


def test_the_dashboard_sees_all_with_no_more_rights_than_it_has(stack: ComposeStack) -> None:
    def complete() -> dict[str, Any] | None:
        overview: dict[str, Any] = stack.ask_dashboard("/api/overview")
        ready = {service["name"] for service in overview["services"] if service["health"] == "ready"}
        sensors = {sensor["sensor_id"] for sensor in overview["sensors"] or []}
        consumers = (overview["queue"] or {}).get("consumers")
        everything = ready == {*NUMBERED, "alerter"} and {"1", "2", "3"} <= sensors and consumers == CONSUMERS
        return overview if everything else None

    # given a system that runs, and a dead letter
    eventually(complete, PUBLISHED_SECONDS, "something is missing on the dashboard")
    before = stack.ready(DEAD_QUEUE)
    stack.publish(b"{shown")
    eventually(lambda: stack.ready(DEAD_QUEUE) > before, PUBLISHED_SECONDS, "it is not dead")
    # then the dashboard reads of all of it
    assert stack.ask_dashboard("/api/minutes?sensor=1")["sensors"]["1"]
    letters = stack.ask_dashboard("/api/dead-letters")
    assert letters["depth"] == stack.ready(DEAD_QUEUE)
    assert "{shown" in {letter["body"] for letter in letters["messages"]}


def test_doctor_finds_nothing_to_do(stack: ComposeStack) -> None:
    def advice() -> str:
        return stack.attempt("docker", "compose", "run", "--rm", "-T", "sensorctl", "doctor").stdout

    eventually(lambda: (said := advice()) and "→" not in said, PUBLISHED_SECONDS, "doctor advises something")


def test_the_logs_are_for_people(stack: ComposeStack) -> None:
    stack.publish(reading("logged"))
    name = stack.containers("sensor-1")[0]["Name"].strip("/")
    eventually(
        lambda: "published" in stack.run("docker", "logs", "--tail", "20", name), PUBLISHED_SECONDS, "no line"
    )
    eventually(
        lambda: "stored" in stack.compose("logs", "--tail", "50", "pipeline-processor"),
        PUBLISHED_SECONDS,
        "no line",
    )


def test_all_logs_are_read_from_outside_and_inside(stack: ComposeStack) -> None:
    command = (sys.executable, "-m", "sensorctl", "logs", "--json", "--event", "started")
    lines = stack.run(*command, NATIVE_DIR=str(stack.folder / "none")).splitlines()
    services = {json.loads(line)["service"] for line in lines if line.startswith("{")}
    assert services == {*(f"pipeline-processor-{n}" for n in (1, 2, 3)), "alerter"}

    piped = "docker compose logs --no-color sensor-1 | docker compose run --rm -T sensorctl logs --json -"

    def events() -> set[str]:
        lines = stack.run("sh", "-c", piped).splitlines()
        return {json.loads(line)["event"] for line in lines if line.startswith("{")}

    eventually(lambda: {"measuring", "published"} <= events(), PUBLISHED_SECONDS, "an event is not read")


def test_a_sensor_that_is_stopped_is_told_as_an_event_and_its_return(stack: ComposeStack) -> None:
    with stack.channel("operator:operator") as channel:
        channel.queue_declare("events.e2e", durable=True)
        channel.queue_bind("events.e2e", "events", "service-down.#")

        def next_alert() -> dict[str, Any] | None:
            _, _, body = channel.basic_get("events.e2e", auto_ack=True)
            return json.loads(body)["alerts"][0] if body else None

        stack.compose("stop", "sensor-2")
        firing = eventually(next_alert, EVENT_SECONDS, "no alert fires")
        stack.compose("start", "sensor-2")
        resolved = eventually(next_alert, EVENT_SECONDS, "the alert is not resolved")
        channel.queue_delete("events.e2e")
    assert (firing["status"], firing["labels"]["service"]) == ("firing", "sensor-2")
    assert (resolved["status"], resolved["fingerprint"]) == ("resolved", firing["fingerprint"])
