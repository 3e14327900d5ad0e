"""The examples of the documentation work on real servers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.docs import schema
from tests.broker import VirtualHost
from tests.database import Database
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
