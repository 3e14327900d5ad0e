"""The outbox of the sensor: every reading arrives, through kills of the sensor and outages of the broker."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.broker import VirtualHost
from tests.integration.resource_alarms import ControllableBroker, controllable_broker
from tests.processes import Process, Processes, processes, with_http
from tests.proxy import Proxy
from tests.services import ServerUnavailable
from tests.waiting import DEADLINE_SECONDS, eventually

# More than the live readings, which are in memory too.
LONG_OUTAGE_READINGS = 1200
# New readings before the broker is up again.
SOME_READINGS = 20
# A third of the bytes that the readings of a long outage require.
SOME_BYTES = 200_000
# The drain takes up to 5 seconds, and Docker kills a container after 10.
STOP_SECONDS = 8
# For a sensor that delivers a long backlog, so that its own readings do not prolong the test.
SLOWER = {"SENSOR_INTERVAL_SECONDS": "0.02"}
Body = dict[str, Any]


@pytest.fixture
def fast(tmp_path: Path) -> dict[str, str]:
    """Return the variables of a sensor with 200 readings per second and an outbox."""
    return {
        "SENSOR_ID": "7",
        "SENSOR_INTERVAL_SECONDS": "0.005",
        "OUTBOX_PATH": str(tmp_path / "state" / "outbox"),
    }


def metric(sensor: Process, name: str) -> int:
    lines = sensor.http_get("/metrics")[1].splitlines()
    return next((int(float(line.split()[1])) for line in lines if line.startswith(f"{name} ")), 0)


def measured(sensor: Process) -> int:
    return metric(sensor, "sensor_readings_measured_total")


def pending(sensor: Process) -> int:
    return metric(sensor, "sensor_outbox_readings")


def wait_until_delivered(sensor: Process) -> None:
    sensor.wait_for_event("published")
    eventually(lambda: pending(sensor) < 5, DEADLINE_SECONDS, "the backlog is delivered")


def run_id(sensor: Process) -> str:
    return str(sensor.wait_for_event("measuring")["run_id"])


def sequences(bodies: list[Body]) -> dict[str, list[int]]:
    """Return the sequences of each run, in the order in which they first arrived."""
    by_run: dict[str, dict[int, None]] = {}
    for body in bodies:
        by_run.setdefault(body["run_id"], {})[body["sequence"]] = None
    return {run: list(found) for run, found in by_run.items()}


def take_all(broker: VirtualHost) -> list[Body]:
    return [json.loads(message.body) for message in broker.drain()]


def assert_nothing_is_missing(bodies: list[Body], at_least: dict[str, int]) -> None:
    """Check that every sequence of each run arrived, from 1 to at least the given number."""
    found = sequences(bodies)
    assert set(found) == set(at_least)
    for run, numbers in found.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), f"run {run}"
        assert len(numbers) >= at_least[run], f"run {run}"
    for _, same in groupby(sorted(bodies, key=_run_and_sequence), key=_run_and_sequence):
        assert len({body["reading_id"] for body in same}) == 1, "a duplicate has the same reading_id"


def _run_and_sequence(body: Body) -> tuple[str, int]:
    return body["run_id"], body["sequence"]


@pytest.mark.parametrize("sync", ["while-disconnected", "always"])
def test_no_reading_is_lost_by_kills_during_an_outage_and_during_delivery(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy, fast: dict[str, str], sync: str
) -> None:
    variables = fast | {"RABBITMQ_URL": broker.url_through(broker_proxy), "OUTBOX_SYNC": sync}
    first = run.start("sensor", **with_http(), **variables)
    first.wait_for_published(20)
    broker_proxy.refuse()
    eventually(lambda: pending(first) >= LONG_OUTAGE_READINGS, DEADLINE_SECONDS, "a long outage")
    at_least = {run_id(first): measured(first)}
    first.kill()

    second = run.start("sensor", **with_http(), **variables | SLOWER)
    assert second.wait_for_event("measuring")["readings_pending"] >= LONG_OUTAGE_READINGS
    second.wait_for_event("broker unavailable")
    eventually(lambda: measured(second) >= SOME_READINGS, DEADLINE_SECONDS, "more readings")
    assert pending(second) > LONG_OUTAGE_READINGS
    # The connection is lost before everything is sent, even if a busy machine delays the kill.
    broker_proxy.black_hole_after(SOME_BYTES)
    eventually(lambda: broker_proxy.is_black_hole, DEADLINE_SECONDS, "some readings are sent")
    at_least[run_id(second)] = measured(second)
    second.kill()
    broker_proxy.forward()

    third = run.start("sensor", **with_http(), **variables | SLOWER)
    assert third.wait_for_event("measuring")["readings_pending"] > 0, (
        "it was killed before it had delivered everything"
    )
    wait_until_delivered(third)
    at_least[run_id(third)] = measured(third)
    assert third.stop(promised_seconds=STOP_SECONDS) == 0

    assert_nothing_is_missing(take_all(broker), at_least)


def test_live_readings_do_not_wait_for_a_long_backlog(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy, fast: dict[str, str]
) -> None:
    variables = fast | {"RABBITMQ_URL": broker.url_through(broker_proxy)}
    broker_proxy.refuse()
    first = run.start("sensor", **with_http(), **variables)
    eventually(lambda: pending(first) >= LONG_OUTAGE_READINGS, DEADLINE_SECONDS, "a long outage")
    first.kill()

    second = run.start("sensor", **with_http(), **variables | SLOWER)
    eventually(lambda: measured(second) >= SOME_READINGS, DEADLINE_SECONDS, "live readings")
    broker_proxy.forward()
    wait_until_delivered(second)
    assert second.stop(promised_seconds=STOP_SECONDS) == 0

    bodies = take_all(broker)
    second_run = [position for position, body in enumerate(bodies) if body["run_id"] == run_id(second)]
    assert second_run[0] < 3, "the lanes take turns"
    assert second_run[SOME_READINGS - 1] < 3 * SOME_READINGS
    assert len(bodies) > LONG_OUTAGE_READINGS
    backlog = sequences(bodies)[run_id(first)]
    assert backlog == sorted(backlog)
    assert_nothing_is_missing(bodies, {run_id(first): LONG_OUTAGE_READINGS, run_id(second): 1})


def test_the_next_run_delivers_what_a_stopped_sensor_could_not(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy, fast: dict[str, str]
) -> None:
    variables = fast | {"RABBITMQ_URL": broker.url_through(broker_proxy)}
    broker_proxy.refuse()
    first = run.start("sensor", **with_http(), **variables)
    first.wait_for_event("broker unavailable", times=3)
    assert first.stop(promised_seconds=STOP_SECONDS) == 0
    remaining = first.wait_for_event("readings remain in the outbox")
    assert remaining["level"] == "info"
    assert remaining["readings"] > 0
    broker_proxy.forward()

    second = run.start("sensor", **with_http(), **variables | SLOWER)
    assert second.wait_for_event("measuring")["readings_pending"] == remaining["readings"]
    wait_until_delivered(second)
    assert second.stop(promised_seconds=STOP_SECONDS) == 0

    assert second.events("readings remain in the outbox") == []
    at_least = {run_id(first): remaining["readings"], run_id(second): 1}
    assert_nothing_is_missing(take_all(broker), at_least)


def test_a_full_outbox_keeps_the_newest_readings_and_counts_the_dropped(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy, fast: dict[str, str]
) -> None:
    # Slow enough that the sensor delivers faster than it measures even on a busy machine.
    variables = fast | {"SENSOR_INTERVAL_SECONDS": "0.05"}
    variables |= {"RABBITMQ_URL": broker.url_through(broker_proxy), "OUTBOX_MAX_READINGS": "50"}
    broker_proxy.refuse()
    sensor = run.start("sensor", **with_http(), **variables)
    eventually(lambda: measured(sensor) >= 150, DEADLINE_SECONDS, "more than its limit")
    eventually(
        lambda: metric(sensor, "sensor_readings_dropped_total") >= 100,
        DEADLINE_SECONDS,
        "the oldest readings are dropped",
    )
    eventually(lambda: pending(sensor) == 50, DEADLINE_SECONDS, "the outbox is full")
    assert len(sensor.events("readings dropped")) < 10, "not one line for each"
    broker_proxy.forward()
    sensor.wait_for_published(75)
    assert sensor.stop(promised_seconds=STOP_SECONDS) == 0

    dropped = sum(line["readings"] for line in sensor.events("readings dropped"))
    [numbers] = sequences(take_all(broker)).values()
    assert numbers == sorted(numbers)
    assert set(numbers) >= set(range(dropped + 1, numbers[-1] + 1)), "only the oldest are missing"
    assert numbers[0] >= 100


def test_two_sensors_cannot_share_an_outbox(run: Processes, fast: dict[str, str]) -> None:
    first = run.start("sensor", **with_http(), **fast)
    first.wait_for_event("published")

    second = run.start("sensor", **with_http(), **fast)

    assert second.wait() == 78
    assert "which another process uses. Each sensor needs a file of its own." in second.text
    assert first.stop(promised_seconds=STOP_SECONDS) == 0


def test_an_outbox_that_cannot_be_written_is_reported_without_a_traceback(
    run: Processes, fast: dict[str, str]
) -> None:
    sensor = run.start("sensor", **with_http(), **fast | {"OUTBOX_PATH": "/proc/outbox"})

    assert sensor.wait() == 78
    assert sensor.text.startswith("OUTBOX_PATH is /proc/outbox, which cannot be used: ")
    assert "Traceback" not in sensor.text


@pytest.fixture(scope="module")
def own_broker() -> Iterator[ControllableBroker]:
    with ExitStack() as stack:
        try:
            broker = stack.enter_context(controllable_broker())
        except ServerUnavailable as reason:
            pytest.skip(f"no RabbitMQ whose memory alarm can be triggered: {reason}")
        yield broker


def test_readings_are_kept_during_a_memory_alarm_of_the_broker(
    own_broker: ControllableBroker, tmp_path: Path, fast: dict[str, str]
) -> None:
    with (
        own_broker.server.virtual_host("quorum") as broker,
        processes(tmp_path, broker.environment | fast) as run,
    ):
        broker.declare()
        first = run.start("sensor", **with_http())
        first.wait_for_published(20)

        own_broker.trigger_memory_alarm()
        assert "memory or disk alarm" in first.wait_for_event("broker unavailable")["reason"]
        assert first.status("/readyz") == 503
        assert first.status("/livez") == 200
        before = measured(first)
        eventually(lambda: measured(first) > before + 100, DEADLINE_SECONDS, "it continues to measure")
        assert first.stop(promised_seconds=STOP_SECONDS) == 0, "a blocked publish does not delay the shutdown"
        remaining = first.wait_for_event("readings remain in the outbox")["readings"]
        assert remaining > 100
        assert len(first.events("connected to the broker")) == 1, (
            "a connection to a broker with an alarm is not logged"
        )

        second = run.start("sensor", **with_http(), **SLOWER)
        assert second.wait_for_event("measuring")["readings_pending"] == remaining
        own_broker.clear_memory_alarm()
        wait_until_delivered(second)
        assert second.stop(promised_seconds=STOP_SECONDS) == 0
        assert_nothing_is_missing(take_all(broker), {run_id(first): before, run_id(second): 1})
