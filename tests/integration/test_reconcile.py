"""`sensorctl reconcile` with real servers: in-flight, dead-lettered and lost readings."""

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from pika.adapters.blocking_connection import BlockingChannel

from tests.broker import DEAD_QUEUE, VirtualHost, bare_connection
from tests.database import Database
from tests.processes import Processes
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, eventually

LOAD_PER_SECOND = 300
# Limits the load to what consumers can store: readings that wait longer than `reconcile` count as in flight.
MAX_QUEUE_DEPTH = 300
RUN_TIMEOUT_SECONDS = 240


class Reconcile:
    """Runs `sensorctl reconcile --json`."""

    def __init__(self, run: Processes) -> None:
        self._run = run

    def __call__(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Return its result, and repeat it while the figures of a busy broker were not complete in time."""

        def determined() -> tuple[int, dict[str, Any]] | None:
            returned, found = self.once(*arguments)
            is_known = not found["missing"] or found["in_flight_at_most"] is not None
            return (returned, found) if is_known else None

        message = "the figures of the broker are complete"
        returned, found = eventually(determined, RUN_TIMEOUT_SECONDS, message)
        assert returned == code, found
        return found

    def once(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        process = self._run.start(" ".join(["sensorctl reconcile --json", *arguments]))
        returned = process.wait(RUN_TIMEOUT_SECONDS)
        assert returned in (0, 1), process.text
        return returned, json.loads(process.text)


@pytest.fixture
def reconcile(run: Processes) -> Reconcile:
    return Reconcile(run)


class Sensor:
    """One run of a sensor, which numbers its readings."""

    def __init__(self, sensor_id: str = "1", run_id: UUID | None = None) -> None:
        self.sensor_id = sensor_id
        self.run_id = run_id or uuid4()

    def message(self, sequence: int, **more: Any) -> dict[str, Any]:
        return reading(self.sensor_id, run_id=str(self.run_id), sequence=sequence, **more)


def counts(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("published", "stored", "dead", "in_flight", "lost"))


def test_runs_that_arrive_out_of_order_and_twice_are_balanced(
    broker: VirtualHost, database: Database, run: Processes, reconcile: Reconcile
) -> None:
    first, second, other = Sensor("1"), Sensor("1"), Sensor("2")
    messages = [sensor.message(n) for sensor in (first, second, other) for n in range(1, 41)]
    messages += random.Random(1).sample(messages, 30)
    messages.append(reading("no run"))
    random.Random(2).shuffle(messages)
    for message in messages:
        broker.publish(message)
    run.start_consumer()
    eventually(lambda: database.count() == 121, DEADLINE_SECONDS, "all readings are stored")

    found = reconcile()

    assert found["balanced"]
    assert {row["sensor_id"]: (row["runs"], *counts(row)) for row in found["sensors"]} == {
        "1": (2, 80, 80, 0, 0, 0), "2": (1, 40, 40, 0, 0, 0),
    }  # fmt: skip
    assert database.query("SELECT * FROM reading_gap") == []


def test_dead_readings_count_anywhere_in_their_run(
    broker: VirtualHost, database: Database, run: Processes, reconcile: Reconcile
) -> None:
    sensor, all_dead = Sensor("1"), Sensor("only dead")
    for sequence in range(1, 11):
        broken = {"temperature": "hot"} if sequence in {1, 5, 6, 10} else {}
        broker.publish(sensor.message(sequence, **broken))
        broker.publish(all_dead.message(sequence, temperature="hot"))
    broker.publish("rubbish")
    run.start_consumer().wait_for_event("dead-lettered", times=15)
    eventually(lambda: database.count() == 6, DEADLINE_SECONDS, "the valid readings are stored")

    found = reconcile()

    assert {row["sensor_id"]: counts(row) for row in found["sensors"]} == {
        "1": (10, 6, 4, 0, 0), "only dead": (10, 0, 10, 0, 0),
    }  # fmt: skip
    gaps = database.query("SELECT first_missing, last_missing, missing FROM reading_gap ORDER BY 1")
    assert [tuple(row.values()) for row in gaps] == [(1, 1, 1), (5, 6, 2)]
    eventually(lambda: broker.ready(DEAD_QUEUE) == 15, DEADLINE_SECONDS, "the dead letters stay")


def test_a_replayed_reading_that_is_still_dead_counts_once(
    broker: VirtualHost, database: Database, run: Processes, reconcile: Reconcile
) -> None:
    sensor = Sensor()
    for sequence in (1, 2, 3):
        broker.publish(sensor.message(sequence))
    broker.publish(sensor.message(2), routing_key=DEAD_QUEUE)
    run.start_consumer()
    eventually(lambda: database.count() == 3, DEADLINE_SECONDS, "all readings are stored")
    assert counts(reconcile()["sensors"][0]) == (3, 3, 0, 0, 0)


def test_exactly_the_deleted_rows_are_lost(
    broker: VirtualHost, database: Database, run: Processes, reconcile: Reconcile
) -> None:
    sensor, whole = Sensor("1"), Sensor("2")
    for sequence in range(1, 31):
        broker.publish(sensor.message(sequence))
        broker.publish(whole.message(sequence))
    run.start_consumer()
    eventually(lambda: database.count() == 60, DEADLINE_SECONDS, "all readings are stored")
    database.query("DELETE FROM reading WHERE sensor_id = '1' AND sequence IN (1, 7, 8)")

    found = reconcile(code=1)

    assert (found["balanced"], found["missing"], found["in_flight_at_most"], found["lost_at_least"]) == (
        False, 3, 0, 3,
    )  # fmt: skip
    assert [counts(row) for row in found["sensors"]] == [(30, 27, 0, 0, 3), (30, 30, 0, 0, 0)]
    lost = [(r["sensor_id"], r["run_id"], r["first"], r["last"]) for r in found["missing_ranges"]]
    assert lost == [("1", str(sensor.run_id), 1, 1), ("1", str(sensor.run_id), 7, 8)]

    code, short = reconcile.once("--wait", "0")
    assert code == 1
    assert (short["missing"], short["in_flight_at_most"], short["lost_at_least"]) == (3, None, 0)


def test_known_losses_are_acknowledged_once_and_new_ones_are_found(
    broker: VirtualHost, database: Database, run: Processes, reconcile: Reconcile
) -> None:
    # given two lost readings, the example of the documentation, and a number that nothing can have counted
    sensor = Sensor("1")
    for sequence in range(1, 11):
        broker.publish(sensor.message(sequence))
    example = {"reading_id": "019309a1-7c5e-7cc3-98c4-dc0c0c07398f", "sequence": 1842}
    broker.publish(Sensor("2", UUID("019309a1-0000-7cc3-98c4-dc0c0c07398f")).message(1842) | example)
    broker.publish(Sensor("3").message(2**63 - 1))
    run.start_consumer()
    eventually(lambda: database.count() == 12, DEADLINE_SECONDS, "all readings are stored")
    database.query("DELETE FROM reading WHERE sequence IN (4, 5)")
    # when they are acknowledged
    found = reconcile("--acknowledge", "overflow")
    # then only what a sensor counted was lost
    assert (found["missing"], found["lost_at_least"]) == (2, 2)
    assert [(row["sensor_id"], row["last"]) for row in found["excluded_ranges"]] == [
        ("2", 1841), ("3", 2**63 - 2),
    ]  # fmt: skip
    [row] = database.query("SELECT * FROM acknowledged_loss")
    assert (row["first_sequence"], row["last_sequence"], row["reason"]) == (4, 5, "overflow")
    # and the next run finds only what was lost since
    found = reconcile()
    assert [row["acknowledged"] for row in found["sensors"]] == [2, 0, 0]
    database.query("DELETE FROM reading WHERE sequence = 7")
    assert reconcile(code=1)["lost_at_least"] == 1


def test_a_part_of_a_run_that_was_imported_has_no_loss_at_its_start(
    broker: VirtualHost, database: Database, run: Processes, reconcile: Reconcile
) -> None:
    sensor, import_id = Sensor(), str(uuid4())
    for sequence in (50, 51, 60, 61):
        broker.publish(sensor.message(sequence, import_id=import_id))
    broker.publish(sensor.message(65))
    run.start_consumer()
    eventually(lambda: database.count() == 5, DEADLINE_SECONDS, "all readings are stored")

    found = reconcile(code=1)

    assert [(row["first"], row["last"]) for row in found["excluded_ranges"]] == [(1, 49), (52, 59)]
    assert [(row["first"], row["last"]) for row in found["missing_ranges"]] == [(62, 64)]


def test_since_limits_the_balance_to_the_recent_part_of_each_run(
    broker: VirtualHost, database: Database, run: Processes, reconcile: Reconcile
) -> None:
    sensor, past = Sensor("1"), Sensor("past")
    for sequence in range(1, 21):
        broker.publish(sensor.message(sequence))
        broker.publish(past.message(sequence))
    run.start_consumer()
    eventually(lambda: database.count() == 40, DEADLINE_SECONDS, "all readings are stored")
    database.query(
        "UPDATE reading SET measured_at = now() - interval '2 h' WHERE sequence <= 10 OR sensor_id = 'past'"
    )
    database.query("DELETE FROM reading WHERE sequence = 5")
    assert [counts(row) for row in reconcile("--since", "1h")["sensors"]] == [(10, 10, 0, 0, 0)]
    database.query("DELETE FROM reading WHERE sequence = 11")
    assert [counts(row) for row in reconcile("--since", "1h", code=1)["sensors"]] == [(10, 9, 0, 0, 1)]


def test_readings_in_the_queue_are_in_flight(
    broker: VirtualHost, database: Database, run: Processes, reconcile: Reconcile
) -> None:
    sensor = Sensor()
    broker.publish(sensor.message(5))
    consumer = run.start_consumer()
    eventually(lambda: database.count() == 1, DEADLINE_SECONDS, "the last reading arrived first")
    assert consumer.stop() == 0
    for sequence in (1, 2, 3, 4):
        broker.publish(sensor.message(sequence))

    found = reconcile("--wait", "15")

    assert counts(found["sensors"][0]) == (5, 1, 0, 4, 0)
    assert found["queue"]["ready"] == 4
    run.start_consumer()
    assert counts(reconcile()["sensors"][0]) == (5, 5, 0, 0, 0)


def test_readings_held_by_a_slow_consumer_are_in_flight_while_others_are_stored(
    broker: VirtualHost, database: Database, run: Processes, reconcile: Reconcile
) -> None:
    sensor = Sensor("held")
    run.start_consumer(PROCESSING_SECONDS_MIN="300", PROCESSING_SECONDS_MAX="300")
    broker.publish(sensor.message(1))
    eventually(lambda: broker.ready() == 0, DEADLINE_SECONDS, "the slow consumer has it")
    run.start_consumer()
    broker.publish(sensor.message(2))
    with load(broker, {}):
        eventually(lambda: database.count() > 100, DEADLINE_SECONDS, "the other consumer stores readings")
        # It waits for the held reading in vain; the broker's figures are complete long before.
        found = reconcile("--wait", "20")
    held = next(row for row in found["sensors"] if row["sensor_id"] == "held")
    assert counts(held) == (2, 1, 0, 1, 0)


def test_under_load_the_balance_is_correct_and_one_deleted_row_is_found(
    broker: VirtualHost, database: Database, run: Processes, reconcile: Reconcile
) -> None:
    consumers = [run.start_consumer() for _ in range(3)]
    published: dict[str, int] = {}
    with load(broker, published, broken_each=20):
        eventually(lambda: database.count() > 300, DEADLINE_SECONDS, "the load is on")
        for turn in range(3):
            found = reconcile()
            assert (found["missing"], found["lost_at_least"]) == (0, 0)
            assert all(row["dead"] > 0 for row in found["sensors"])
            if turn == 0:
                consumers[0].kill()
        [removed] = database.query(
            "DELETE FROM reading WHERE sequence = 3 AND sensor_id = 'load 1' RETURNING sensor_id"
        )
        found = reconcile(code=1)
    assert (found["missing"], found["lost_at_least"]) == (1, 1)
    assert [(r["sensor_id"], r["first"], r["last"]) for r in found["missing_ranges"]] == [
        (removed["sensor_id"], 3, 3)
    ]
    eventually(lambda: broker.ready() == 0, 120, "the queue is empty")
    found = reconcile(code=1)
    assert {row["sensor_id"]: row["published"] for row in found["sensors"]} == published


@contextmanager
def load(broker: VirtualHost, published: dict[str, int], broken_each: int = 0) -> Iterator[None]:
    """Publish readings of three sensors; afterwards `published` has the number per sensor."""
    stop = threading.Event()
    thread = threading.Thread(target=_publish, args=(broker.url, published, broken_each, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _queue_depth(channel: BlockingChannel) -> int:
    return int(channel.queue_declare("sensor_data", passive=True).method.message_count)


def _publish(url: str, published: dict[str, int], broken_each: int, stop: threading.Event) -> None:
    sensors = [Sensor(f"load {number}") for number in range(3)]
    connection = bare_connection(url)
    channel = connection.channel()
    started_at, sent = time.monotonic(), 0
    while not stop.is_set():
        sequence, index = sent // 3 + 1, sent % 3
        # The last reading of a run is valid, so that the table shows where the run ends.
        broken = {"temperature": "hot"} if broken_each and sequence % broken_each == 0 else {}
        channel.basic_publish("", "sensor_data", json.dumps(sensors[index].message(sequence, **broken)))
        published[sensors[index].sensor_id] = sequence
        sent += 1
        stop.wait(max(0.0, started_at + sent / LOAD_PER_SECOND - time.monotonic()))
        while not stop.is_set() and sent % 30 == 0 and _queue_depth(channel) > MAX_QUEUE_DEPTH:
            stop.wait(0.05)
    connection.close()
