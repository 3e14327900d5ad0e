"""`sensorctl import` with real servers: kills, lost connections, a full queue, and repeated runs."""

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
SHORT_ROWS = 5_000
BATCH_SIZE = 500
FIRST_TIME = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def sensorctl(run: Processes) -> Operator:
    return Operator(run)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return write_history(tmp_path / "history.csv", ROWS)


@pytest.fixture
def short(tmp_path: Path) -> Path:
    return write_history(tmp_path / "short.csv", SHORT_ROWS)


def write_history(path: Path, rows: int) -> Path:
    """Write a third-party file: one reading per minute, without a column for the sensor."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["when", "celsius"])
        for number in range(rows):
            writer.writerow([(FIRST_TIME + timedelta(minutes=number)).isoformat(), number / 1000])
    return path


def import_command(history: Path, *more: str) -> list[str]:
    columns = ["--sensor", "attic", "--time-column", "when", "--value-column", "celsius"]
    return ["import", str(history), *columns, *more]


def drain(broker: VirtualHost) -> list[Reading]:
    """Consume every message, and parse it as a consumer does."""
    broker.channel.basic_qos(prefetch_count=BATCH_SIZE)
    context = ParseContext(ZoneInfo("UTC"), datetime.now(UTC))
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
        readings.append(parse_reading(body, context))
        assert properties.message_id == str(readings[-1].reading_id)
        unacked = method.delivery_tag
        if unacked % (BATCH_SIZE // 2) == 0:
            broker.channel.basic_ack(unacked, multiple=True)
            unacked = 0
    broker.channel.cancel()
    return readings


def store(database: Database, readings: Iterable[Reading]) -> int:
    """Store the readings as a consumer does, and return how many were new."""
    database_store = Store(database.settings, "test")
    try:
        return sum(database_store.save(batch) for batch in batches(list(readings)))
    finally:
        database_store.close()


def batches(readings: list[Reading]) -> Iterable[list[Reading]]:
    return (readings[start : start + BATCH_SIZE] for start in range(0, len(readings), BATCH_SIZE))


def published_count(output: str) -> int:
    """Return how many readings an interrupted import published."""
    found = re.search(r"Published ([\d,]+) readings, up to line (\d+)\. Run the same command", output)
    assert found, output
    published = int(found[1].replace(",", ""))
    assert int(found[2]) == published + 1
    return published


def await_pause(process: Process, broker: VirtualHost, depth: int) -> None:
    """Wait until the import has filled the queue up to its limit and pauses."""

    def is_paused() -> bool:
        assert process.exit_code is None, process.text
        return broker.ready() >= depth and "publishing only as fast" in process.text

    eventually(is_paused, DEADLINE_SECONDS, f"the queue has {depth} messages")


def test_a_killed_import_continues_and_nothing_is_lost_or_stored_twice(
    broker: VirtualHost, database: Database, sensorctl: Operator, history: Path
) -> None:
    # given an import that is killed
    first = sensorctl.start(*import_command(history, "--max-queue-depth", "3000"))
    await_pause(first, broker, 3_000)
    first.kill()
    before = drain(broker)
    assert len(before) == 3_000
    # when it runs again
    output = sensorctl(*import_command(history, "--max-queue-depth", "0"))
    # then it continues near that position, and every row is in the queue
    assert "Resuming after line" in output
    assert f"Published {ROWS:,} readings, skipped 0 invalid lines." in output
    after = drain(broker)
    assert len(before) + len(after) <= ROWS + MAX_IN_FLIGHT
    assert len({reading.reading_id for reading in before + after}) == ROWS
    # and in the table once
    assert store(database, before + after) == ROWS
    assert [row["temperature"] for row in database.query("SELECT temperature FROM reading ORDER BY 1")] == [
        number / 1000 for number in range(ROWS)
    ]
    # and a second import, from the beginning, changes nothing
    output = sensorctl(*import_command(history, "--max-queue-depth", "0"))
    assert f"Published {ROWS:,} readings" in output
    assert "Resuming" not in output
    assert store(database, drain(broker)) == 0


def test_an_import_can_be_continued_after_ctrl_c(
    broker: VirtualHost, sensorctl: Operator, short: Path
) -> None:
    process = sensorctl.start(*import_command(short, "--max-queue-depth", "2000"))
    await_pause(process, broker, 2_000)

    process.send(signal.SIGINT)

    assert process.wait() == 130
    assert 1_000 <= published_count(process.text) <= 2_000
    assert f"Published {SHORT_ROWS:,} readings, skipped 0 invalid lines." in sensorctl(*import_command(short))
    assert len({reading.reading_id for reading in drain(broker)}) == SHORT_ROWS


def test_an_import_survives_closed_and_cut_connections(
    broker: VirtualHost, sensorctl: Operator, run: Processes, history: Path, broker_proxy: Proxy
) -> None:
    # given an import through a proxy
    command = " ".join(["sensorctl", *import_command(history, "--max-queue-depth", "5000")])
    process = run.start(command, RABBITMQ_URL=broker.url_through(broker_proxy))
    # when the network fails while it publishes, and an operator closes its connection
    eventually(lambda: broker.ready() > 500, DEADLINE_SECONDS, "it publishes")
    before = broker.connections()
    broker_proxy.cut()
    eventually(lambda: set(broker.connections()) - set(before), DEADLINE_SECONDS, "it connects again")
    await_pause(process, broker, 5_000)
    broker.close_connections()
    consumed = drain(broker)
    # then it continues by itself, and every row is in the queue
    eventually(
        lambda: process.exit_code is not None or broker.ready() >= 5_000, DEADLINE_SECONDS, "it continues"
    )
    consumed += drain(broker)
    assert process.wait() == 0, process.text
    consumed += drain(broker)
    assert process.text.count("retrying") >= 2
    assert len({reading.reading_id for reading in consumed}) == ROWS
    assert f"Published {ROWS:,} readings, skipped 0 invalid lines." in process.text


def test_an_import_that_loses_the_broker_ends_with_69_and_can_be_continued(
    broker: VirtualHost, run: Processes, short: Path, broker_proxy: Proxy
) -> None:
    command = " ".join(
        ["sensorctl", *import_command(short, "--max-queue-depth", "2000", "--retry-timeout", "1")]
    )
    through_proxy = {"RABBITMQ_URL": broker.url_through(broker_proxy)}
    process = run.start(command, **through_proxy)
    await_pause(process, broker, 2_000)

    broker_proxy.refuse()

    assert process.wait() == 69, process.text
    done = published_count(process.text)
    assert 1_000 <= done <= 2_000
    assert "Run `sensorctl doctor`" in process.text
    broker_proxy.forward()
    broker.channel.queue_purge(QUEUE)
    resumed = run.start(command.replace("2000", "0"), **through_proxy)
    assert resumed.wait() == 0, resumed.text
    assert f"Resuming after line {done + 1}; already published: {done:,} readings." in resumed.text
    assert len({reading.reading_id for reading in drain(broker)}) == SHORT_ROWS - done


def test_without_a_queue_nothing_counts_as_published(
    broker: VirtualHost, sensorctl: Operator, short: Path
) -> None:
    broker.channel.queue_unbind(QUEUE, "sensors", "reading.#")
    output = sensorctl(*import_command(short), code=69)
    assert "no queue accepts the message: run `sensorctl setup`" in output
    assert "Published 0 readings" in output

    broker.channel.queue_delete(QUEUE)
    assert "NOT_FOUND - no queue" in sensorctl(*import_command(short, "--retry-timeout", "0"), code=69)


def test_invalid_lines_are_reported_and_valid_lines_are_stored_by_a_consumer(
    broker: VirtualHost, database: Database, run: Processes, sensorctl: Operator, tmp_path: Path
) -> None:
    run.start_consumer()
    lines: list[Any] = [
        {"id": 1, "data": "2025-08-11T23:16:59.428169", "temperatura": 23.84},
        "broken",
        {"sensor_id": "S1", "timestamp": "2023-10-01T12:00:00Z", "temperature": 68, "unit": "F"},
        {"sensor_id": "S1", "timestamp": "2023-10-01T12:00:00Z"},
        {"sensor_id": "S1", "timestamp": "1970-01-01T00:00:12Z", "temperature": 22.5},
        {"sensor_id": "S2", "timestamp": "2023-10-01T12:00:00Z", "temperature": 22.5},
        {"sensor_id": "S3", "timestamp": "1955-10-01T12:00:00Z", "temperature": 12.5},
    ]
    file = tmp_path / "mixed.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))

    for _ in repeat(None, 2):
        output = sensorctl("import", str(file), code=1)
        assert [f"line {number}: " in output for number in range(1, 8)] == [
            False,
            True,
            False,
            True,
            True,
            False,
            False,
        ]
        assert "Published 4 readings, skipped 3 invalid lines." in output

    eventually(
        lambda: broker.ready() == 0 and database.count() >= 4, DEADLINE_SECONDS, "the readings are stored"
    )
    stored = {(row["sensor_id"], row["temperature"]) for row in database.readings()}
    assert stored == {("1", 23.84), ("S1", 20.0), ("S2", 22.5), ("S3", 12.5)}
    assert database.count() == 4
    assert broker.ready(DEAD_QUEUE) == 0


def test_a_serial_number_in_a_file_finds_its_sensor(
    database: Database, broker: VirtualHost, sensorctl: Operator, tmp_path: Path
) -> None:
    file = tmp_path / "hobo.csv"
    file.write_text(
        '"#","Date Time, GMT+01:00","Temp, °C (LGR S/N: 7, SEN S/N: 7)"\n1,02/26/26 11:00:00 AM,3.155\n'
    )
    sensorctl("import", str(file), "--sensor", "fridge-3")
    store(database, drain(broker))
    sensorctl("sensor", "set", "fridge-3", "--serial", "7")

    sensorctl("import", str(file))

    assert [(reading.sensor_id, reading.temperature) for reading in drain(broker)] == [("fridge-3", 3.155)]
