"""`sensorctl export` on a real database: in parts, of one moment, and back again as the same readings."""

import csv
import gc
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from db import export
from db.errors import StoreUnavailable
from db.export import Chosen, Series
from db.store import Store
from messaging.contract import Reading
from tests.broker import VirtualHost
from tests.database import Database
from tests.integration.dead_letters import Operator
from tests.processes import Processes
from tests.waiting import DEADLINE_SECONDS, eventually

BEGIN = datetime(2025, 3, 1, tzinfo=UTC)
RUN = uuid4()
READINGS = [
    Reading(uuid4(), sensor, BEGIN + timedelta(minutes=20 * number), round(20 + number / 7, 9), run, sequence)
    for number in range(300)
    for sensor, run, sequence in (("kitchen", RUN, number + 1), ('at, "tic"', None, None))
]


@pytest.fixture
def sensorctl(run: Processes) -> Operator:
    return Operator(run)


@pytest.fixture
def stored(database: Database) -> Iterator[Database]:
    store = Store(database.settings, "test")
    # Not in the order of time.
    store.save(READINGS[::-1])
    yield database
    store.close()


def in_order(readings: list[Reading]) -> list[Reading]:
    return sorted(readings, key=lambda reading: (reading.measured_at, reading.reading_id))


def readings_of(database: Database) -> set[Reading]:
    return {Reading(*(row[name] for name in Reading._fields)) for row in database.readings()}


@pytest.mark.parametrize("name", ["all.csv", "all.jsonl"])
def test_what_is_exported_and_imported_is_the_same_again(
    stored: Database, broker: VirtualHost, run: Processes, sensorctl: Operator, tmp_path: Path, name: str
) -> None:
    # given an export
    file = tmp_path / name
    assert "Exported 600 readings." in sensorctl("export", str(file))
    before = readings_of(stored)
    assert before == set(READINGS)
    # when all readings are gone and it is imported twice
    stored.rows("DELETE FROM reading")
    for _ in range(2):
        assert "Published 600 readings, refused 0 lines." in sensorctl("import", str(file))
    run.consumer(PREFETCH_COUNT="100")
    # then they are there again as they were
    eventually(lambda: broker.ready() == 0 and stored.count() == 600, DEADLINE_SECONDS, "they are stored")
    assert readings_of(stored) == before


def test_an_export_is_in_the_order_of_time_of_a_range_and_of_some_sensors(
    stored: Database, sensorctl: Operator
) -> None:
    def ids(*arguments: str) -> list[UUID]:
        lines = sensorctl("export", "-", *arguments).splitlines()
        return [UUID(json.loads(line)["reading_id"]) for line in lines if line.startswith("{")]

    def expected(first: int, behind: int, *sensors: str) -> list[UUID]:
        chosen = [
            reading
            for reading in in_order(READINGS)
            if first <= (reading.measured_at - BEGIN).total_seconds() / 1200 < behind
            and reading.sensor_id in sensors
        ]
        return [reading.reading_id for reading in chosen]

    both = ("kitchen", 'at, "tic"')
    assert ids() == expected(0, 300, *both)
    assert ids("--from", "2025-03-02", "--to", "2025-03-02T08:00+02:00") == expected(72, 90, *both)
    assert ids("--sensor", "kitchen", "--to", "2025-03-02") == expected(0, 72, "kitchen")
    assert ids("--sensor", "nobody") == []
    assert ids("--from", "1h") == []


def test_a_large_table_is_read_in_parts_by_a_cursor_of_the_server(
    stored: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 50)
    with export.rows(stored.settings, Chosen(Series.READINGS)) as rows:
        first = next(rows)
        [session] = stored.rows(
            "SELECT query, state FROM pg_stat_activity "
            "WHERE application_name = 'export' AND datname = current_database()"
        )
        # a part was fetched, and the cursor waits for the next fetch
        fetched = re.match(r"FETCH FORWARD (\d+) FROM", session["query"])
        assert fetched
        assert int(fetched[1]) <= 50
        assert session["state"] == "idle in transaction"
        # what is stored meanwhile is not of this moment
        stored.rows("DELETE FROM reading")
        others = list(rows)
    assert [row["reading_id"] for row in (first, *others)] == [r.reading_id for r in in_order(READINGS)]


# psycopg cannot close a cursor whose connection is gone, and complains.
@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_database_that_is_lost_half_way_leaves_no_file(
    stored: Database, sensorctl: Operator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 50)
    with export.rows(stored.settings, Chosen(Series.READINGS)) as rows:
        next(rows)
        stored.terminate_backends("export")
        with pytest.raises(StoreUnavailable):
            list(rows)
    del rows
    gc.collect()

    stored.rows("DROP VIEW stored_reading")
    said = sensorctl("export", str(tmp_path / "out.csv"), code=69)
    assert '"stored_reading" does not exist' in said
    assert list(tmp_path.glob("*out.csv*")) == []


def test_roll_ups_are_exported_too(stored: Database, sensorctl: Operator) -> None:
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
