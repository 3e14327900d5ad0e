"""Which limit holds for a sensor, and what happens to excursions when limits and sensors change."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from db.evaluation.evaluation import Evaluation
from tests.database import Database
from tests.integration.limits import await_lock, evaluate, excursions, minute, register, set_limits, store


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
