"""The examples of the documentation work on real servers."""

import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.roles import AccessLevel
from db.store import Store
from scripts.docs import schema
from tests.broker import VirtualHost
from tests.database import Database, Roles
from tests.integration.test_store import make_reading
from tests.processes import Processes
from tests.unit.docs.markdown import ROOT, blocks, blocks_of
from tests.waiting import eventually

README = ROOT / "README.md"
FORMATS = ROOT / "docs" / "guides" / "sending-readings.md"
OWNER = "amqp://sensors:sensors@127.0.0.1:5675/%2F"
WAIT_SECONDS = 30


def test_the_program_of_readme_stores_a_reading(
    run: Processes, broker: VirtualHost, database: Database
) -> None:
    # given a running consumer and the ten lines of README
    run.start_consumer()
    [program] = [block.text for block in blocks_of(README) if block.language == "python"]
    program = program.replace(OWNER, broker.url)
    assert broker.url in program

    # when it runs
    subprocess.run([sys.executable, "-c", program], check=True, timeout=WAIT_SECONDS)

    # then its reading is in the summary
    eventually(lambda: database.count() == 1, WAIT_SECONDS, "the reading is stored")
    [row] = database.query("SELECT sensor_id, last_temperature FROM last_hour_summary")
    assert row == {"sensor_id": "kitchen", "last_temperature": 21.5}


def test_every_payload_format_of_the_guide_is_accepted(
    run: Processes, broker: VirtualHost, database: Database
) -> None:
    bodies = [block.text.encode() for block in blocks_of(FORMATS) if block.language == "json"]

    for body in bodies:
        broker.publish(body)
    run.start_consumer()

    eventually(lambda: database.count() == len(bodies), WAIT_SECONDS, "every reading is stored")


def test_the_reference_describes_the_migrated_database(database: Database) -> None:
    page = schema.page(database.query)
    if os.environ.get("UPDATE_REFERENCE"):
        schema.FILE.write_text(page, encoding="utf-8")

    current = Path(schema.FILE).read_text(encoding="utf-8")
    if current != page:
        pytest.fail("docs/reference/database.md is stale: run this test with UPDATE_REFERENCE=1")


def test_the_sql_of_the_documentation_runs(database: Database) -> None:
    for block in blocks("sql"):
        database.query(block.text)


def test_a_view_over_cells_shows_each_of_them(database: Database, roles: Roles) -> None:
    # given the SQL of the page on capacity, in which the other cell is this one, too
    [block] = blocks("postgresql")
    [server] = database.query("SHOW port")
    reader = roles[AccessLevel.READER]
    login = f"user '{reader.name}', password '{reader.password.get_secret_value()}'"
    sql = block.text.replace("user 'reader', password 'reader'", login)
    sql = sql.replace("FOR reader", f"FOR {reader.name}").replace("TO reader", f"TO {reader.name}")
    sql = sql.replace("'postgres-b'", f"'127.0.0.1', port '{server['port']}'")
    sql = sql.replace("dbname 'sensors'", f"dbname '{database.name}'")
    with closing(Store(database.settings, "test store")) as store:
        store.save([make_reading("1", 20.0)._replace(measured_at=datetime.now(UTC))])

    # when it has run, and its reader reads
    database.query(sql)
    database.query(f"SET ROLE {reader.name}")
    rows = database.query("SELECT cell, sensor_id, mean_temperature FROM cells.last_hour_summary ORDER BY 1")

    # then the summary has the sensor of both
    assert rows == [{"cell": cell, "sensor_id": "1", "mean_temperature": 20.0} for cell in "ab"]
