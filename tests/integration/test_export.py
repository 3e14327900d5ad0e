"""`sensorctl export` on a real database: in batches, from one snapshot, and importable without changes."""

import csv
import gc
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from db.errors import StoreUnavailable
from db.queries import export
from db.queries.export import ExportQuery, ReaderPaused, Series
from db.store import Store
from readings.model import Reading
from tests.broker import VirtualHost
from tests.database import Database
from tests.integration.dead_letters import Operator
from tests.processes import Processes
from tests.waiting import DEADLINE_SECONDS, eventually

FIRST_TIME = datetime(2025, 3, 1, tzinfo=UTC)
RUN = uuid4()
READINGS = [
    Reading(
        uuid4(), sensor, FIRST_TIME + timedelta(minutes=20 * number), round(20 + number / 7, 9), run, sequence
    )
    for number in range(300)
    for sensor, run, sequence in (("kitchen", RUN, number + 1), ('at, "tic"', None, None))
]


@pytest.fixture
def sensorctl(run: Processes) -> Operator:
    return Operator(run)


@pytest.fixture
def stored(database: Database) -> Iterator[Database]:
    store = Store(database.settings, "test")
    # Not in chronological order.
    store.save(READINGS[::-1])
    yield database
    store.close()


def in_order(readings: list[Reading]) -> list[Reading]:
    return sorted(readings, key=lambda reading: (reading.measured_at, reading.reading_id))


def readings_of(database: Database) -> set[Reading]:
    return {Reading(*(row[name] for name in Reading._fields)) for row in database.readings()}


@pytest.mark.parametrize("name", ["all.csv", "all.jsonl"])
def test_exported_readings_can_be_imported_unchanged(
    stored: Database, broker: VirtualHost, run: Processes, sensorctl: Operator, tmp_path: Path, name: str
) -> None:
    # given an export
    file = tmp_path / name
    assert "Exported 600 readings." in sensorctl("export", str(file))
    before = readings_of(stored)
    assert before == set(READINGS)
    # when all readings are deleted and it is imported twice
    stored.query("DELETE FROM reading")
    for _ in range(2):
        assert "Published 600 readings, skipped 0 invalid lines." in sensorctl("import", str(file))
    run.start_consumer(PREFETCH_COUNT="100")
    # then the readings are stored again, unchanged
    eventually(lambda: broker.ready() == 0 and stored.count() == 600, DEADLINE_SECONDS, "they are stored")
    imported = readings_of(stored)
    assert {reading._replace(import_id=None) for reading in imported} == before
    assert all(reading.import_id for reading in imported)


def test_an_export_is_chronological_and_can_be_limited_to_a_range_and_sensors(
    stored: Database, sensorctl: Operator
) -> None:
    def ids(*arguments: str) -> list[UUID]:
        lines = sensorctl("export", "-", *arguments).splitlines()
        return [UUID(json.loads(line)["reading_id"]) for line in lines if line.startswith("{")]

    def expected(first: int, end: int, *sensors: str) -> list[UUID]:
        selected = [
            reading
            for reading in in_order(READINGS)
            if first <= (reading.measured_at - FIRST_TIME).total_seconds() / 1200 < end
            and reading.sensor_id in sensors
        ]
        return [reading.reading_id for reading in selected]

    both = ("kitchen", 'at, "tic"')
    assert ids() == expected(0, 300, *both)
    assert ids("--from", "2025-03-02", "--to", "2025-03-02T08:00+02:00") == expected(72, 90, *both)
    assert ids("--sensor", "kitchen", "--to", "2025-03-02") == expected(0, 72, "kitchen")
    assert ids("--sensor", "unknown") == []
    assert ids("--from", "1h") == []


def test_a_large_table_is_read_in_batches_with_a_server_side_cursor(
    stored: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 50)
    with export.stream_rows(stored.settings, ExportQuery(Series.READINGS)) as rows:
        first = next(rows)
        [session] = stored.query(
            "SELECT query, state FROM pg_stat_activity "
            "WHERE application_name = 'export' AND datname = current_database()"
        )
        # A batch was fetched, and the cursor waits for the next fetch.
        fetched = re.match(r"FETCH FORWARD (\d+) FROM", session["query"])
        assert fetched
        assert int(fetched[1]) <= 50
        assert session["state"] == "idle in transaction"
        # Later changes are not part of the snapshot.
        stored.query("DELETE FROM reading")
        others = list(rows)
    assert [row["reading_id"] for row in (first, *others)] == [r.reading_id for r in in_order(READINGS)]


# psycopg cannot close a cursor whose connection is gone, and complains.
@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_connection_lost_during_the_export_leaves_no_file(
    stored: Database, sensorctl: Operator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 50)
    with export.stream_rows(stored.settings, ExportQuery(Series.READINGS)) as rows:
        next(rows)
        stored.terminate_backends("export")
        with pytest.raises(StoreUnavailable):
            list(rows)
    del rows
    gc.collect()

    stored.query("DROP VIEW stored_reading")
    output = sensorctl("export", str(tmp_path / "out.csv"), code=69)
    assert '"stored_reading" does not exist' in output
    assert list(tmp_path.glob("*out.csv*")) == []


@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_export_that_nobody_reads_is_ended(stored: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 50)
    monkeypatch.setattr(export, "MAX_PAUSE", timedelta(milliseconds=300))

    def has_ended() -> bool:
        return not stored.query(
            "SELECT pid FROM pg_stat_activity "
            "WHERE application_name = 'export' AND datname = current_database()"
        )

    with export.stream_rows(stored.settings, ExportQuery(Series.READINGS)) as rows:
        next(rows)
        eventually(has_ended, DEADLINE_SECONDS, "the session ends")
        with pytest.raises(ReaderPaused, match=r"was not read for .* Export to a file"):
            list(rows)
    del rows
    gc.collect()


def test_roll_ups_can_be_exported(stored: Database, sensorctl: Operator) -> None:
    out = sensorctl("export", "-", "--what", "hours", "--format", "csv", "--to", "2025-03-01T02:00Z")

    rows = list(csv.DictReader(line for line in out.splitlines() if not line.startswith("Exported")))
    assert [(row["sensor_id"], row["hour"], row["readings"]) for row in rows] == [
        ('at, "tic"', "2025-03-01T00:00:00.000000Z", "3"),
        ("kitchen", "2025-03-01T00:00:00.000000Z", "3"),
        ('at, "tic"', "2025-03-01T01:00:00.000000Z", "3"),
        ("kitchen", "2025-03-01T01:00:00.000000Z", "3"),
    ]
    assert float(rows[0]["mean_temperature"]) == pytest.approx(20 + 1 / 7)
    minutes = sensorctl("export", "-", "--what", "minutes", "--sensor", "kitchen")
    assert minutes.count('"sensor_id": "kitchen"') == 300
    assert '"minute": "2025-03-01T00:20:00.000000Z"' in minutes
