"""Hours and days: at any moment the views equal a plain computation over the readings."""

import threading
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.store import Store
from readings.model import Reading
from tests.database import Database, Row
from tests.examples import max_examples
from tests.integration import rollups
from tests.integration.rollups import MEAN_TOLERANCE, close_hours, roll_up_hours, rolled_back
from tests.waiting import DEADLINE_SECONDS
from tests.writers import four_writers

HOUR = timedelta(hours=1)
# Days on which clocks are changed, at midnight or later; and zones whose days start within an hour.
CHANGES = {
    "UTC": [datetime(2026, 1, 1, tzinfo=UTC)],
    "Europe/Berlin": [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2025, 10, 26, 1, tzinfo=UTC)],
    "America/Sao_Paulo": [datetime(2018, 11, 4, 3, tzinfo=UTC), datetime(2018, 2, 18, 2, tzinfo=UTC)],
    "Asia/Kathmandu": [datetime(2026, 5, 1, 18, 15, tzinfo=UTC)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2025, 10, 4, 15, 30, tzinfo=UTC)],
}


class Stored(NamedTuple):
    """A reading as the test knows it."""

    sensor_id: str
    measured_at: datetime
    temperature: float


Buckets = dict[tuple[str, Any], tuple[int, float, float, float]]

OFFSETS = st.one_of(
    st.sampled_from(
        [timedelta(0), timedelta(microseconds=-1), timedelta(minutes=-15), timedelta(minutes=45)]
    ),
    st.timedeltas(timedelta(hours=-50), timedelta(hours=50)),
)
READINGS = st.lists(
    st.tuples(
        st.uuids(version=4),
        st.sampled_from(["1", "ätic"]),
        st.sampled_from(["change 1", "change 2", "now"]),
        OFFSETS,
        st.floats(-50, 100).map(lambda value: round(value, 3)),
    ),
    min_size=1,
    max_size=8,
)
STEPS = st.lists(
    st.one_of(
        READINGS,
        st.sampled_from(["maintain", "maintain", "delete", "rebuild", "reset"]),
        st.sampled_from(sorted(CHANGES)).map(lambda zone: f"zone {zone}"),
    ),
    min_size=1,
    max_size=10,
)


@given(zone=st.sampled_from(sorted(CHANGES)), steps=STEPS, data=st.data())
@settings(
    max_examples=max_examples(50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_views_equal_a_computation_over_the_readings_after_each_step(
    database: Database, zone: str, steps: list[Any], data: st.DataObject
) -> None:
    stored: dict[UUID, Stored] = {}
    moments = dict(zip(("change 1", "change 2"), CHANGES[zone] * 2, strict=False))
    with rolled_back(database) as connection:
        connection.execute("SELECT set_time_zone(%s)", (zone,))
        now = connection.execute("SELECT now() AS now").fetchall()[0]["now"].astimezone(UTC)
        for step in steps:
            if isinstance(step, list):
                insert(connection, stored, step, moments | {"now": now - timedelta(hours=51)})
            elif step.startswith("zone "):
                zone = step.removeprefix("zone ")
                connection.execute("SELECT set_time_zone(%s)", (zone,))
            elif step == "delete" and stored:
                reading_id = data.draw(st.sampled_from(sorted(stored)))
                connection.execute("DELETE FROM reading WHERE reading_id = %s", (reading_id,))
                del stored[reading_id]
            else:
                execute(connection, step)
            assert_views_equal(connection, stored.values(), zone)


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-03-28 23:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04 03:00"),  # clocks skipped midnight
        ("America/Sao_Paulo", "2018-02-18", "2018-02-18 03:00"),  # the hour before midnight occurred twice
        ("America/Havana", "2019-11-03", "2019-11-03 04:00"),  # midnight occurred twice
        ("Pacific/Apia", "2011-12-30", "2011-12-30 10:00"),  # the day was skipped
    ],
)
def test_a_day_starts_with_its_first_moment(database: Database, zone: str, day: str, start: str) -> None:
    rows = database.query(
        "SELECT (local_day_start(%s, %s) AT TIME ZONE 'UTC')::timestamp(0)::text AS start", day, zone
    )
    assert rows == [{"start": f"{start}:00"}]


def insert(
    connection: psycopg.Connection[Row],
    stored: dict[UUID, Stored],
    readings: list[tuple[UUID, str, str, timedelta, float]],
    moments: dict[str, datetime],
) -> None:
    rows = [
        Reading(reading_id, sensor_id, moments[near] + offset, temperature)
        for reading_id, sensor_id, near, offset, temperature in readings
    ]
    rollups.insert(connection, rows)
    stored |= {row[0]: Stored(row[1], row[2], row[3]) for row in rows}


def execute(connection: psycopg.Connection[Row], step: str) -> None:
    statement = {
        "maintain": "SELECT roll_up_hours()",
        "rebuild": "SELECT rebuild_rollups('-infinity', 'infinity')",
        "reset": "SELECT reset_hours()",
    }.get(step)
    if statement:
        connection.execute(statement)


def assert_views_equal(connection: psycopg.Connection[Row], readings: Iterable[Stored], zone: str) -> None:
    local = ZoneInfo(zone)
    readings = list(readings)
    hours = connection.execute("SELECT hour AS starts_at, * FROM reading_hour").fetchall()
    expected = aggregate(readings, lambda at: at.replace(minute=0, second=0, microsecond=0))
    assert_equal(aggregates(hours, lambda at: at.astimezone(UTC)), expected)
    days = connection.execute("SELECT day AS starts_at, * FROM reading_day").fetchall()
    expected = aggregate(readings, lambda at: at.astimezone(local).date())
    assert_equal(aggregates(days, lambda at: at.astimezone(UTC).astimezone(local).date()), expected)
    for row in days:
        assert is_first_moment_of_a_day(row["starts_at"].astimezone(UTC), local)


def is_first_moment_of_a_day(moment: datetime, zone: ZoneInfo) -> bool:
    before = (moment - timedelta(microseconds=1)).astimezone(zone).date()
    return before < moment.astimezone(zone).date()


def aggregate(readings: Iterable[Stored], bucket: Any) -> Buckets:
    temperatures = defaultdict(list)
    for reading in readings:
        temperatures[reading.sensor_id, bucket(reading.measured_at)].append(reading.temperature)
    return {
        key: (len(values), min(values), sum(values) / len(values), max(values))
        for key, values in temperatures.items()
    }


def aggregates(rows: list[Row], bucket: Any) -> Buckets:
    found = {
        (row["sensor_id"], bucket(row["starts_at"])): (
            row["readings"],
            row["min_temperature"],
            row["mean_temperature"],
            row["max_temperature"],
        )
        for row in rows
    }
    assert len(found) == len(rows)
    return found


def assert_equal(found: Buckets, expected: Buckets) -> None:
    assert found.keys() == expected.keys()
    for key, (readings, low, mean, high) in expected.items():
        assert found[key][:2] == (readings, low), key
        assert abs(found[key][2] - mean) < MEAN_TOLERANCE, key
        assert found[key][3] == high, key


def test_an_open_transaction_keeps_its_hour_open(database: Database) -> None:
    """A reading that was stored in time, and is committed late, is not missed."""
    measured_at = datetime.now(UTC) - timedelta(minutes=50)
    with database.connect() as connection, connection.transaction():
        connection.execute(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
            "VALUES (gen_random_uuid(), '1', %s, 1)",
            (measured_at,),
        )
        # When the hour is closed hours later, by the clock of a test that cannot wait.
        database.query(
            "UPDATE rollup_state SET closing_until = date_bin('1 hour', now() + '1 hour', '2000-01-01'), "
            "closing_xid = pg_current_xact_id()"
        )
        roll_up_hours(database)
        assert database.query("SELECT hours_until < now() - interval '1 hour' AS open FROM rollup_state") == [
            {"open": True}
        ]
    close_hours(database)
    assert database.query("SELECT readings FROM rollup_hour") == [{"readings": 1}]


def test_hours_are_closed_on_the_new_server_of_a_restored_database(database: Database) -> None:
    database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "VALUES (gen_random_uuid(), '1', now() - interval '5 hours', 1)"
    )
    database.query(
        "UPDATE rollup_state SET closing_xid = (pg_current_xact_id()::text::bigint + 1e9)::text::xid8"
    )

    close_hours(database)

    assert database.query("SELECT readings FROM rollup_hour") == [{"readings": 1}]


def test_the_views_are_exact_while_writers_and_maintenance_run(database: Database) -> None:
    stop = threading.Event()
    failures: list[Any] = []

    def maintain_until_stopped() -> None:
        with database.connect() as connection:
            while not stop.is_set():
                connection.execute("SELECT roll_up_hours()")

    def compare_until_stopped() -> None:
        with database.connect() as connection:
            while not stop.is_set():
                rows = connection.execute(
                    "SELECT (SELECT sum(readings) FROM reading_hour)::int AS hours, "
                    "(SELECT sum(readings) FROM reading_day)::int AS days, "
                    "(SELECT nullif(count(*), 0) FROM reading)::int AS readings"
                ).fetchall()
                failures.extend(row for row in rows if len(set(row.values())) > 1)

    def write(store: Store, number: int) -> None:
        for n in range(60):
            start = datetime.now(UTC) - timedelta(hours=3 * (n % 20))
            store.save([Reading(uuid4(), f"shared {k % 3}", start - k * HOUR, 20.0) for k in range(10)])

    threads = [
        threading.Thread(target=run) for run in (maintain_until_stopped,) * 2 + (compare_until_stopped,)
    ]
    for thread in threads:
        thread.start()
    try:
        four_writers(database.settings, write)
    finally:
        stop.set()
        for thread in threads:
            thread.join(DEADLINE_SECONDS)
    assert failures == []
    close_hours(database)
    assert database.query("SELECT sum(readings)::int AS readings FROM reading_day") == [
        {"readings": database.count()}
    ]
    assert database.query("SELECT count(*) FROM stale_hour") == [{"count": 0}]
