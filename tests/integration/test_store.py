"""The store on a real PostgreSQL: each reading is stored once, and errors are translated."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from db.errors import InvalidData, StoreUnavailable
from db.roles import AccessLevel
from db.settings import DatabaseSettings
from db.store import Store
from readings.model import Reading
from readings.stored_reading import StoredReading
from runtime.settings import load
from tests.database import Database, Roles
from tests.waiting import DEADLINE_SECONDS, eventually
from tests.writers import four_writers

NOW = datetime.now(UTC)
WAITING = """
SELECT count(*) AS waiting FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'test store' AND wait_event_type = 'Lock'
"""


def make_reading(sensor_id: str = "1", temperature: float = 21.5, seconds_ago: float = 0) -> Reading:
    return Reading(uuid4(), sensor_id, NOW - timedelta(seconds=seconds_ago), temperature, uuid4(), 7)


def test_a_reading_is_stored_as_it_is(store: Store, database: Database) -> None:
    reading = make_reading()
    assert store.save([reading]) == 1
    (row,) = database.readings()
    received_at = row.pop("received_at")
    assert row == reading._asdict() | {"raw_temperature": None, "stored_xid": row["stored_xid"]}
    assert abs(received_at - datetime.now(UTC)) < timedelta(seconds=30)


def test_a_reading_without_run_and_sequence_is_stored(store: Store, database: Database) -> None:
    assert store.save([make_reading()._replace(run_id=None, sequence=None)]) == 1
    assert [(row["run_id"], row["sequence"]) for row in database.readings()] == [(None, None)]


@pytest.mark.parametrize(
    "changes",
    [
        {"measured_at": datetime(1600, 1, 1, 0, 0, 0, 1, UTC), "temperature": -273.15, "sequence": 0},
        {"measured_at": datetime(1999, 12, 31, 23, 59, 59, 999_999, UTC), "sensor_id": "büro/🌡:%b $1"},
        {"measured_at": datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC), "sequence": 2**63 - 1},
        {"import_id": uuid4(), "run_id": None, "temperature": 0.1 + 0.2},
    ],
)
def test_a_reading_is_stored_by_itself_as_it_is_in_a_batch(
    store: Store, database: Database, changes: dict[str, Any]
) -> None:
    alone, other, in_batch = (make_reading()._replace(**changes) for _ in range(3))
    assert (store.save([alone]), store.save([other, in_batch])) == (1, 2)
    stored = {row["reading_id"]: row for row in database.readings()}
    for reading in (alone, other, in_batch):
        assert stored[reading.reading_id].items() >= reading._asdict().items()


def test_a_stored_reading_is_not_counted_again(store: Store, database: Database) -> None:
    reading = make_reading()
    assert [store.save([reading]) for _ in range(3)] == [1, 0, 0]
    assert database.count() == 1


def test_only_new_readings_of_a_batch_are_stored(store: Store, database: Database) -> None:
    old, new = [make_reading() for _ in range(5)], [make_reading() for _ in range(7)]
    store.save(old)
    assert store.save([*new, *old]) == len(new)
    assert database.count() == len(old) + len(new)


def test_duplicates_within_a_batch_are_stored_once(store: Store, database: Database) -> None:
    readings = [make_reading() for _ in range(3)]
    assert store.save([*readings, *readings]) == 3
    assert database.count() == 3


def test_of_readings_with_the_same_id_in_a_batch_the_first_is_stored(
    store: Store, database: Database
) -> None:
    first = [make_reading(temperature=20) for _ in range(300)]
    again = [reading._replace(temperature=30) for reading in reversed(first)]
    assert store.save([*first, *again]) == 300
    assert {row["temperature"] for row in database.readings()} == {20}


def test_what_is_stored_under_the_id_of_a_reading_is_found_on_its_day(
    database: Database, roles: Roles
) -> None:
    stored = [make_reading("a", 20, seconds_ago=n * 86_400) for n in range(3)]
    others = [reading._replace(temperature=30.0, sensor_id="b") for reading in stored]
    next_day = stored[0]._replace(measured_at=stored[0].measured_at + timedelta(days=1))
    with closing(Store(database.settings_as(roles[AccessLevel.WRITER]), "test store")) as store:
        store.save(stored)
        found = store.find_stored([make_reading(), *others, next_day, stored[0]])

    assert found == {
        position: StoredReading("a", position == 5, reading.measured_at, 20.0, None)
        for position, reading in enumerate([*stored, next_day, stored[0]], start=1)
        if reading is not next_day
    }


def test_a_large_batch_is_stored(store: Store, database: Database) -> None:
    assert store.save([make_reading(str(n % 40), n / 100) for n in range(2000)]) == 2000
    assert database.count() == 2000


def test_an_empty_batch_stores_nothing(store: Store) -> None:
    assert store.save([]) == 0


def test_an_unknown_sensor_registers_itself_once(store: Store, database: Database) -> None:
    for reading in [make_reading("new"), make_reading("new"), make_reading("other")]:
        store.save([reading])
    rows = database.query("SELECT sensor_id, name, location FROM sensor ORDER BY sensor_id")
    assert [row["sensor_id"] for row in rows] == ["new", "other"]
    assert all(row["name"] is None and row["location"] is None for row in rows)


def test_after_a_lost_connection_a_sensor_registers_itself_again(store: Store, database: Database) -> None:
    # given a server that lacks the registration, as one does that took over without the last commits
    store.save([make_reading("attic")])
    database.query("DELETE FROM sensor")
    # when the store connects again
    database.terminate_backends("test store")
    with pytest.raises(StoreUnavailable):
        store.save([make_reading("attic")])
    store.save([make_reading("attic")])
    # then the status shows the sensor
    assert [row["sensor_id"] for row in database.query("SELECT sensor_id FROM sensor_status")] == ["attic"]


def test_a_sensor_keeps_its_name_and_location(store: Store, database: Database) -> None:
    database.query("INSERT INTO sensor (sensor_id, name, location) VALUES ('1', 'Kitchen', 'ground floor')")
    store.save([make_reading("1")])
    (row,) = database.query("SELECT name, location FROM sensor")
    assert row == {"name": "Kitchen", "location": "ground floor"}


def test_four_writers_of_the_same_readings_neither_deadlock_nor_store_duplicates(database: Database) -> None:
    readings = [make_reading(f"shared-{n % 5}", n) for n in range(600)]
    batches = [readings[start : start + 20] for start in range(0, len(readings), 20)]
    counted: list[int] = []

    def write(store: Store, number: int) -> None:
        order = batches[::-1] if number % 2 else batches
        counted.extend(store.save(batch[::-1] if number > 1 else batch) for batch in order)

    four_writers(database.settings, write)
    assert sum(counted) == database.count() == 600
    assert len(database.query("SELECT sensor_id FROM sensor")) == 5


def test_a_batch_with_data_that_the_database_rejects_is_not_stored(store: Store, database: Database) -> None:
    database.query("ALTER TABLE reading ADD CONSTRAINT plausible CHECK (temperature < 100)")
    with pytest.raises(InvalidData, match="plausible"):
        store.save([make_reading(temperature=20), make_reading(temperature=101)])
    assert database.count() == 0
    assert store.save([make_reading(temperature=20)]) == 1


def test_a_value_that_the_driver_rejects_is_invalid_data(store: Store, database: Database) -> None:
    with pytest.raises(InvalidData):
        store.save([make_reading("nul\0character")])
    assert database.count() == 0


def test_a_missing_table_means_unavailable_and_is_named(bare_database: Database) -> None:
    store = Store(bare_database.settings, "test store")
    with pytest.raises(StoreUnavailable, match='relation "sensor" does not exist'):
        store.save([make_reading()])
    store.close()


def test_a_writer_may_wait_for_the_standbys_that_may_lack_a_duplicate(
    database: Database, roles: Roles
) -> None:
    reading = make_reading()
    with closing(Store(database.settings_as(roles[AccessLevel.WRITER]), "test writer")) as store:
        assert [store.save([reading]) for _ in range(2)] == [1, 0]


def test_a_lost_connection_means_unavailable_and_the_next_call_reconnects(
    store: Store, database: Database
) -> None:
    store.save([make_reading()])  # prepares its statement, which the next connection lacks
    assert database.terminate_backends("test store") == 1
    reading = make_reading()
    with pytest.raises(StoreUnavailable):
        store.save([reading])
    assert store.save([reading]) == 1


def test_the_statement_for_one_reading_is_prepared(store: Store, database: Database) -> None:
    store.save([make_reading()])
    database.query("CREATE TABLE prepared (statement text)")
    store._execute("INSERT INTO prepared SELECT statement FROM pg_prepared_statements")
    assert "INSERT INTO reading" in "".join(row["statement"] for row in database.query("TABLE prepared"))


def test_a_lock_of_another_writer_means_unavailable_after_the_lock_timeout(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.engine.LOCK_TIMEOUT_SECONDS", 1)
    reading = make_reading()
    store = Store(database.settings, "test store")
    with database.connect() as other, other.transaction():
        other.execute(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) VALUES (%s, '1', %s, 1)",
            (reading.reading_id, reading.measured_at),
        )
        with pytest.raises(StoreUnavailable, match="lock timeout"):
            store.save([reading])
    assert store.save([reading]) == 0
    store.close()


def test_a_deadlock_with_another_session_means_unavailable_and_nothing_is_counted_twice(
    database: Database, store: Store
) -> None:
    # given an administrator whose transaction holds the minute of sensor b
    minute = "SELECT FROM rollup_minute WHERE sensor_id = %s FOR UPDATE"
    store.save([make_reading("a"), make_reading("b")])
    batch = [make_reading("a"), make_reading("b")]
    with database.connect() as other, ThreadPoolExecutor() as thread:
        other.execute("SET deadlock_timeout = '1h'")  # so that it is the store that the server ends
        with other.transaction():
            other.execute(minute, ("b",))
            # when a batch holds the minute of sensor a, and the transaction requires that one
            saving = thread.submit(store.save, batch)
            eventually(lambda: database.query(WAITING) == [{"waiting": 1}], DEADLINE_SECONDS, "it waits")
            other.execute(minute, ("a",))
            # then the batch can be stored later
            # (a deadlock that occurs after the server has searched for one ends with the lock timeout)
            with pytest.raises(StoreUnavailable, match=r"deadlock detected|lock timeout"):
                saving.result()
        assert store.save(batch) == 2
    assert database.query("SELECT sum(readings)::integer AS n FROM rollup_minute") == [{"n": 4}]
    assert database.count() == 4


def test_an_unreachable_database_is_reported_without_the_password() -> None:
    store = Store(load(DatabaseSettings, database_url="postgresql://u:hunter2@127.0.0.1:1/x"), "test store")
    with pytest.raises(StoreUnavailable) as caught:
        store.check()
    assert "hunter2" not in str(caught.value)
    store.close()


def test_a_wrong_password_means_unavailable_and_is_reported(database: Database) -> None:
    wrong = database.url.replace("@", "hunter2@", 1)
    store = Store(load(DatabaseSettings, database_url=wrong), "test store")
    with pytest.raises(StoreUnavailable, match="password authentication failed") as caught:
        store.check()
    assert "hunter2" not in str(caught.value)
    store.close()


def test_equal_readings_with_different_ids_are_both_stored(store: Store, database: Database) -> None:
    one, two = make_reading(), make_reading()
    two = two._replace(measured_at=one.measured_at, sensor_id=one.sensor_id, temperature=one.temperature)
    assert store.save([one, two]) == 2
    assert {row["reading_id"] for row in database.readings()} == {one.reading_id, two.reading_id}
