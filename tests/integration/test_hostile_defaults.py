"""Defaults of a server, database or role do not change what this project stores and reads."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from db.maintenance import prepare_partitions
from db.migrate import current_version, newest_version, upgrade
from db.queries.export import ExportQuery, Series, stream_rows
from db.queries.minutes import MinuteSeries
from db.queries.sequences import RunKey, Sequences
from db.queries.server import Server
from db.queries.status import SensorStates
from db.queries.storage import read_storage
from db.queries.summary import Summary
from db.retention import Retention
from db.settings import DatabaseSettings
from db.store import Store
from readings.model import Reading
from tests.database import Database, Postgres

DEFAULTS = {
    "DateStyle": "'SQL, DMY'",
    "IntervalStyle": "sql_standard",
    "TimeZone": "'Asia/Kathmandu'",
    "extra_float_digits": "-15",
    "bytea_output": "escape",
    "standard_conforming_strings": "off",
    "array_nulls": "off",
    "transform_null_equals": "on",
    "quote_all_identifiers": "on",
    "client_encoding": "latin1",
    "search_path": "pg_catalog",
    "default_transaction_isolation": "serializable",
    "statement_timeout": "1",
    "lock_timeout": "1",
    "idle_in_transaction_session_timeout": "1",
    "idle_session_timeout": "1",
    "local_preload_libraries": "no_such_library",
    "lc_numeric": "'C'",
    "xmlbinary": "hex",
}
SENSOR = "Küche 厨房 🌡"
RUN = uuid4()


def set_defaults(database: Database) -> None:
    for name, value in DEFAULTS.items():
        database.query(f'ALTER DATABASE "{database.name}" SET {name} = {value}')


@pytest.fixture(params=["before the migration", "after the migration"])
def hostile(request: pytest.FixtureRequest, bare_database: Database) -> DatabaseSettings:
    """The settings of a database whose defaults were changed before or after its migration."""
    if request.param == "before the migration":
        set_defaults(bare_database)
    upgrade(bare_database.settings)
    set_defaults(bare_database)
    return bare_database.settings


def store(settings: DatabaseSettings) -> list[Reading]:
    """Store two readings of the last minutes, and return them."""
    now = datetime.now(UTC)
    readings = [
        Reading(uuid4(), SENSOR, now - timedelta(minutes=3, microseconds=1), 20.123456789012, RUN, 1),
        Reading(uuid4(), SENSOR, now - timedelta(minutes=2, microseconds=1), -0.1 + 0.3, None, None),
    ]
    with closing(Store(settings, "test")) as consumer:
        assert [consumer.save(readings), consumer.save(readings[:1])] == [2, 0]
        consumer.check()
    return readings


def test_readings_are_stored_and_read_exactly(hostile: DatabaseSettings) -> None:
    prepare_partitions(hostile, Retention(30, 30))
    readings = store(hostile)

    with stream_rows(hostile, ExportQuery(Series.READINGS)) as rows:
        exported = [
            Reading(**{name: row[name] for name in row.keys() & set(Reading._fields)}) for row in rows
        ]
    with stream_rows(hostile, ExportQuery(Series.HOURS)) as rows:
        assert sum(row["readings"] for row in rows) == 2
    assert exported == readings
    assert current_version(hostile) == newest_version()
    assert read_storage(hostile).retention.days == 30


def test_every_query_reads_times_intervals_and_text_correctly(
    hostile: DatabaseSettings, bare_database: Database
) -> None:
    readings = store(hostile)
    # as from a live sensor; those of an import have no usual interval
    bare_database.query("UPDATE reading SET received_at = measured_at + interval '1 second'")

    with closing(Summary(hostile)) as summary:
        (row,) = summary.sensors()
        assert (row["sensor_id"], row["last_measured_at"]) == (SENSOR, readings[1].measured_at)
        assert summary.overall()["last_temperature"] == readings[1].temperature
    with closing(Server(hostile)) as server:
        assert abs(server.time() - datetime.now(UTC).timestamp()) < 60
    with closing(SensorStates(hostile)) as states:
        (state,) = states.sensors()
        assert (state["sensor_id"], state["interval_seconds"]) == (SENSOR, 60.0)
        assert len(states.minutes(datetime.now(UTC) - timedelta(hours=1))) == 2
    with closing(MinuteSeries(hostile)) as minutes:
        assert [row.readings for row in minutes.last_hour([SENSOR])] == [1, 1]
    with closing(Sequences(hostile)) as sequences:
        assert set(sequences.runs()) == {RunKey(SENSOR, RUN)}


def test_the_tables_may_be_in_a_schema_of_their_own(postgres: Postgres) -> None:
    with postgres.database() as database:
        # given a database whose search path leads to a schema, in which it is set up
        database.query('CREATE SCHEMA "own schema"')
        database.query(f"""ALTER DATABASE "{database.name}" SET search_path = 'own schema', public""")
        upgrade(database.settings)
        # when the path is lost
        database.query(f'ALTER DATABASE "{database.name}" RESET search_path')
        upgrade(database.settings)
        store(database.settings)
        # then the same tables are used
        assert database.query('SELECT count(*) AS readings FROM "own schema".reading') == [{"readings": 2}]
        assert database.query("SELECT to_regclass('public.reading') AS second") == [{"second": None}]
