"""The migrations on a real PostgreSQL."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from db.engine import make_engine
from db.migrate import alembic_config, current_version, newest_version, upgrade
from tests.database import Database
from tests.forked import run_module
from tests.processes import inherited_environment
from tests.services import ROOT

OBJECTS = (
    "SELECT relname FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') ORDER BY relname"
)
# Of functions and relations also the privileges.
DEFINITIONS = """
SELECT 'function ' || oid::regprocedure AS object,
       concat_ws(E'\\n', pg_get_functiondef(oid), proacl, obj_description(oid)) AS definition
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL
SELECT 'relation ' || oid::regclass,
       concat_ws(E'\\n', relkind, relacl, reloptions, obj_description(oid, 'pg_class'),
                 CASE relkind WHEN 'v' THEN pg_get_viewdef(oid)
                              WHEN 'i' THEN pg_get_indexdef(oid)
                              WHEN 'I' THEN pg_get_indexdef(oid) END)
FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL
SELECT format('column %s.%s', attrelid::regclass, attname),
       concat_ws(E'\\n', format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid),
                 col_description(attrelid, attnum))
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT format('constraint %s.%s', conrelid::regclass, conname), pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT format('trigger %s.%s', tgrelid::regclass, tgname), pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
"""
SCRIPTS = ScriptDirectory.from_config(alembic_config())
VERSIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


def names(database: Database) -> list[str]:
    return [row["relname"] for row in database.query(OBJECTS)]


def test_the_schema_has_the_documented_columns(database: Database) -> None:
    assert {"sensor", "reading", "last_hour_summary", "last_hour_overall"} <= set(names(database))
    columns = database.query(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "ORDER BY table_name, ordinal_position"
    )
    measures = ["readings", "min_temperature", "mean_temperature", "max_temperature", "last_temperature",
                "last_measured_at"]  # fmt: skip
    by_table: dict[str, list[str]] = {}
    for row in columns:
        by_table.setdefault(row["table_name"], []).append(row["column_name"])
    assert by_table["last_hour_summary"] == ["sensor_id", "name", "location", *measures]
    assert by_table["last_hour_overall"] == measures
    series = ["readings", "min_temperature", "mean_temperature", "max_temperature"]
    assert by_table["reading_minute"] == ["sensor_id", "minute", *series]
    assert by_table["reading_hour"] == ["sensor_id", "hour", *series]
    assert by_table["sensor_status"] == [
        "sensor_id", "name", "location", "last_measured_at", "last_received_at", "last_temperature",
        "usual_interval", "offline_since",
    ]  # fmt: skip
    assert by_table["sensor"][:4] == ["sensor_id", "name", "location", "registered_at"]
    assert by_table["reading"][:5] == ["reading_id", "sensor_id", "measured_at", "temperature", "received_at"]


def test_concurrent_upgrades_are_safe(bare_database: Database) -> None:
    environment = inherited_environment() | bare_database.environment
    with ThreadPoolExecutor(4) as threads:
        upgrades = list(threads.map(lambda _: run_module(["db", "upgrade"], environment), range(4)))
    assert [upgrade.returncode for upgrade in upgrades] == [0, 0, 0, 0], upgrades
    assert current_version(bare_database.settings) == newest_version()


def test_upgrading_again_changes_nothing(database: Database) -> None:
    before = names(database)
    database.query("INSERT INTO sensor (sensor_id) VALUES ('kept')")
    assert upgrade(database.settings) == newest_version()
    assert names(database) == before
    assert database.query("SELECT sensor_id FROM sensor") == [{"sensor_id": "kept"}]


def test_the_version_is_printed(bare_database: Database) -> None:
    def version() -> str:
        return subprocess.run(
            [sys.executable, "-m", "db", "version"],
            cwd=ROOT,
            env=inherited_environment() | bare_database.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert version().startswith("None")
    upgrade(bare_database.settings)
    assert version().startswith(newest_version())


def test_each_downgrade_restores_the_schema_before_the_upgrade(bare_database: Database) -> None:
    schemas: list[dict[str, str]] = []
    for version in VERSIONS:
        in_a_transaction(bare_database, partial(run_alembic, "upgrade", revision=version))
        schemas.append(definitions(bare_database))
    for version, schema in list(zip(VERSIONS, schemas, strict=True))[-2::-1]:
        in_a_transaction(bare_database, partial(run_alembic, "downgrade", revision=version))
        downgraded = definitions(bare_database)
        differing = downgraded.keys() ^ schema.keys()
        if version != VERSIONS[0]:  # the downgrade to it keeps faster functions with the same results
            differing |= {name for name, definition in schema.items() if downgraded.get(name) != definition}
        assert not differing, (
            f"the file *_downgrade.sql that follows {version} does not restore their definitions or comments"
        )
    in_a_transaction(bare_database, partial(run_alembic, "downgrade", revision="base"))
    assert names(bare_database) == ["alembic_version"]
    in_a_transaction(bare_database, partial(run_alembic, "upgrade", revision="head"))
    assert definitions(bare_database) == schemas[-1]


def definitions(database: Database) -> dict[str, str]:
    """Return the definition of each function, relation, column, constraint and trigger, with its comment."""
    return {row["object"]: row["definition"] for row in database.query(DEFINITIONS)}


def run_alembic(verb: str, connection: Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    getattr(command, verb)(config, revision)


def in_a_transaction(database: Database, work: Any) -> None:
    engine = make_engine(database.settings, name="test")
    try:
        connection = engine.connect().execution_options(isolation_level="READ COMMITTED")
        with connection, connection.begin():
            work(connection)
    finally:
        engine.dispose()
