"""Revised values of sources on a real database: the newest replaces what is stored, exactly, everywhere."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from db.roles import AccessLevel
from db.sensors import change_sensor, continue_changes, merge_sensor
from db.store import Store
from readings.ids import source_reading_id, uuid7
from readings.model import Reading
from readings.sensor_changes import SensorChanges
from tests.database import Database, Roles
from tests.integration.rollups import assert_views_equal_scan, close_hours

NOW = datetime.now(UTC).replace(microsecond=0)
READ_AT = NOW - timedelta(minutes=1)
LATER = NOW
AGES = (timedelta(seconds=30), timedelta(minutes=90), timedelta(days=3), timedelta(days=200))


def reading(
    age: timedelta,
    temperature: float,
    revised_at: datetime | None = None,
    sensor: str = "attic",
    reading_id: UUID | None = None,
) -> Reading:
    at = NOW - age
    identity = reading_id or source_reading_id("home", sensor, at)
    return Reading(identity, sensor, at, temperature, revised_at=revised_at)


@dataclass(frozen=True)
class Stored:
    """A database with a store that writes as the consumers' role."""

    database: Database
    store: Store

    def temperatures(self, sensor: str = "attic") -> list[float]:
        """Return the stored temperatures of a sensor, the newest first."""
        query = "SELECT temperature FROM reading WHERE sensor_id = %s ORDER BY measured_at DESC"
        return [row["temperature"] for row in self.database.query(query, sensor)]

    def check(self) -> None:
        """Compare all roll-ups with the readings."""
        close_hours(self.database)
        with self.database.connect() as connection:
            assert_views_equal_scan(connection)


@pytest.fixture
def stored(database: Database, roles: Roles) -> Iterator[Stored]:
    with closing(Store(database.settings_as(roles[AccessLevel.WRITER]), "test")) as store:
        yield Stored(database, store)


def test_the_newest_value_remains_in_the_readings_and_in_every_roll_up(stored: Stored) -> None:
    stored.store.save([reading(age, 20.0) for age in AGES] + [reading(AGES[0], 19.0, sensor="hall")])
    close_hours(stored.database)

    revised = [reading(age, 21.0 + n, READ_AT) for n, age in enumerate(AGES)]
    assert stored.store.save(revised) == 4
    assert stored.store.save(revised) == 0

    assert stored.temperatures() == [21.0, 22.0, 23.0, 24.0]
    assert stored.temperatures("hall") == [19.0]
    stored.check()


def test_the_order_of_arrival_does_not_matter(stored: Stored) -> None:
    values = [(20.0, None), (21.0, READ_AT), (22.0, LATER), (21.0, READ_AT)]

    for number, order in enumerate(permutations(values)):
        for temperature, revised_at in order:
            stored.store.save([reading(AGES[1], temperature, revised_at, f"sensor {number}")])

    rows = stored.database.query("SELECT temperature, count(*) AS readings FROM reading GROUP BY 1")
    assert rows == [{"temperature": 22.0, "readings": 24}]
    stored.check()


def test_the_same_value_read_later_remains_and_is_no_revision(stored: Stored) -> None:
    stored.store.save([reading(age, 20.0, READ_AT) for age in AGES])
    limit = {"sensor_id": "attic", "kind": "high", "threshold": 30, "severity": "warning"}
    stored.database.query("SELECT set_limits('test', %s)", json.dumps([limit]))

    assert stored.store.save([reading(age, 20.0, LATER) for age in AGES]) == 0
    assert stored.store.save([reading(age, 22.0, READ_AT + timedelta(seconds=1)) for age in AGES]) == 0

    assert stored.temperatures() == [20.0] * len(AGES)
    assert stored.database.query("SELECT * FROM changed_reading") == []
    stored.check()


def test_one_batch_may_contain_several_values_of_one_reading(stored: Stored) -> None:
    stored.store.save([reading(AGES[1], 20.0)])
    batch = [
        reading(AGES[1], 22.0, LATER),
        reading(AGES[1], 21.0, READ_AT),
        reading(AGES[2], 24.0, LATER),
        reading(AGES[2], 23.0, READ_AT),
        reading(AGES[3], 20.0),
        reading(AGES[3], 25.0, LATER),
    ]

    stored.store.save(batch)
    stored.store.save(batch[::-1])

    assert stored.temperatures() == [22.0, 24.0, 25.0]
    stored.check()


def test_a_revised_value_is_calibrated_like_any_other(stored: Stored) -> None:
    settings = stored.database.settings
    stored.store.save([reading(age, 20.0) for age in AGES])
    since = NOW - timedelta(days=10)
    change_sensor(settings, "test", "attic", SensorChanges(offset=0.5, slope=1, since=since))
    continue_changes(settings)

    stored.store.save([reading(age, 21.0, READ_AT) for age in AGES])

    assert stored.temperatures() == [21.5, 21.5, 21.5, 21.0]
    raw = stored.database.query("SELECT raw_temperature FROM reading ORDER BY measured_at DESC")
    assert [row["raw_temperature"] for row in raw] == [21.0, 21.0, 21.0, None]
    # and the same raw value is no revision
    assert stored.store.save([reading(age, 21.0, LATER) for age in AGES]) == 0
    stored.check()


def test_a_reading_that_was_moved_to_another_sensor_is_revised_there(stored: Stored) -> None:
    settings = stored.database.settings
    stored.store.save([reading(AGES[1], 20.0), reading(AGES[2], 19.0, sensor="hall")])
    merge_sensor(settings, "test", "attic", "hall")
    continue_changes(settings)

    stored.store.save([reading(AGES[1], 21.0, READ_AT)])

    assert stored.temperatures("hall") == [21.0, 19.0]
    stored.check()


def test_only_readings_of_sources_are_revised_and_only_those_of_the_sensor(stored: Stored) -> None:
    of_a_sensor = uuid7()
    stored.store.save([reading(AGES[0], 20.0, reading_id=of_a_sensor), reading(AGES[1], 20.0)])
    identity = source_reading_id("home", "attic", NOW - AGES[1])

    stored.store.save([reading(AGES[0], 99.0, LATER, reading_id=of_a_sensor)])
    stored.store.save([reading(AGES[1], 99.0, LATER, sensor="forger", reading_id=identity)])

    assert stored.temperatures() == [20.0, 20.0]


def test_the_limits_and_the_analysis_learn_of_a_revision(stored: Stored) -> None:
    stored.store.save([reading(AGES[1], 20.0), reading(AGES[2], 20.0)])
    limit = {"sensor_id": "attic", "kind": "high", "threshold": 30, "severity": "warning"}
    stored.database.query("SELECT set_limits('test', %s)", json.dumps([limit]))
    stored.database.query("INSERT INTO analysis_state (sensor_id, state) VALUES ('attic', '')")
    stored.database.query("DELETE FROM analysis_rebuild")

    stored.store.save([reading(AGES[1], 35.0, READ_AT), reading(AGES[2], 20.0, READ_AT)])

    changed = stored.database.query("SELECT DISTINCT sensor_id, since, until FROM changed_reading")
    assert changed == [{"sensor_id": "attic", "since": NOW - AGES[1], "until": NOW - AGES[1]}]
    assert stored.database.query("SELECT sensor_id FROM analysis_rebuild") == [{"sensor_id": "attic"}]
