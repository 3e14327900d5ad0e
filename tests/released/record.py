"""Record what a version leaves behind: its database, its outbox and its queues.

Before a release run `python -m tests.released.record`. It writes the folder of the current version next to
this file, from which tests/integration/test_upgrade.py upgrades ever after. The database server is a private
one, so that `pg_dump` is in the same folder and has the same version.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pika

from native.postgres import PrivatePostgres
from runtime.version import VERSION
from tests import services
from tests.broker import DEAD_QUEUE, QUEUE, VirtualHost
from tests.database import Database, Postgres, libpq_url
from tests.processes import Process, Processes, processes, with_http
from tests.proxy import Proxy
from tests.released import content
from tests.released.messages import RecordedMessage, write_messages
from tests.waiting import DEADLINE_SECONDS, eventually

RELEASED = Path(__file__).parent
MIGRATIONS = services.ROOT / "db" / "migrations" / "versions"
RETENTION_DAYS = "36500"
SENSOR_CSV = "timestamp,value\n" + "".join(
    f"2025-11-23T08:00:{second:02}Z,{second / 4}\n" for second in range(8)
)
OUTBOX_READINGS = 10
# psql's own commands, and a setting that older servers do not know.
NOT_PLAIN_SQL = ("\\", "SET transaction_timeout")


def main() -> None:
    """Record the current version, unless that is done."""
    directory = RELEASED / VERSION
    if directory.exists():
        sys.exit(f"{directory} exists, and a release never changes. Set VERSION in runtime/version.py first.")
    directory.mkdir()
    record_checksums(directory)
    with environment() as (broker, database, binaries, run):
        record_outbox(directory, broker, run)
        record_topology(directory, broker)
        record_messages(directory, broker, database, run)
        record_database(directory, database, binaries)
    print(f"recorded {VERSION} in {directory}")  # noqa: T201 (a command line prints)


@contextmanager
def environment() -> Iterator[tuple[VirtualHost, Database, Path, Processes]]:
    """Provide a broker and a database that this version has set up, and the folder of `pg_dump`."""
    with (
        services.rabbitmq() as rabbitmq,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as data,
        private_postgres(Path(data)) as (postgres, binaries),
        rabbitmq.virtual_host("quorum") as broker,
        postgres.database() as database,
        tempfile.TemporaryDirectory() as scratch,
        processes(Path(scratch), broker.environment | database.environment) as run,
    ):
        set_up(run)
        yield broker, database, binaries, run


def set_up(run: Processes) -> None:
    setup = run.start("sensorctl setup", RETENTION_DAYS=RETENTION_DAYS)
    assert setup.wait() == 0, setup.text


@contextmanager
def private_postgres(directory: Path) -> Iterator[tuple[Postgres, Path]]:
    """Provide a database server, and the folder of its programs."""
    directory.chmod(0o755)  # root starts it as another user
    with PrivatePostgres(directory) as server:
        yield Postgres(server.url, "a private server"), server.binaries


def record_checksums(directory: Path) -> None:
    """Write the checksum of each migration file, as `sha256sum` does."""
    files = sorted(path for path in MIGRATIONS.iterdir() if path.name[:4].isdigit())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (directory / "migrations.sha256").write_text("".join(lines), encoding="ascii")


def record_outbox(directory: Path, broker: VirtualHost, run: Processes) -> None:
    """Write the outbox of a sensor that was killed twice in an outage: a backlog, then live readings."""
    address = urlsplit(broker.url)
    with (
        tempfile.TemporaryDirectory() as scratch,
        Proxy((str(address.hostname), int(address.port or 0))) as proxy,
    ):
        outbox = Path(scratch) / "outbox.sqlite3"
        variables = {
            "SENSOR_ID": "7",
            "SENSOR_INTERVAL_SECONDS": "0.02",
            "OUTBOX_PATH": str(outbox),
            "RABBITMQ_URL": broker.url_through(proxy),
        }
        first = run.start("sensor", **with_http(), **variables)
        first.wait_for_event("published", times=10)
        proxy.refuse()
        eventually(lambda: pending(first) >= OUTBOX_READINGS, DEADLINE_SECONDS, "the outage lasts")
        first.kill()
        second = run.start("sensor", **with_http(), **variables)
        eventually(
            lambda: pending(second) >= 2 * OUTBOX_READINGS, DEADLINE_SECONDS, "there are live readings"
        )
        second.kill()
        for path in Path(scratch).iterdir():
            shutil.copy(path, directory / path.name)
    broker.drain()


def pending(sensor: Process) -> int:
    lines = sensor.http_get("/metrics")[1].splitlines()
    return next(
        (int(float(line.split()[1])) for line in lines if line.startswith("sensor_outbox_readings ")), 0
    )


def record_topology(directory: Path, broker: VirtualHost) -> None:
    """Write the definitions of the virtual host: exchanges, queues, bindings and policies."""
    definitions = broker.server.api("GET", f"/api/definitions/{broker.name}")
    recorded = {name: definitions[name] for name in ("exchanges", "queues", "bindings", "policies")}
    (directory / "definitions.json").write_text(json.dumps(recorded, indent=2) + "\n", encoding="utf-8")


def record_messages(directory: Path, broker: VirtualHost, database: Database, run: Processes) -> None:
    """Fill the database and the queues, and write the messages: the stored, the dead letters, the ready."""
    # With no consumer the message expires, and the broker dead-letters it by the policy.
    broker.publish(
        {"sensor_id": "1", "measured_at": content.TIME, "temperature": 18.5},
        pika.BasicProperties(expiration="1", delivery_mode=2),
    )
    eventually(lambda: broker.ready(DEAD_QUEUE) == 1, DEADLINE_SECONDS, "the message expires")
    for message in content.numbered_readings(iter([1, 2, 5, 6, 9])):
        message.publish(broker)
    content.publish_in_every_format(broker)
    stored = received(broker, QUEUE)
    write_messages(directory / "stored.jsonl", stored)

    for message in stored:
        message.publish(broker)
    content.publish_busy_day(broker)
    content.publish_until_now(broker)
    consumer = run.start_consumer()
    expected = len(stored) + content.BUSY_READINGS + content.RECENT_READINGS
    eventually(lambda: database.count() == expected, DEADLINE_SECONDS, "all readings are stored")
    set_up(run)  # creates the partition of the busy day
    dead = 1 + content.publish_invalid(broker)
    eventually(lambda: broker.ready(DEAD_QUEUE) == dead, DEADLINE_SECONDS, "they are dead-lettered")
    replay = run.start("sensorctl dead replay --reason invalid-field")
    assert replay.wait() == 0, replay.text
    consumer.wait_for_event("dead-lettered", times=dead + 1)
    assert consumer.stop() == 0
    write_messages(directory / "dead_letters.jsonl", received(broker, DEAD_QUEUE))
    database.query(
        "UPDATE sensor SET name = 'Kitchen', location = 'Ground floor' WHERE sensor_id = %s",
        content.NAMED_SENSOR,
    )

    publish_by_sensor(run)
    content.publish_in_every_format(broker, timedelta(days=1))
    write_messages(directory / "queue.jsonl", received(broker, QUEUE))


def publish_by_sensor(run: Processes) -> None:
    """Publish readings by a sensor that ends by itself."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as table:
        table.write(SENSOR_CSV)
        table.flush()
        sensor = run.start(
            "sensor", SENSOR_ID="7", SENSOR_SOURCE=f"replay:{table.name}", REPLAY_TIMES="original",
            REPLAY_LOOP="false", SENSOR_INTERVAL_SECONDS="0.01",
        )  # fmt: skip
        assert sensor.wait() == 0, sensor.text


def received(broker: VirtualHost, queue: str) -> list[RecordedMessage]:
    """Receive and ack every message of the queue."""
    return [RecordedMessage.received(message) for message in broker.drain(queue)]


def record_database(directory: Path, database: Database, binaries: Path) -> None:
    """Write the database as plain SQL that any client can execute."""
    command = [
        str(binaries / "pg_dump"),
        "--inserts",
        "--rows-per-insert=200",
        "--no-owner",
        "--dbname",
        libpq_url(database.url),
    ]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line for line in dump.splitlines(keepends=True) if not line.startswith(NOT_PLAIN_SQL)]
    (directory / "database.sql").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
