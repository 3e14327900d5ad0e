"""The tools of the operator for the running stack: status, dashboard, doctor, logs, events."""

import json
import sys
from typing import Any

from tests.e2e.compose import DEAD_QUEUE, ComposeStack, reading
from tests.e2e.compose_stack.conftest import CONSUMERS
from tests.e2e.services import discovered_containers
from tests.waiting import eventually

STATUS = ("docker", "compose", "run", "--rm", "-T", "sensorctl", "status", "--json")
PUBLISHED_SECONDS = 180
EVENT_SECONDS = 120
CONTAINERS = discovered_containers(CONSUMERS)


def test_the_status_shows_every_service_by_name(stack: ComposeStack) -> None:
    def healthy_status() -> dict[str, Any] | None:
        """The status of a system without problems, for which `status` exits with 0."""
        done = stack.run_unchecked(*STATUS)
        return json.loads(done.stdout) if done.returncode == 0 else None

    # Dead letters would be a problem.
    stack.sensorctl("dead", "discard", "--yes")
    # The dashboard shows the same problems, and asking it starts no container.
    eventually(
        lambda: not stack.get_from_dashboard("/api/overview")["problems"],
        PUBLISHED_SECONDS,
        "the dashboard shows no problem",
    )
    status = eventually(healthy_status, PUBLISHED_SECONDS, "the status shows no problem")
    assert sorted((service["name"], service["health"]) for service in status["services"]) == [
        (name, "ready") for name in sorted(CONTAINERS)
    ]
    assert status["queue"]["consumers"] == CONSUMERS
    assert {"1", "2", "3"} <= {sensor["sensor_id"] for sensor in status["sensors"]}


def test_the_dashboard_shows_everything_with_its_own_permissions(stack: ComposeStack) -> None:
    def complete_overview() -> dict[str, Any] | None:
        overview: dict[str, Any] = stack.get_from_dashboard("/api/overview")
        ready = {service["name"] for service in overview["services"] if service["health"] == "ready"}
        sensors = {sensor["sensor_id"] for sensor in overview["sensors"] or []}
        consumers = (overview["queue"] or {}).get("consumers")
        everything = (
            ready == CONTAINERS - {"dashboard:8085"} and {"1", "2", "3"} <= sensors and consumers == CONSUMERS
        )
        return overview if everything else None

    # given a running system and a dead letter
    eventually(complete_overview, PUBLISHED_SECONDS, "the dashboard shows everything")
    before = stack.ready(DEAD_QUEUE)
    stack.publish(b"{shown")
    eventually(lambda: stack.ready(DEAD_QUEUE) > before, PUBLISHED_SECONDS, "the message is dead-lettered")
    # then the dashboard reads the minutes and the dead letters
    assert stack.get_from_dashboard("/api/minutes?sensor=1")["sensors"]["1"]
    letters = stack.get_from_dashboard("/api/dead-letters")
    assert letters["depth"] == stack.ready(DEAD_QUEUE)
    assert "{shown" in {letter["body"] for letter in letters["messages"]}


def test_doctor_finds_no_problem(stack: ComposeStack) -> None:
    def doctor_output() -> str:
        return stack.run_unchecked("docker", "compose", "run", "--rm", "-T", "sensorctl", "doctor").stdout

    eventually(
        lambda: (output := doctor_output()) and "→" not in output, PUBLISHED_SECONDS, "doctor prints no hint"
    )


def test_the_logs_are_human_readable(stack: ComposeStack) -> None:
    stack.publish(reading("logged"))
    name = stack.containers("sensor-1")[0]["Name"].strip("/")
    eventually(
        lambda: "published" in stack.run("docker", "logs", "--tail", "20", name),
        PUBLISHED_SECONDS,
        "the event is logged",
    )
    eventually(
        lambda: "stored" in stack.compose("logs", "--tail", "50", "pipeline-processor"),
        PUBLISHED_SECONDS,
        "the event is logged",
    )


def test_sensorctl_reads_the_logs_on_the_host_and_from_standard_input(stack: ComposeStack) -> None:
    command = (sys.executable, "-m", "sensorctl", "logs", "--json", "--event", "started")
    lines = stack.run(*command, NATIVE_DIR=str(stack.folder / "none")).splitlines()
    services = {json.loads(line)["service"] for line in lines if line.startswith("{")}
    assert services == {*(f"pipeline-processor-{n}" for n in (1, 2, 3)), "alerter", "analysis"}

    command_line = (
        "docker compose logs --no-color sensor-1 | docker compose run --rm -T sensorctl logs --json -"
    )

    def events() -> set[str]:
        lines = stack.run("sh", "-c", command_line).splitlines()
        return {json.loads(line)["event"] for line in lines if line.startswith("{")}

    eventually(lambda: {"measuring", "published"} <= events(), PUBLISHED_SECONDS, "both events are read")


def test_a_stopped_sensor_fires_an_alert_that_is_resolved_after_its_restart(stack: ComposeStack) -> None:
    with stack.channel("operator:operator") as channel:
        channel.queue_declare("events.e2e", durable=True)
        channel.queue_bind("events.e2e", "events", "service-down.#")

        def next_alert() -> dict[str, Any] | None:
            _, _, body = channel.basic_get("events.e2e", auto_ack=True)
            return json.loads(body)["alerts"][0] if body else None

        stack.compose("stop", "sensor-2")
        firing = eventually(next_alert, EVENT_SECONDS, "an alert fires")
        stack.compose("start", "sensor-2")
        resolved = eventually(next_alert, EVENT_SECONDS, "the alert is resolved")
        channel.queue_delete("events.e2e")
    assert (firing["status"], firing["labels"]["service"]) == ("firing", "sensor-2")
    assert (resolved["status"], resolved["fingerprint"]) == ("resolved", firing["fingerprint"])
