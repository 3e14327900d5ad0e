"""`sensorctl import` on a real broker and a real database: killed, cut off, held up, and called again."""

import csv
import json
import re
import signal
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from db.store import Store
from messaging.publishing.bulk import MAX_IN_FLIGHT
from readings.model import Reading
from readings.parsing import ParseContext, parse_reading
from tests.broker import DEAD_QUEUE, QUEUE, VirtualHost
from tests.database import Database
from tests.integration.dead_letters import Operator
from tests.processes import Process, Processes
from tests.proxy import Proxy
from tests.waiting import DEADLINE_SECONDS, eventually

ROWS = 8_000
FEW = 5_000
AT_ONCE = 500
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def sensorctl(run: Processes) -> Operator:
    return Operator(run)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return write(tmp_path / "history.csv", ROWS)


@pytest.fixture
def short(tmp_path: Path) -> Path:
    return write(tmp_path / "short.csv", FEW)


def write(path: Path, rows: int) -> Path:
    """Days of a sensor of others, of which nobody says who it is."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["when", "celsius"])
        for number in range(rows):
            writer.writerow([(BEGIN + timedelta(minutes=number)).isoformat(), number / 1000])
    return path


def call(history: Path, *more: str) -> list[str]:
    columns = ["--sensor", "attic", "--time-column", "when", "--value-column", "celsius"]
    return ["import", str(history), *columns, *more]


def drain(broker: VirtualHost) -> list[Reading]:
    """Take every message, as the readings that a consumer makes of them."""
    broker.channel.basic_qos(prefetch_count=AT_ONCE)
    rules = ParseContext(ZoneInfo("UTC"), datetime.now(UTC))
    readings = []
    unacked = 0
    for method, properties, body in broker.channel.consume(QUEUE, inactivity_timeout=0.2):
        if method is None:
            if unacked:
                broker.channel.basic_ack(unacked, multiple=True)
                unacked = 0
            # What was in transit when the queue was empty has arrived before the second response.
            empty = broker.ready() == broker.ready() == 0
            if empty and not broker.channel.get_waiting_message_count():
                break
            continue
        readings.append(parse_reading(body, rules))
        assert properties.message_id == str(readings[-1].reading_id)
        unacked = method.delivery_tag
        if unacked % (AT_ONCE // 2) == 0:
            broker.channel.basic_ack(unacked, multiple=True)
            unacked = 0
    broker.channel.cancel()
    return readings


def store(database: Database, readings: Iterable[Reading]) -> int:
    """Store them as a consumer does; gives how many were new."""
    keeper = Store(database.settings, "test")
    try:
        return sum(keeper.save(batch) for batch in parts(list(readings)))
    finally:
        keeper.close()


def parts(readings: list[Reading]) -> Iterable[list[Reading]]:
    return (readings[first : first + AT_ONCE] for first in range(0, len(readings), AT_ONCE))


def published(said: str) -> int:
    """How many readings were published when it was interrupted."""
    found = re.search(r"Published (\d+) readings, up to line (\d+): the same command goes on there\.", said)
    assert found, said
    assert int(found[2]) == int(found[1]) + 1
    return int(found[1])


def paused(process: Process, broker: VirtualHost, waiting: int) -> None:
    """Wait until the import has filled the queue as far as it may."""

    def full() -> bool:
        assert process.exit_code is None, process.text
        return broker.ready() >= waiting and "publishing no faster" in process.text

    eventually(full, DEADLINE_SECONDS, f"{waiting} messages wait")


def test_a_killed_import_goes_on_and_nothing_is_lost_or_stored_twice(
    broker: VirtualHost, database: Database, sensorctl: Operator, history: Path
) -> None:
    # given an import that is killed on its way
    first = sensorctl.start(*call(history, "--max-queue-depth", "3000"))
    paused(first, broker, 3_000)
    first.kill()
    before = drain(broker)
    assert len(before) == 3_000
    # when it is called again
    said = sensorctl(*call(history, "--max-queue-depth", "0"))
    # then it goes on near where it was, and every row is in the queue
    assert "Goes on behind line" in said
    assert f"Published {ROWS} readings, refused 0 lines." in said
    after = drain(broker)
    assert len(before) + len(after) <= ROWS + MAX_IN_FLIGHT
    assert len({reading.reading_id for reading in before + after}) == ROWS
    # and in the table once
    assert store(database, before + after) == ROWS
    assert [row["temperature"] for row in database.rows("SELECT temperature FROM reading ORDER BY 1")] == [
        number / 1000 for number in range(ROWS)
    ]
    # and a second import, which begins anew, changes nothing
    said = sensorctl(*call(history, "--max-queue-depth", "0"))
    assert f"Published {ROWS} readings" in said
    assert "Goes on" not in said
    assert store(database, drain(broker)) == 0


def test_ctrl_c_ends_an_import_that_can_go_on(broker: VirtualHost, sensorctl: Operator, short: Path) -> None:
    process = sensorctl.start(*call(short, "--max-queue-depth", "2000"))
    paused(process, broker, 2_000)

    process.send(signal.SIGINT)

    assert process.wait() == 130
    assert 1_000 <= published(process.text) <= 2_000
    assert f"Published {FEW} readings, refused 0 lines." in sensorctl(*call(short))
    assert len({reading.reading_id for reading in drain(broker)}) == FEW


def test_an_import_survives_closed_and_cut_connections(
    broker: VirtualHost, sensorctl: Operator, run: Processes, history: Path, broker_proxy: Proxy
) -> None:
    # given an import by way of a network that fails
    command = " ".join(["sensorctl", *call(history, "--max-queue-depth", "5000")])
    process = run.start(command, RABBITMQ_URL=broker.through(broker_proxy))
    # when the network cuts it off in full flight, and an operator closes its connection
    eventually(lambda: broker.ready() > 500, DEADLINE_SECONDS, "it publishes")
    before = broker.connections()
    broker_proxy.cut()
    eventually(lambda: set(broker.connections()) - set(before), DEADLINE_SECONDS, "it connects again")
    paused(process, broker, 5_000)
    broker.close_connections()
    taken = drain(broker)
    # then it goes on by itself, and every row is there
    eventually(
        lambda: process.exit_code is not None or broker.ready() >= 5_000, DEADLINE_SECONDS, "it goes on"
    )
    taken += drain(broker)
    assert process.wait() == 0, process.text
    taken += drain(broker)
    assert process.text.count("trying again") >= 2
    assert len({reading.reading_id for reading in taken}) == ROWS
    assert f"Published {ROWS} readings, refused 0 lines." in process.text


def test_an_import_without_a_broker_ends_with_a_sentence_and_goes_on_later(
    broker: VirtualHost, run: Processes, short: Path, broker_proxy: Proxy
) -> None:
    command = " ".join(["sensorctl", *call(short, "--max-queue-depth", "2000", "--retry-timeout", "1")])
    away = {"RABBITMQ_URL": broker.through(broker_proxy)}
    process = run.start(command, **away)
    paused(process, broker, 2_000)

    broker_proxy.refuse()

    assert process.wait() == 69, process.text
    done = published(process.text)
    assert 1_000 <= done <= 2_000
    assert "Run `sensorctl doctor`" in process.text
    broker_proxy.forward()
    broker.channel.queue_purge(QUEUE)
    again = run.start(command.replace("2000", "0"), **away)
    assert again.wait() == 0, again.text
    assert f"Goes on behind line {done + 1}; {done} readings were published before." in again.text
    assert len({reading.reading_id for reading in drain(broker)}) == FEW - done


def test_without_a_queue_nothing_counts_as_published(
    broker: VirtualHost, sensorctl: Operator, short: Path
) -> None:
    broker.channel.queue_unbind(QUEUE, "sensors", "reading.#")
    said = sensorctl(*call(short), code=69)
    assert "no queue accepts the message: run `sensorctl setup`" in said
    assert "Published 0 readings" in said

    broker.channel.queue_delete(QUEUE)
    assert "NOT_FOUND - no queue" in sensorctl(*call(short, "--retry-timeout", "0"), code=69)


def test_wrong_lines_are_told_and_the_good_ones_are_stored_by_a_consumer(
    broker: VirtualHost, database: Database, run: Processes, sensorctl: Operator, tmp_path: Path
) -> None:
    run.consumer()
    lines: list[Any] = [
        {"id": 1, "data": "2025-08-11T23:16:59.428169", "temperatura": 23.84},
        "broken",
        {"sensor_id": "S1", "timestamp": "2023-10-01T12:00:00Z", "temperature": 68, "unit": "F"},
        {"sensor_id": "S1", "timestamp": "2023-10-01T12:00:00Z"},
        {"sensor_id": "S1", "timestamp": "1970-10-01T12:00:00Z", "temperature": 22.5},
        {"sensor_id": "S2", "timestamp": "2023-10-01T12:00:00Z", "temperature": 22.5},
    ]
    file = tmp_path / "mixed.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))

    for _ in repeat(None, 2):
        said = sensorctl("import", str(file), code=1)
        assert [f"line {number}: " in said for number in range(1, 7)] == [
            False,
            True,
            False,
            True,
            True,
            False,
        ]
        assert "Published 3 readings, refused 3 lines." in said

    eventually(lambda: broker.ready() == 0 and database.count() >= 3, DEADLINE_SECONDS, "they are stored")
    stored = {(row["sensor_id"], row["temperature"]) for row in database.readings()}
    assert stored == {("1", 23.84), ("S1", 20.0), ("S2", 22.5)}
    assert database.count() == 3
    assert broker.ready(DEAD_QUEUE) == 0
