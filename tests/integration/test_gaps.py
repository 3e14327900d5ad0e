"""The gaps of sources on a real database, and the plan that fetches exactly those."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from db.queries.statements import Statements
from db.roles import AccessLevel
from db.sensors import change_sensor, continue_changes, merge_sensor
from db.store import Store
from db.workflows.gaps import Gaps
from db.workflows.planning import Planner
from db.workflows.sources import Sources
from jobs.gaps import Gap
from readings.ids import source_reading_id
from readings.model import Reading
from readings.sensor_changes import SensorChanges
from runtime.errors import InvalidInput
from tests.database import Database, Roles

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
START = NOW - 100 * HOUR
LAG_HOURS = 2


@dataclass(frozen=True)
class Home:
    """A source of two sensors in a database."""

    database: Database
    store: Store
    statements: Statements

    def save(self, sensor: str, *hours: float) -> None:
        """Store readings of a sensor, measured so many hours after the start."""
        times = [START + hour * HOUR for hour in hours]
        self.store.save([Reading(source_reading_id("home", sensor, at), sensor, at, 20.0) for at in times])

    def cover(self, first: float, last: float) -> None:
        """Record that this time was read completely."""
        self.database.query(
            "INSERT INTO source_coverage VALUES ('home', tstzmultirange(tstzrange(%(start)s, %(end)s))) "
            "ON CONFLICT (source) DO UPDATE SET covered = source_coverage.covered + excluded.covered",
            start=START + first * HOUR,
            end=START + last * HOUR,
        )

    def gaps(self, **options: Any) -> list[tuple[str, float, float]]:
        """Return the gaps: their sensor, start and end in hours after the start."""
        source = Sources(self.statements).read("home")
        assert source
        found = Gaps(self.statements).find(source, NOW, **options)
        return [(gap.sensor_id, (gap.start - START) / HOUR, (gap.end - START) / HOUR) for gap in found]

    def chunks(self, **fields: Any) -> list[tuple[float, float]]:
        """Return the chunks that fetch what is missing."""
        plan = Planner(self.statements, lambda: NOW).plan("gaps", {"source": "home"} | fields)
        times = [(job.spec["from"], job.spec["to"]) for job in plan.jobs]
        return [
            tuple((datetime.fromisoformat(each) - START) / HOUR for each in pair)  # type: ignore[misc]
            for pair in times
        ]


@pytest.fixture
def home(database: Database, roles: Roles) -> Iterator[Home]:
    sensors = [{"remote": "t1", "sensor_id": "attic"}, {"remote": "t2", "sensor_id": "cellar"}]
    fields = {
        "kind": "influxdb",
        "address": "http://127.0.0.1:8086",
        "sensors": sensors,
        "lag_seconds": LAG_HOURS * 3600,
        "options": {"database": "home"},
    }
    database.query("SELECT put_source('test', 'home', %s)", Jsonb(fields))
    with (
        closing(Store(database.settings_as(roles[AccessLevel.WRITER]), "test")) as store,
        closing(Statements(database.settings_as(roles[AccessLevel.READER]), "test")) as statements,
    ):
        yield Home(database, store, statements)


MINUTE = 1 / 60


def test_a_gap_is_neither_covered_nor_between_readings_that_are_close_together(home: Home) -> None:
    home.save("attic", 0, 0.5, 1, 1.5, 2, 30, 30.5, 31)
    home.save("cellar", *(0.5 * n for n in range(197)))
    home.cover(10, 20)

    assert home.gaps() == [("attic", 2 + MINUTE, 10), ("attic", 20, 30), ("attic", 31 + MINUTE, 98)]
    assert home.gaps(sensor="cellar") == []
    assert home.gaps(start=START + 5 * HOUR, end=START + 40 * HOUR) == [
        ("attic", 5, 10),
        ("attic", 20, 30),
        ("attic", 31 + MINUTE, 40),
    ]


def test_a_source_of_which_nothing_is_known_has_no_gap_without_a_start(home: Home) -> None:
    assert home.gaps() == []
    assert home.gaps(start=START) == [("attic", 0, 98), ("cellar", 0, 98)]
    assert home.chunks() == []


def test_a_constant_temperature_is_no_gap_where_the_source_was_read(home: Home) -> None:
    home.save("attic", 0, 97)
    home.cover(0, 98)

    assert home.gaps() == []


def test_the_usual_or_the_expected_interval_says_what_is_close_together(home: Home) -> None:
    home.cover(0, 1)
    home.save("cellar", *range(98))
    home.save("attic", *range(0, 50, 5), *range(66, 98, 5))

    assert home.gaps() == [("attic", 45 + MINUTE, 66)]
    change_sensor(
        home.database.settings, "test", "attic", SensorChanges(expected_interval_seconds=7.5 * 3600)
    )
    assert home.gaps() == []
    assert home.gaps(min_length=22 * HOUR) == []


def test_a_merged_sensor_has_its_readings_in_the_other(home: Home) -> None:
    home.cover(0, 1)
    home.save("cellar", *range(98))
    home.save("attic", *range(98))
    home.save("hall", 97)
    merge_sensor(home.database.settings, "test", "attic", "hall")
    continue_changes(home.database.settings)

    assert home.gaps() == []


def test_what_is_older_than_the_retention_is_in_no_gap(home: Home, today: date) -> None:
    home.save("attic", 0, 97)
    home.save("cellar", *range(98))
    home.database.query("INSERT INTO retention (days) VALUES (2)")
    since = (datetime.combine(today - timedelta(days=2), datetime.min.time(), UTC) - START) / HOUR

    assert home.gaps(sensor="attic") == [("attic", since, 97)]


def test_exactly_the_gaps_are_fetched_in_chunks(home: Home) -> None:
    home.save("attic", *(0.5 * n for n in range(20)), *(0.5 * n for n in range(100, 197)))
    home.save("cellar", *(0.5 * n for n in range(60)), *(0.5 * n for n in range(140, 197)))

    first, last = 9.5 + MINUTE, 70
    assert home.chunks(chunk=24 * 3600) == [(first, first + 24), (first + 24, first + 48), (first + 48, last)]
    assert home.chunks(chunk=24 * 3600, newest_first=True)[0] == (first + 48, last)
    home.cover(first, last)
    assert home.chunks() == []


def test_a_source_without_history_is_refused(home: Home) -> None:
    home.database.query("UPDATE source SET kind = 'zigbee2mqtt'")

    with pytest.raises(InvalidInput, match="keeps no history"):
        home.chunks()


def test_gaps_of_all_sources_name_the_source(home: Home) -> None:
    home.save("attic", *range(10))
    home.cover(0, 9)

    gaps = Gaps(home.statements).find_all(NOW)

    assert gaps == [
        Gap("home", "attic", START + 9 * HOUR + HOUR / 60, NOW - LAG_HOURS * HOUR),
        Gap("home", "cellar", START + 9 * HOUR, NOW - LAG_HOURS * HOUR),
    ]
