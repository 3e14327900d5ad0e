"""`sensorctl import undo` with a real database: it deletes exactly what one import brought."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from db.imports import undo_import
from db.store import Store
from readings.ids import derive_reading_id, uuid7
from readings.model import Reading
from tests.broker import VirtualHost
from tests.database import Database
from tests.integration.dead_letters import Operator
from tests.processes import Processes
from tests.waiting import DEADLINE_SECONDS, eventually

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def reading(minute: float, import_id: UUID | None = None, sensor: str = "hall") -> Reading:
    measured_at = NOON + timedelta(minutes=minute)
    identity = derive_reading_id(sensor, measured_at, float(minute))
    return Reading(identity, sensor, measured_at, float(minute), import_id=import_id)


def contents(database: Database) -> list[list[dict[str, Any]]]:
    """Return the readings without their times of arrival, and all roll-ups."""
    queries = (
        "SELECT reading_id, sensor_id, measured_at, temperature, import_id FROM reading ORDER BY reading_id",
        "SELECT * FROM rollup_minute ORDER BY starts_at, sensor_id",
        "SELECT * FROM rollup_five_seconds ORDER BY starts_at, sensor_id",
    )
    return [database.query(query) for query in queries]


def test_an_undo_leaves_everything_as_if_the_import_had_never_been(database: Database, store: Store) -> None:
    # given readings of a sensor, and an earlier import of some of the same minutes and of many days
    first, second = uuid7(), uuid7()
    now = (datetime.now(UTC) - NOON).total_seconds() / 60
    store.save([reading(minute) for minute in (0, 0.5, 1, now - 1)])
    store.save([reading(minute, first) for minute in (0.25, 1, 2 * 1440)])
    before = contents(database)
    # when a second import brings more, some of which is stored already, and is undone
    progress: list[tuple[int, int]] = []
    minutes = [0.1, 0.25, 0.5, 3, now - 0.9, *(day * 1440 for day in range(-40, 40))]
    assert store.save([reading(minute, second) for minute in minutes]) == len(minutes) - 4
    store.save([reading(7, second, "yard")])
    assert (
        undo_import(database.settings, second, "ann", lambda *counts: progress.append(counts))
        == len(minutes) - 3
    )
    # then the rest is as before
    assert contents(database) == before
    assert progress[0] == (0, len(minutes) - 3)
    assert progress[-1] == (len(minutes) - 3, len(minutes) - 3)
    assert undo_import(database.settings, second, "ann", lambda *_: None) == 0
    # and the same file can be imported again
    assert store.save([reading(3, second)]) == 1
    store.close()


def test_what_is_undone_of_a_backfill_counts_as_missing_again(database: Database, store: Store) -> None:
    # given a source of which ten days were fetched, some of them by a backfill
    [row] = database.query(
        "SELECT workflow_id FROM request_workflow('ann', 'rest', '{\"source\": \"attic\"}', '[{}]', '{}')"
    )
    workflow_id = UUID(str(row["workflow_id"]))
    for source in ("attic", "cellar"):
        database.query("INSERT INTO source_coverage VALUES (%s, '{[2026-01-01, 2026-01-11)}')", source)
    store.save([reading(minute, workflow_id) for minute in (1440, 2 * 1440)])
    store.close()
    # when the backfill is undone
    undo_import(database.settings, workflow_id, "ann", lambda *_: None)
    # then the days of its readings are missing of this source alone
    rows = database.query("SELECT covered::text FROM source_coverage ORDER BY source")
    assert [row["covered"].replace(" 00:00:00+00", "").replace('"', "") for row in rows] == [
        "{[2026-01-01,2026-01-02),[2026-01-04,2026-01-11)}",
        "{[2026-01-01,2026-01-11)}",
    ]


def test_what_an_import_brought_is_listed_and_undone_by_its_id(
    broker: VirtualHost, database: Database, run: Processes, tmp_path: Path
) -> None:
    sensorctl = Operator(run)
    run.start_consumer()
    file = tmp_path / "history.csv"
    file.write_text("timestamp,Temp (°F)\n2026-01-01T12:00:00Z,68\n2026-01-01T13:00:00Z,50\n")
    output = sensorctl("import", str(file), "--sensor", "hall")
    import_id = re.findall(r"sensorctl import undo (\S+)", output)[0]
    eventually(lambda: database.count() == 2, DEADLINE_SECONDS, "the readings are stored")

    [listed] = json.loads(sensorctl("import", "list", "--json"))
    assert (listed["import_id"], listed["readings"], listed["sensors"]) == (import_id, 2, 1)
    assert import_id in sensorctl("import", "list")

    assert "Deleted 2 readings." in sensorctl("import", "undo", import_id)
    assert database.count() == 0
    assert "No stored reading belongs to the import" in sensorctl("import", "undo", import_id, code=1)
    assert "No reading that an import brought" in sensorctl("import", "list")
