"""Limits are evaluated on stored readings exactly, and also after a restart."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from db.evaluation.evaluation import Evaluation
from db.indexes import build_missing_indexes
from db.queries.status import SensorStates
from monitoring.model import Excursion
from tests.database import Database, libpq_url
from tests.integration.limits import evaluate, excursions, minute, register, set_limits, store
from tests.waiting import DEADLINE_SECONDS, eventually


def test_an_excursion_is_a_row_with_its_figures(database: Database, evaluation: Evaluation) -> None:
    register(database, "fridge")
    set_limits(database, {"kind": "high", "sensor_id": "fridge", "threshold": 8, "delay_seconds": 60})

    store(database, "fridge", {0: 7, 1: 9})
    evaluate(database, evaluation)
    assert excursions(database) == []
    store(database, "fridge", {2: 10})
    evaluate(database, evaluation)
    assert excursions(database) == [("fridge", minute(0.5), None)]
    store(database, "fridge", {3: 6})
    evaluate(database, evaluation)

    columns = "rule, threshold, started_at, ended_at, peak_temperature, degree_minutes, end_reason, duration"
    assert excursions(database, columns) == [
        ("high", 8, minute(0.5), minute(2.5), 10, 2.25, "recovered", timedelta(minutes=2))
    ]


def test_late_changed_and_deleted_readings_change_it(database: Database, evaluation: Evaluation) -> None:
    register(database, "1")
    set_limits(database, {"kind": "low", "sensor_id": "1", "threshold": 2})
    store(database, "1", dict.fromkeys(range(12), 3) | {12: 1, 13: 1, 14: 3, 15: 3})
    evaluate(database, evaluation)
    assert excursions(database) == [("1", minute(11.5), minute(13.5))]

    store(database, "1", {12.5: 3})
    evaluate(database, evaluation)
    assert excursions(database) == [("1", minute(11.5), minute(12.25)), ("1", minute(12.75), minute(13.5))]

    database.query("UPDATE reading SET temperature = 3 WHERE measured_at = %s", minute(12))
    evaluate(database, evaluation)
    assert excursions(database) == [("1", minute(12.75), minute(13.5))]

    database.query("DELETE FROM reading WHERE measured_at >= %s", minute(13))
    evaluate(database, evaluation)
    assert excursions(database) == []
    assert database.query("SELECT * FROM changed_reading") == []


def test_the_status_has_the_excursions_that_last_critical_ones_first(
    database: Database, evaluation: Evaluation
) -> None:
    register(database, "fridge", "attic", "hall")
    high: dict[str, Any] = {"kind": "high"}
    set_limits(
        database,
        high | {"sensor_id": "fridge", "threshold": 8, "severity": "critical"},
        high | {"sensor_id": "attic", "threshold": 30},
        high | {"sensor_id": "hall", "threshold": 30},
    )
    store(database, "fridge", {0: 5, 1: 11, 2: 12})
    store(database, "attic", {2: 29, 3: 31})
    store(database, "hall", {2: 29, 3: 31, 4: 20})
    evaluate(database, evaluation)

    with closing(SensorStates(database.settings)) as states:
        total, latest = states.open_excursions(20)
        assert states.open_excursions(1) == (2, latest[:1])

    assert total == 2
    assert [(row["sensor_id"], row["severity"], row["threshold"], row["peak"]) for row in latest] == [
        ("fridge", "critical", 8, 12),
        ("attic", "warning", 30, 31),
    ]
    Excursion(**latest[0])


def test_a_late_reading_changes_an_excursion_of_a_restored_database(
    database: Database, evaluation: Evaluation
) -> None:
    register(database, "1")
    set_limits(database, {"kind": "high", "sensor_id": "1", "threshold": 8})
    store(database, "1", {0: 7, 1: 9, 2: 9, 4: 9, 5: 9, 6: 7})
    evaluate(database, evaluation)
    # As pg_restore leaves them on a new server: with the numbers of the old server's transactions.
    database.query("ALTER TABLE reading DISABLE TRIGGER USER")
    database.query("UPDATE reading SET stored_xid = stored_xid + 1000000000")
    database.query("ALTER TABLE reading ENABLE TRIGGER USER")
    database.query(
        "UPDATE limit_cursor SET recent_xid = recent_xid + 1000000000, all_xid = all_xid + 1000000000"
    )
    evaluation.close()
    restored = Evaluation(database.settings)
    evaluate(database, restored)

    store(database, "1", {3: 10})
    evaluate(database, restored)
    restored.close()

    columns = "started_at, ended_at, peak_temperature"
    assert excursions(database, columns) == [(minute(0.5), minute(5.5), 10)]


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize(("temperature", "found"), [(9, [("fridge", minute(9.75), None)]), (5, [])])
def test_readings_ahead_of_the_clock_hide_nothing(
    database: Database,
    evaluation: Evaluation,
    monkeypatch: pytest.MonkeyPatch,
    temperature: float,
    found: list[tuple[Any, ...]],
    *,
    restarts: bool,
) -> None:
    # given an excursion that was found while the clocks were hours ahead
    register(database, "fridge")
    set_limits(database, {"kind": "high", "sensor_id": "fridge", "threshold": 8})
    with monkeypatch.context() as ahead:
        ahead.setattr("db.feed.AHEAD_SECONDS", 86_400.0)
        store(database, "fridge", dict.fromkeys(range(240, 250), 5) | {250: 9, 251: 9})
        evaluate(database, evaluation)
    assert excursions(database) == [("fridge", minute(249.75), None)]
    # when they are set right
    store(database, "fridge", dict.fromkeys(range(10), 5) | {10: temperature, 11: temperature})
    with closing(Evaluation(database.settings)) as restarted:
        evaluate(database, restarted if restarts else evaluation)
        store(database, "fridge", {12: temperature})
        evaluate(database, restarted if restarts else evaluation)
    # then what was measured since counts, and not what is ahead
    assert excursions(database) == found


def test_a_process_that_takes_over_continues_exactly(database: Database, evaluation: Evaluation) -> None:
    register(database, "1")
    set_limits(
        database, {"kind": "high", "sensor_id": "1", "threshold": 8, "hysteresis": 1, "delay_seconds": 120}
    )
    store(database, "1", {0: 7, 1: 9})
    evaluate(database, evaluation)
    other = Evaluation(database.settings)

    store(database, "1", {2: 9})
    evaluate(database, other)
    store(database, "1", {3: 9})
    evaluate(database, evaluation)
    store(database, "1", {4: 7.5, 5: 6.5})
    evaluate(database, other)
    evaluate(database, evaluation)

    other.close()
    assert excursions(database) == [("1", minute(0.5), minute(4.5))]


def test_a_transaction_that_commits_late_is_not_missed(database: Database, evaluation: Evaluation) -> None:
    register(database, "1", "2")
    set_limits(database, {"kind": "high", "pattern": "*", "threshold": 8})
    with database.connect() as slow:
        slow.execute("BEGIN")
        slow.execute(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) VALUES (%s, '1', %s, 9)",
            (uuid4(), minute(0)),
        )
        store(database, "2", {0: 9})
        evaluation.evaluate()
        slow.execute("COMMIT")
    evaluate(database, evaluation)

    assert excursions(database) == [("1", minute(0), None), ("2", minute(0), None)]


def test_only_transactions_of_this_database_are_waited_for(
    database: Database, evaluation: Evaluation
) -> None:
    register(database, "1")
    set_limits(database, {"kind": "high", "sensor_id": "1", "threshold": 8})
    elsewhere = urlsplit(database.url)._replace(path="/postgres").geturl()
    with psycopg.connect(libpq_url(elsewhere)) as other:
        other.execute("SELECT pg_current_xact_id()")
        store(database, "1", {0: 9})
        evaluation.evaluate()

        assert excursions(database) == [("1", minute(0), None)]


def test_a_process_that_waited_evaluates_nothing_twice(database: Database, evaluation: Evaluation) -> None:
    register(database, "1")
    set_limits(database, {"kind": "high", "sensor_id": "1", "threshold": 8})
    position = "SELECT recent_xid FROM limit_cursor"
    with database.connect() as first, ThreadPoolExecutor() as pool:
        first.execute("BEGIN")
        first.execute(f"{position} FOR UPDATE")
        waiting = pool.submit(evaluation.evaluate)
        blocked = "SELECT pid FROM pg_locks WHERE NOT granted AND transactionid IS NOT NULL"
        eventually(lambda: database.query(blocked), DEADLINE_SECONDS, "the other process waits")
        store(database, "1", {0: 7})
        first.execute(
            "UPDATE limit_cursor SET recent_xid = pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        )
        evaluated = first.execute(position).fetchall()
        first.execute("COMMIT")
        waiting.result()

    assert database.query(position)[0]["recent_xid"] >= evaluated[0]["recent_xid"]


@pytest.mark.parametrize(
    "earlier",
    [
        {"kind": "stale", "sensor_id": "1", "delay_seconds": 900},
        {"kind": "high", "sensor_id": "old", "threshold": 8},
    ],
    ids=["stale", "retired"],
)
def test_a_limit_does_not_hold_for_what_was_stored_when_no_other_could_be_evaluated(
    database: Database, evaluation: Evaluation, earlier: dict[str, Any]
) -> None:
    register(database, "1", "old")
    set_limits(database, earlier)
    database.query("SELECT change_sensor('test', 'old', '{\"retired\": true}')")
    store(database, "1", {0: 7, 1: 9, 2: 7})
    database.query("UPDATE reading SET temperature = 10 WHERE measured_at = %s", minute(1))
    evaluate(database, evaluation)

    set_limits(database, {"kind": "high", "sensor_id": "1", "threshold": 8})
    store(database, "1", {50: 9})
    evaluate(database, evaluation)

    assert excursions(database, "started_at") == [(minute(50),)]


def test_an_acknowledgement_stays_with_its_excursion(database: Database, evaluation: Evaluation) -> None:
    register(database, "1")
    set_limits(database, {"kind": "high", "sensor_id": "1", "threshold": 8})
    store(database, "1", {0: 7, 1: 7, 2: 9})
    evaluate(database, evaluation)
    [(number,)] = excursions(database, "excursion_id")

    database.query("SELECT acknowledge_excursion('key:ann', %s, 'door open')", number)
    store(database, "1", {1.5: 9, 3: 7})
    evaluate(database, evaluation)

    columns = "excursion_id, started_at, acknowledged_by, acknowledged_note"
    assert excursions(database, columns) == [(number, minute(1.25), "key:ann", "door open")]
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="key:ann acknowledged excursion"):
        database.query("SELECT acknowledge_excursion('key:bob', %s, '')", number)


def test_indexes_that_the_migration_left_out_are_built(database: Database) -> None:
    definition = "ON ONLY reading USING brin (stored_xid)"
    database.query(f"DROP INDEX reading_stored_xid; CREATE INDEX reading_stored_xid {definition}")

    build_missing_indexes(database.settings)

    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'reading_stored_xid'::regclass"
    assert database.query(valid) == [{"indisvalid": True}]
