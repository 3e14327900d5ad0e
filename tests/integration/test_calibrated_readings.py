"""After any calibrations and merges everything equals a plain computation, also while consumers store."""

import itertools
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from db.sensors import change_sensor, continue_changes
from db.store import Store
from readings.ids import derive_reading_id, uuid7
from readings.model import Reading
from readings.sensor_changes import SensorChanges
from tests.database import Database, Row
from tests.examples import max_examples
from tests.integration.rollups import assert_views_equal_scan, insert, rolled_back
from tests.waiting import DEADLINE_SECONDS
from tests.writers import WRITERS, four_writers

SENSORS = ("fridge", "frigde", "hall")


# Few temperatures in whole seconds, so that sensors measure the same at one time; some ahead of the clock.
AGES = st.one_of(st.integers(-200, 200), st.sampled_from([3_600, 5_400, 7_200, 7_260, 90_000, 200_000]))


READINGS = st.tuples(st.sampled_from(SENSORS), AGES, st.sampled_from([0.1, 4.0, 23.289]))


CALIBRATIONS = st.tuples(
    st.just("calibrate"),
    st.sampled_from(SENSORS),
    st.fixed_dictionaries(
        {}, optional={"offset": st.sampled_from([0, 0.3, -1.1]), "slope": st.sampled_from([1, 0.97])}
    ),
    st.one_of(st.none(), AGES.filter(lambda age: age >= 0)),
)


STORED = """
SELECT sensor_id, measured_at, temperature, raw_temperature AS raw FROM stored_reading ORDER BY 1, 2, 3, 4
"""


NOT_CALIBRATED = """
SELECT * FROM stored_reading AS reading
LEFT JOIN LATERAL (
    SELECT offset_kelvin, slope FROM calibration
    WHERE calibration.sensor_id = reading.sensor_id AND valid_from <= measured_at
    ORDER BY valid_from DESC LIMIT 1
) AS calibration ON true
WHERE temperature
    <> coalesce(round((raw_temperature * slope + offset_kelvin)::numeric, 9)::float8, raw_temperature)
"""


OPERATIONS = st.one_of(
    st.tuples(st.just("save"), st.lists(READINGS, min_size=1, max_size=8)),
    CALIBRATIONS,
    st.tuples(st.just("merge"), st.permutations(SENSORS)),
    st.tuples(st.just("advance"), st.integers(1, 4)),
)


def now_of(connection: psycopg.Connection[Row]) -> datetime:
    found = connection.execute("SELECT date_trunc('second', now()) AS now").fetchone()
    assert found
    now: datetime = found["now"].astimezone(UTC)
    return now


def aged_reading(values: tuple[str, int, float], now: datetime) -> Reading:
    sensor, age, temperature = values
    measured_at = now - timedelta(seconds=age)
    return Reading(derive_reading_id(sensor, measured_at, temperature), sensor, measured_at, temperature)


class PlainReadings:
    """What is stored, computed plainly: raw readings, calibrations by their dates, and merges."""

    def __init__(self) -> None:
        self.raw: dict[UUID, Reading] = {}
        self.merged: dict[str, str] = {}

    def save(self, readings: Sequence[Reading]) -> None:
        for reading in readings:
            self.raw.setdefault(reading.reading_id, reading)

    def owner(self, sensor: str) -> str:
        return self.owner(self.merged[sensor]) if sensor in self.merged else sensor

    def expected(self, calibrations: Sequence[Row]) -> list[tuple[Any, ...]]:
        """Return sensor, time, calibrated and raw temperature of all readings."""
        result = []
        for _, sensor, measured_at, raw, *_ in self.raw.values():
            owner = self.owner(sensor)
            applied = [c for c in calibrations if c["sensor_id"] == owner and c["valid_from"] <= measured_at]
            last = max(applied, key=lambda c: c["valid_from"]) if applied else None
            value = round(raw * last["slope"] + last["offset_kelvin"], 9) if last else raw
            result.append((owner, measured_at, value, raw))
        return sorted(result)


def save(connection: psycopg.Connection[Row], readings: list[Reading]) -> None:
    sensors = sorted({reading.sensor_id for reading in readings})
    connection.execute(
        "INSERT INTO sensor (sensor_id) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (sensors,)
    )
    insert(connection, readings)


def finish(connection: psycopg.Connection[Row]) -> None:
    """Apply what remains, in small parts."""
    while connection.execute("SELECT advance_sensor_changes(3) AS remains").fetchone() == {"remains": True}:
        pass


def attempt(connection: psycopg.Connection[Row], statement: str, *parameters: object) -> bool:
    """Execute the statement; return whether it was accepted."""
    try:
        with connection.transaction():
            connection.execute(statement, parameters)
    except psycopg.errors.InvalidParameterValue:
        return False
    return True


@given(operations=st.lists(OPERATIONS, max_size=12))
@settings(
    max_examples=max_examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_after_any_changes_everything_equals_a_plain_computation(
    database: Database, operations: list[tuple[Any, ...]]
) -> None:
    plain = PlainReadings()
    with rolled_back(database) as connection:
        now = now_of(connection)
        for kind, *arguments in operations:
            if kind == "save":
                readings = [aged_reading(values, now) for values in arguments[0]]
                save(connection, readings)
                plain.save(readings)
            elif kind == "calibrate":
                sensor, changes, age = arguments
                since = {} if age is None else {"since": (now - timedelta(seconds=age)).isoformat()}
                attempt(connection, "SELECT change_sensor('t', %s, %s)", sensor, Jsonb(changes | since))
            elif kind == "merge":
                source, target, _ = arguments[0]
                if attempt(connection, "SELECT merge_sensor('t', %s, %s)", source, target):
                    plain.merged[source] = target
            else:
                connection.execute("SELECT advance_sensor_changes(%s)", (arguments[0],))
        finish(connection)
        stored = [tuple(row.values()) for row in connection.execute(STORED).fetchall()]
        expected = plain.expected(connection.execute("SELECT * FROM calibration").fetchall())
        if plain.merged:  # a reading that two merged sensors have is kept once
            assert set(stored) == set(expected)
            assert Counter(stored) <= Counter(expected)
        else:
            assert stored == expected
        assert_views_equal_scan(connection)
        assert connection.execute("SELECT FROM reading WHERE raw_temperature = temperature").fetchall() == []


def test_readings_stored_during_calibrations_have_the_one_of_their_time(database: Database) -> None:
    stop, calibrations = threading.Event(), threading.Semaphore(0)
    failures: list[Exception] = []

    def calibrate() -> None:
        try:
            for offset in itertools.cycle([0.5, -0.25, 0.0]):
                if stop.is_set():
                    return
                for sensor in ("shared 0", "shared 1"):
                    since = datetime.now(UTC) - timedelta(seconds=30) if offset < 0 else None
                    change_sensor(database.settings, "t", sensor, SensorChanges(offset=offset, since=since))
                calibrations.release()
                continue_changes(database.settings)
        except Exception as error:  # noqa: BLE001 (reported by the test)
            failures.append(error)

    def write(store: Store, number: int) -> None:
        for n in range(60):
            now = datetime.now(UTC) - timedelta(seconds=n % 5)
            batch = [Reading(uuid7(), f"shared {i}", now, float(n + number)) for i in range(4)]
            assert store.save(batch[: 1 if n % 3 else 4]) > 0

    database.query("INSERT INTO sensor (sensor_id) SELECT 'shared ' || n FROM generate_series(0, 3) AS n")
    calibrating = threading.Thread(target=calibrate)
    calibrating.start()
    try:
        four_writers(database.settings, write)
        assert calibrations.acquire(timeout=DEADLINE_SECONDS), "not even one calibration"
    finally:
        stop.set()
        calibrating.join(DEADLINE_SECONDS)
    continue_changes(database.settings)
    assert failures == []
    assert database.count() == WRITERS * (20 * 4 + 40)
    assert database.query(NOT_CALIBRATED) == []
    with rolled_back(database) as connection:
        assert_views_equal_scan(connection)
