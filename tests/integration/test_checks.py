"""The tables accept no NaN, infinity or control character; an upgrade moves such rows out of the way."""

from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from psycopg.errors import CheckViolation, DatetimeFieldOverflow

from db.engine import make_engine
from db.errors import StoreTimeout
from db.migrate import alembic_config, newest_version, upgrade
from tests.database import Database

INSERT = """
INSERT INTO reading (reading_id, sensor_id, measured_at, temperature, received_at)
VALUES (gen_random_uuid(), %s, %s, %s, %s)
"""
CHECKS = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND NOT convalidated"
DAY = timedelta(days=1)
# Before version 17, PostgreSQL cannot subtract infinite times, as a trigger does before the checks.
WITH_INFINITE_INTERVALS = 170_000


def invalid_readings(now: datetime) -> dict[str, tuple[object, ...]]:
    """Return the values of readings that are invalid, by what is wrong with each."""
    return {
        "NaN": ("kitchen", now, float("nan"), now),
        "infinity": ("kitchen", now, float("inf"), now),
        "negative infinity": ("kitchen", now, float("-inf"), now),
        "an infinite time": ("kitchen", "infinity", 20.0, now),
        "an infinitely old time": ("kitchen", "-infinity", 20.0, now),
        "an infinite time of arrival": ("kitchen", now, 20.0, "infinity"),
        "no sensor": ("", now, 20.0, now),
        "a line feed": ("kitchen\n", now, 20.0, now),
        "an escape": ("\x1b[31mkitchen", now, 20.0, now),
        "a delete": ("kitch\x7fen", now, 20.0, now),
        "a control character of 8 bits": ("kitchen\x9b31m", now, 20.0, now),
    }


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("problem", invalid_readings(datetime.now(UTC)))
def test_an_invalid_reading_is_rejected_by_every_partition(
    database: Database, now: datetime, problem: str
) -> None:
    values = invalid_readings(now)[problem]
    with database.connect() as connection:
        is_checked = connection.info.server_version >= WITH_INFINITE_INTERVALS or "infinite" not in problem
    error = CheckViolation if is_checked else DatetimeFieldOverflow
    for statement in (INSERT, INSERT.replace("INTO reading ", "INTO reading_default ")):
        with pytest.raises(error):
            database.query(statement, *values)


@pytest.mark.parametrize("column", ["sensor_id", "name", "location"])
def test_the_text_of_a_sensor_has_no_control_character(database: Database, column: str) -> None:
    database.query("INSERT INTO sensor (sensor_id, name, location) VALUES ('1', 'Küche 厨房', 'ätic')")
    with pytest.raises(CheckViolation):
        database.query(f"UPDATE sensor SET {column} = %s", "a\x07b")


def test_a_new_partition_has_the_checks(database: Database, now: datetime) -> None:
    for _ in range(2):
        database.query("SELECT create_partition('2025-03-01')")
        with pytest.raises(CheckViolation):
            database.query(
                INSERT.replace("INTO reading ", "INTO reading_20250301 "), *invalid_readings(now)["NaN"]
            )
        database.query("DROP TABLE reading_20250301")


@pytest.fixture
def first_version(bare_database: Database, now: datetime) -> Database:
    """A database of version 0001 with valid and invalid readings, also in the default partition."""
    engine = make_engine(bare_database.settings, name="test")
    config = alembic_config()
    connection = engine.connect().execution_options(isolation_level="READ COMMITTED")
    with connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    for values in [("kitchen", now, 20.0, now), *invalid_readings(now).values()]:
        bare_database.query(INSERT, *values)
        bare_database.query("INSERT INTO sensor VALUES (%s) ON CONFLICT DO NOTHING", values[0])
    bare_database.query(INSERT, "kitchen", now - 900 * DAY, float("nan"), now)
    bare_database.query(INSERT, "kitchen", now - 900 * DAY, 19.0, now)
    # the minute of a reading that was dropped after the retention
    bare_database.query(
        "INSERT INTO rollup_minute VALUES (%s, 'gone', 1, 'NaN', 'NaN', 'NaN', now())",
        minute(now - 999 * DAY),
    )
    bare_database.query(
        "UPDATE sensor SET name = E'Old\\tkitchen', location = 'ground' WHERE sensor_id = 'kitchen'"
    )
    return bare_database


def test_an_upgrade_moves_invalid_rows(
    first_version: Database, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    invalid = len(invalid_readings(now)) + 1
    # given a summary that is spoilt
    assert first_version.query("SELECT mean_temperature::text AS mean FROM last_hour_overall") == [
        {"mean": "NaN"}
    ]
    # when the database is upgraded
    upgrade(first_version.settings)
    # then invalid readings are in a table of their own, and all others are where they were
    moved = first_version.query("SELECT count(*) AS readings FROM invalid_reading")
    assert moved == [{"readings": invalid}]
    assert f"readings_moved={invalid}" in capsys.readouterr().out
    assert [
        row["temperature"] for row in first_version.query("SELECT * FROM reading ORDER BY measured_at")
    ] == [
        19.0,
        20.0,
    ]
    # and views and sensors are as if only valid readings had been stored
    assert first_version.query(
        "SELECT sensor_id, name, location, readings, mean_temperature, max_temperature FROM last_hour_summary"
    ) == [
        {
            "sensor_id": "kitchen", "name": "Old kitchen", "location": "ground", "readings": 1,
            "mean_temperature": 20.0, "max_temperature": 20.0,
        }
    ]  # fmt: skip
    assert first_version.query(
        "SELECT minute, readings, mean_temperature FROM reading_minute ORDER BY 1"
    ) == [
        {"minute": minute(now - 900 * DAY), "readings": 1, "mean_temperature": 19.0},
        {"minute": minute(now), "readings": 1, "mean_temperature": 20.0},
    ]
    assert first_version.query("SELECT sensor_id FROM sensor") == [{"sensor_id": "kitchen"}]
    assert first_version.query(CHECKS) == []


def minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def test_every_check_is_validated_after_an_upgrade(database: Database) -> None:
    assert database.query(CHECKS) == []


def test_an_upgrade_gives_way_to_a_long_reader_and_names_it(first_version: Database) -> None:
    with first_version.connect() as reader:
        reader.execute("SET application_name = 'an export'")
        with reader.transaction():
            reader.execute("SELECT FROM reading")
            with pytest.raises(
                StoreTimeout, match=r"an export \(role .*\) has used the tables since .*end it"
            ):
                upgrade(first_version.settings)
    assert upgrade(first_version.settings) == newest_version()
