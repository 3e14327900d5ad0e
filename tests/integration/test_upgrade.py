"""What every released version left behind works with this version: database, outbox, queues, dead letters.

tests/released/record.py recorded it.
"""

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.maintenance import prepare_rollups
from db.migrate import current_version, newest_version, upgrade
from messaging.management.admin import declare_topology
from tests.broker import DEAD_QUEUE, QUEUE, RabbitMQ, VirtualHost
from tests.database import Database
from tests.integration.dead_letters import Operator
from tests.modes import both_modes
from tests.processes import Processes
from tests.readings import reading
from tests.released import content
from tests.released.messages import RecordedMessage, read_messages
from tests.services import ROOT
from tests.waiting import DEADLINE_SECONDS, eventually

RELEASED = ROOT / "tests" / "released"
VERSIONS = sorted(path.parent.name for path in RELEASED.glob("*/database.sql"))
# Without the columns of sensor_status that are conclusions, which a later version may draw in another way.
VIEWS = {
    "stored_reading": "*",
    "reading_sequence": "*",
    "reading_gap": "*",
    "reading_minute": "*",
    "reading_hour": "*",
    "sensor_status": "sensor_id, name, location, last_measured_at, last_received_at, last_temperature",
}
PARTITIONS = "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'reading'::regclass"
COLUMNS = (
    "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
)
# What the roll-ups must be, recomputed from the readings.
MINUTES = """
SELECT sensor_id, date_trunc('minute', measured_at) AS minute, count(*) AS readings,
       min(temperature) AS min_temperature, max(temperature) AS max_temperature
FROM reading GROUP BY 1, 2 ORDER BY 1, 2
"""
STORED_MINUTES = (
    "SELECT sensor_id, minute, readings, min_temperature, max_temperature FROM reading_minute ORDER BY 1, 2"
)
# A run of the recording, and what it did not send.
GAPS = [(3, 4), (7, 8)]
# Messages that are dead letters only for some time: too far in the future, and expired.
STORED_BY_REPLAY = 2


@pytest.fixture(params=VERSIONS)
def release(request: pytest.FixtureRequest) -> Path:
    """The folder of a released version."""
    return RELEASED / str(request.param)


@pytest.fixture
def database(bare_database: Database, release: Path) -> Database:
    """The database of the released version, not yet upgraded."""
    with bare_database.connect() as connection:
        connection.execute((release / "database.sql").read_text(encoding="utf-8"))
    return bare_database


@pytest.fixture
def broker(rabbitmq: RabbitMQ, release: Path) -> Iterator[VirtualHost]:
    """A virtual host with the empty queues of the released version."""
    with rabbitmq.virtual_host("quorum") as host:
        definitions = json.loads((release / "definitions.json").read_text(encoding="utf-8"))
        host.server.api("POST", f"/api/definitions/{host.name}", definitions)
        yield host


def publish(broker: VirtualHost, file: Path) -> list[RecordedMessage]:
    messages = read_messages(file)
    for message in messages:
        message.publish(broker)
    return messages


def rows(database: Database, view: str, columns: str = "*") -> list[dict[str, Any]]:
    return sorted(database.query(f"SELECT {columns} FROM {view}"), key=str)


def names(database: Database, query: str, *parameters: object) -> list[str]:
    return [row["name"] for row in database.query(query, *parameters)]


def gaps(database: Database) -> list[tuple[int, int]]:
    query = "SELECT first_missing, last_missing FROM reading_gap WHERE run_id = %s ORDER BY 1"
    return [(row["first_missing"], row["last_missing"]) for row in database.query(query, content.RUN)]


def test_an_upgrade_changes_no_reading_view_partition_or_roll_up(database: Database) -> None:
    before = {view: rows(database, view, columns) for view, columns in VIEWS.items()}
    partitions = names(database, PARTITIONS)
    sensors = rows(database, "sensor")

    upgrade(database.settings)

    assert current_version(database.settings) == newest_version()
    for view, expected in before.items():
        assert expected, f"the recording fills {view}"
        # A migration may add columns.
        assert rows(database, view, ", ".join(expected[0])) == expected, view
    assert set(names(database, PARTITIONS)) >= set(partitions) >= {"reading_20251120", "reading_default"}
    assert rows(database, "sensor", ", ".join(sensors[0])) == sensors
    assert names(database, "SELECT name FROM sensor WHERE sensor_id = %s", content.NAMED_SENSOR) == [
        "Kitchen"
    ]
    assert database.query(STORED_MINUTES) == database.query(MINUTES)
    # Hours and days of the history are computed in the background, and views do not depend on it.
    days = rows(database, "reading_day")
    assert sum(day["readings"] for day in days) == database.count()
    prepare_rollups(database.settings, "UTC")
    database.await_older_transactions()
    prepare_rollups(database.settings, "UTC")
    assert rows(database, "reading_day") == days
    assert rows(database, "reading_hour") == before["reading_hour"]
    assert database.query("SELECT count(*) > 0 AS computed FROM rollup_day") == [{"computed": True}]
    assert gaps(database) == GAPS
    offline = "SELECT offline_since = last_received_at AS offline FROM sensor_status WHERE sensor_id = %s"
    assert database.query(offline, content.OFFLINE_SENSOR) == [{"offline": True}]


def test_an_upgrade_only_adds_tables_views_and_columns(database: Database) -> None:
    before = columns(database)
    upgrade(database.settings)

    assert {("last_hour_summary", "readings", "bigint"), ("reading", "run_id", "uuid")} <= before
    assert before - columns(database) == set()


def columns(database: Database) -> set[tuple[str, str, str]]:
    return {(row["table_name"], row["column_name"], row["data_type"]) for row in database.query(COLUMNS)}


@both_modes
def test_after_an_upgrade_old_readings_are_duplicates_and_new_ones_are_stored(
    broker: VirtualHost, database: Database, run: Processes, release: Path
) -> None:
    upgrade(database.settings)
    before = database.count()
    redelivered = publish(broker, release / "stored.jsonl")
    missing = [number for first, last in GAPS for number in range(first, last + 1)]
    for message in content.numbered_readings(iter(missing)):
        message.publish(broker)
    broker.publish(reading("new", 30.5))
    consumer = run.start_consumer()

    eventually(lambda: database.count() == before + len(missing) + 1, DEADLINE_SECONDS, "they are stored")
    eventually(
        lambda: consumer.stored_counts() == (len(missing) + 1, len(redelivered)),
        DEADLINE_SECONDS,
        "the old readings are duplicates",
    )
    assert consumer.stop() == 0
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0
    assert gaps(database) == []
    assert database.query(STORED_MINUTES) == database.query(MINUTES)
    summary = database.query(
        "SELECT readings, last_temperature FROM last_hour_summary WHERE sensor_id = 'new'"
    )
    assert summary == [{"readings": 1, "last_temperature": 30.5}]


def test_setup_accepts_the_old_queues_and_their_messages_are_consumed_and_replayed(
    broker: VirtualHost, database: Database, run: Processes, release: Path
) -> None:
    waiting = publish(broker, release / "queue.jsonl")
    dead = publish(broker, release / "dead_letters.jsonl")
    before = database.count()
    sensorctl = Operator(run)

    sensorctl("setup")
    declare_topology(broker.settings)
    listed = sensorctl.listed()
    consumer = run.start_consumer()

    eventually(lambda: database.count() == before + len(waiting), DEADLINE_SECONDS, "the messages are stored")
    assert Counter(letter["reason"] for letter in listed) == Counter(_reason(message) for message in dead)
    assert {letter["body"].encode() for letter in listed} >= {
        message.body for message in dead if message.body.isascii()
    }
    assert f"Replayed {len(dead)}" in sensorctl("dead", "replay")
    eventually(
        lambda: database.count() == before + len(waiting) + STORED_BY_REPLAY,
        DEADLINE_SECONDS,
        "the replayed messages that are valid now are stored",
    )
    eventually(
        lambda: broker.ready(DEAD_QUEUE) == len(dead) - STORED_BY_REPLAY,
        DEADLINE_SECONDS,
        "the others are dead-lettered again",
    )
    assert consumer.stop() == 0
    assert broker.ready(QUEUE) == 0
    again = {message.body: message.headers for message in broker.drain(DEAD_QUEUE)}
    for message in dead:
        if message.body in again:
            assert again[message.body]["x-replays"] == _replays(message) + 1
    assert database.query(STORED_MINUTES) == database.query(MINUTES)


def _reason(message: RecordedMessage) -> str:
    headers = message.properties.headers
    return str(headers.get("x-dead-reason") or headers.get("x-first-death-reason"))


def _replays(message: RecordedMessage) -> int:
    return int(message.properties.headers.get("x-replays", 0))


def test_the_sensor_delivers_an_outbox_of_an_old_version_in_order(
    broker: VirtualHost, run: Processes, release: Path, tmp_path: Path
) -> None:
    for file in release.glob("outbox.sqlite3*"):
        shutil.copy(file, tmp_path)
    expected = entries(release, tmp_path / "copy")
    assert len(expected) > 1
    table = tmp_path / "measured.csv"
    table.write_text("timestamp,value\n2026-11-26T10:00:00Z,21.5\n")

    sensor = run.start(
        "sensor", SENSOR_ID="7", OUTBOX_PATH=str(tmp_path / "outbox.sqlite3"),
        SENSOR_SOURCE=f"replay:{table}", REPLAY_LOOP="false",
    )  # fmt: skip

    assert sensor.wait() == 0
    assert sensor.wait_for_event("measuring")["readings_pending"] == len(expected)
    delivered = broker.drain()
    new = [message for message in delivered if message.properties.message_id not in dict(expected)]
    assert [json.loads(message.body)["temperature"] for message in new] == [21.5]
    assert [(m.properties.message_id, m.body) for m in delivered if m not in new] == expected


def entries(release: Path, copy: Path) -> list[tuple[str, bytes]]:
    """Read the messages of a released outbox, with the statement of version 0.1.0."""
    copy.mkdir()
    for file in release.glob("outbox.sqlite3*"):
        shutil.copy(file, copy)
    connection = sqlite3.connect(copy / "outbox.sqlite3")
    try:
        return connection.execute("SELECT message_id, body FROM waiting ORDER BY row").fetchall()
    finally:
        connection.close()
