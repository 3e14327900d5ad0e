"""Limits are evaluated on stored readings exactly, and also after a restart."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from db.evaluation.evaluation import Evaluation
from db.indexes import build_missing_indexes
from db.queries.status import SensorStates
from monitoring.model import Excursion
from tests.database import Database, Row, libpq_url
from tests.waiting import DEADLINE_SECONDS, eventually

HOUR_AGO = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=1)


def minute(number: float) -> datetime:
    return HOUR_AGO + timedelta(minutes=number)


@pytest.fixture
def evaluation(database: Database) -> Iterator[Evaluation]:
    evaluation = Evaluation(database.settings)
    yield evaluation
    evaluation.close()


def evaluate(database: Database, evaluation: Evaluation) -> None:
    database.await_older_transactions()
    evaluation.evaluate()


def register(database: Database, *sensors: str, location: str | None = None) -> None:
    for sensor in sensors:
        database.query("INSERT INTO sensor (sensor_id, location) VALUES (%s, %s)", sensor, location)


def set_limits(database: Database, *rules: dict[str, Any]) -> list[Row]:
    rows = [
        {"severity": "warning", "sensor_id": None, "location": None, "pattern": None, **rule}
        for rule in rules
    ]
    return database.query("SELECT * FROM set_limits('test', %s)", json.dumps(rows))


def await_lock(database: Database, connection: psycopg.Connection[Row]) -> None:
    """Wait until the statement of a connection waits for a lock."""
    blocked = "SELECT pid FROM pg_locks WHERE NOT granted AND pid = %s"
    process = connection.info.backend_pid
    eventually(lambda: database.query(blocked, process), DEADLINE_SECONDS, "the statement waits")


def store(database: Database, sensor: str, readings: Mapping[int, float] | Mapping[float, float]) -> None:
    for number, temperature in readings.items():
        database.query(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) VALUES (%s, %s, %s, %s)",
            uuid4(), sensor, minute(number), temperature,
        )  # fmt: skip


def excursions(database: Database, columns: str = "sensor_id, started_at, ended_at") -> list[tuple[Any, ...]]:
    rows = database.query(f"SELECT {columns} FROM excursion ORDER BY sensor_id, started_at")
    return [tuple(row.values()) for row in rows]


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


def test_a_limit_can_be_removed_while_an_excursion_of_it_is_inserted(database: Database) -> None:
    register(database, "1")
    [limit] = set_limits(database, {"kind": "high", "sensor_id": "1", "threshold": 8})
    with ThreadPoolExecutor() as pool, database.connect() as evaluating, database.connect() as removing:
        evaluating.execute("BEGIN")
        evaluating.execute("SELECT FROM limit_cursor FOR UPDATE")
        removal = pool.submit(removing.execute, "SELECT remove_limit('test', %s)", (limit["limit_id"],))
        await_lock(database, removing)
        evaluating.execute(
            "INSERT INTO limit_excursion (sensor_id, limit_id, started_at, last_measured_at, peak, "
            "peak_temperature, peak_at, degree_minutes) VALUES ('1', %s, now(), now(), 9, 9, now(), 0)",
            (limit["limit_id"],),
        )
        evaluating.execute("COMMIT")
        removal.result()

    assert excursions(database, "end_reason") == [("removed",)]


def test_a_limit_can_be_removed_while_it_is_replaced(database: Database) -> None:
    register(database, "1")
    rule = {"kind": "high", "sensor_id": "1", "threshold": 8, "severity": "warning"}
    [limit] = set_limits(database, rule)
    with (
        ThreadPoolExecutor() as pool,
        database.connect() as reading,
        database.connect() as removing,
        database.connect() as setting,
    ):
        # given a removal that has found the limit, and waits for it
        reading.execute("BEGIN")
        reading.execute("SELECT FROM limit_rule FOR SHARE")
        removal = pool.submit(removing.execute, "SELECT remove_limit('test', %s)", (limit["limit_id"],))
        await_lock(database, removing)
        # when the limit is replaced before that goes on
        change = pool.submit(setting.execute, "SELECT set_limits('test', %s)", (json.dumps([rule]),))
        await_lock(database, setting)
        reading.execute("COMMIT")
        # then neither ends with a deadlock
        removal.result()
        change.result()

    assert database.query("SELECT count(*) AS limits FROM limit_rule WHERE ended_at IS NULL") == [
        {"limits": 1}
    ]


def test_the_most_specific_limit_holds(database: Database, evaluation: Evaluation) -> None:
    register(database, "fridge-1", "fridge-2", location="kitchen")
    register(database, "oven", location="kitchen")
    set_limits(
        database,
        {"kind": "high", "location": "kitchen", "threshold": 30},
        {"kind": "high", "pattern": "fridge-*", "threshold": 8},
        {"kind": "high", "sensor_id": "fridge-2", "threshold": 12},
        {"kind": "high", "sensor_id": "fridge-2", "threshold": 20, "severity": "critical"},
    )

    rows = database.query(
        "SELECT sensor_id, threshold, set_for FROM sensor_limit ORDER BY sensor_id, threshold"
    )

    assert [tuple(row.values()) for row in rows] == [
        ("fridge-1", 8, "pattern"),
        ("fridge-2", 12, "sensor"),
        ("fridge-2", 20, "sensor"),
        ("oven", 30, "location"),
    ]


def test_limits_of_a_group_hold_for_a_new_sensor_from_its_first_reading(
    database: Database, evaluation: Evaluation
) -> None:
    register(database, "fridge-1")
    set_limits(database, {"kind": "high", "pattern": "fridge-*", "threshold": 8})
    evaluate(database, evaluation)

    register(database, "fridge-2")
    store(database, "fridge-2", {0: 9})
    evaluate(database, evaluation)

    assert excursions(database) == [("fridge-2", minute(0), None)]


def test_a_changed_limit_ends_what_is_open(database: Database, evaluation: Evaluation) -> None:
    register(database, "1")
    set_limits(database, {"kind": "high", "sensor_id": "1", "threshold": 8})
    store(database, "1", {0: 7, 1: 9, 2: 10})
    evaluate(database, evaluation)

    set_limits(database, {"kind": "high", "sensor_id": "1", "threshold": 9.5})
    store(database, "1", {3: 10})
    evaluate(database, evaluation)

    assert excursions(database, "threshold, started_at, ended_at, end_reason") == [
        (8, minute(0.5), minute(2), "removed"),
        (9.5, minute(1.5), None, None),
    ]


@pytest.mark.parametrize(
    ("rule", "field", "message"),
    [
        ({"kind": "low", "sensor_id": "1", "threshold": 8}, "low", "must be below the high limit"),
        ({"kind": "low", "sensor_id": "2", "threshold": 8}, "sensor_id", "no sensor 2"),
        ({"kind": "low", "pattern": "x*", "threshold": 8}, "pattern", "matches no sensor"),
        ({"kind": "low", "location": "attic", "threshold": 8}, "location", "No sensor has the location"),
    ],
)
def test_what_contradicts_or_matches_nothing_is_refused(
    database: Database, rule: dict[str, Any], field: str, message: str
) -> None:
    register(database, "1")
    set_limits(database, {"kind": "high", "sensor_id": "1", "threshold": 8})

    with pytest.raises(psycopg.errors.InvalidParameterValue, match=message) as refused:
        set_limits(database, rule)

    assert refused.value.diag.column_name == field
    assert len(database.query("SELECT limit_id FROM limit_rule")) == 1


def test_both_limits_can_move_past_each_other(database: Database) -> None:
    register(database, "1")
    set_limits(
        database,
        {"kind": "high", "sensor_id": "1", "threshold": 8},
        {"kind": "low", "sensor_id": "1", "threshold": 2},
    )

    set_limits(
        database,
        {"kind": "low", "sensor_id": "1", "threshold": 20},
        {"kind": "high", "sensor_id": "1", "threshold": 25},
    )

    active = database.query("SELECT kind, threshold FROM limit_rule WHERE ended_at IS NULL ORDER BY kind")
    assert [tuple(row.values()) for row in active] == [("high", 25), ("low", 20)]
    actions = database.query("SELECT action FROM audit WHERE object_kind = 'limit' ORDER BY audit_id")
    assert [row["action"] for row in actions] == ["create", "create", "change", "change"]


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


def test_a_limit_decides_for_how_long_a_sensor_may_be_silent(database: Database) -> None:
    register(database, "slow", "fast")
    now = datetime.now(UTC)
    for sensor in ("slow", "fast"):
        database.query(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, received_at, temperature) "
            "SELECT gen_random_uuid(), %s, at, at, 20 "
            "FROM generate_series(%s::timestamptz - interval '10 min', %s - interval '2 min', '1 s') AS at",
            sensor, now, now,
        )  # fmt: skip
    set_limits(database, {"kind": "stale", "sensor_id": "slow", "delay_seconds": 3600})

    rows = database.query("SELECT sensor_id FROM sensor_status WHERE offline_since IS NOT NULL")

    assert [row["sensor_id"] for row in rows] == ["fast"]


def test_a_retired_sensor_is_no_longer_watched(database: Database, evaluation: Evaluation) -> None:
    register(database, "1")
    set_limits(database, {"kind": "high", "sensor_id": "1", "threshold": 8})
    store(database, "1", {0: 7, 1: 9})
    evaluate(database, evaluation)

    database.query("SELECT change_sensor('test', '1', '{\"retired\": true}')")
    evaluation.close()
    other = Evaluation(database.settings)
    evaluate(database, other)
    other.close()

    assert excursions(database, "ended_at, end_reason") == [(minute(1), "removed")]


def test_excursions_follow_a_calibration_of_the_past_and_a_merge(
    database: Database, evaluation: Evaluation
) -> None:
    register(database, "1", "mistyped")
    set_limits(database, {"kind": "high", "pattern": "*", "threshold": 8})
    store(database, "mistyped", dict(enumerate([7.0, 8.5, 7, 7, 7])))
    evaluate(database, evaluation)
    assert excursions(database) == [("mistyped", minute(2 / 3), minute(1 + 1 / 3))]

    database.query(
        "SELECT change_sensor('test', 'mistyped', %s)",
        json.dumps({"offset": -1, "since": minute(0).isoformat()}),
    )
    database.query("SELECT continue_sensor_changes()")
    evaluate(database, evaluation)
    assert excursions(database) == []

    database.query("SELECT merge_sensor('test', 'mistyped', '1')")
    while database.query("SELECT continue_sensor_changes() AS more")[0]["more"]:
        pass
    evaluate(database, evaluation)
    evaluation.close()
    other = Evaluation(database.settings)
    evaluate(database, other)
    other.close()
    assert excursions(database) == [("1", minute(2 / 3), minute(1 + 1 / 3))]
