"""Stored readings are analysed in the order of commits, and exactly also after an interruption."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from analysis.parameters import Parameters
from analysis.sensor_analysis import SensorAnalysis
from db.analysis.results import EvaluationRow, VirtualValueRow
from db.analysis.store import AnalysisStore
from db.errors import StoreTimeout, StoreUnavailable
from db.roles import AccessLevel
from db.settings import DatabaseSettings
from limits.model import Reading
from tests.database import Database, Roles, Row
from tests.integration.analysing import catch_up, follow
from tests.processes import processes, with_http
from tests.unit.metrics import metric
from tests.waiting import DEADLINE_SECONDS, eventually

SENSOR = "fridge"
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=6)
LEASE_SECONDS = 1.0
Readings = Mapping[float, float]  # temperatures by minutes since START
MIN_STATEMENTS = 10  # position, readings, anomalies, states


@pytest.fixture
def settings(database: Database, roles: Roles) -> DatabaseSettings:
    return database.settings_as(roles[AccessLevel.ANALYST])


@pytest.fixture
def store(settings: DatabaseSettings) -> Iterator[AnalysisStore]:
    store = AnalysisStore(settings)
    yield store
    store.close()


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def insert(connection: psycopg.Connection[Any], readings: Readings, sensor: str = SENSOR) -> None:
    connection.execute("INSERT INTO sensor (sensor_id) VALUES (%s) ON CONFLICT DO NOTHING", (sensor,))
    connection.cursor().executemany(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) VALUES (%s, %s, %s, %s)",
        [(uuid4(), sensor, at(minutes), temperature) for minutes, temperature in readings.items()],
    )


def insert_now(database: Database, readings: Readings, sensor: str = SENSOR) -> None:
    with database.connect() as connection:
        insert(connection, readings, sensor)


def quiet(first: int, last: int) -> dict[float, float]:
    """Return readings around 20 °C, one per minute."""
    random = Random(first)
    return {minute: round(20 + random.gauss(0, 0.1), 2) for minute in range(first, last)}


def anomalies(database: Database, columns: str = "*") -> list[Row]:
    return database.query(f"SELECT {columns} FROM detected_anomaly ORDER BY sensor_id, started_at, kind")


def kinds(database: Database) -> list[tuple[str, datetime]]:
    return [(row["kind"], row["started_at"]) for row in anomalies(database)]


# A spike, a level shift, and a value that stays the same.
STORY: tuple[Readings, ...] = (
    quiet(0, 100),
    {100: 29, **quiet(101, 120)},
    {minute: temperature + 6 for minute, temperature in quiet(120, 180).items()},
    dict.fromkeys(range(180, 215), 26.1),
    quiet(215, 230),
)


def learned(state: bytes) -> bytes:
    """Return a state without the evaluations that are stored by now."""
    analysis = SensorAnalysis(Parameters())
    analysis.restore(state)
    analysis.forecaster.drain_evaluations()
    return analysis.state()


def test_a_spike_a_level_shift_and_a_stuck_value_are_found_soon(
    database: Database, store: AnalysisStore
) -> None:
    following = follow(store)
    insert_now(database, quiet(0, 100))
    catch_up(database, following)
    assert anomalies(database) == []

    insert_now(database, {100: 29, 101: 20})
    catch_up(database, following)
    [spike] = anomalies(database)
    assert (spike["kind"], spike["started_at"], spike["observed"]) == ("spike", at(100), 29)
    assert spike["lower"] < spike["expected"] < spike["upper"] < 29
    assert spike["expected"] == pytest.approx(20, abs=0.5)
    assert "29" in spike["reason"]

    insert_now(database, {**quiet(102, 150), 150: 26.2, 151: 26.1})
    catch_up(database, following)
    assert ("level-shift", at(150)) in kinds(database)

    insert_now(database, dict.fromkeys(range(152, 162), 26.3))
    catch_up(database, following)
    assert ("stuck", at(152)) in kinds(database)


def test_a_spike_that_stays_is_a_level_shift_and_no_second_anomaly(
    database: Database, store: AnalysisStore
) -> None:
    following = follow(store)
    steps: tuple[Readings, ...] = (
        quiet(0, 240),
        {240: 26.0},
        {minute: 26.0 + minute % 3 / 10 for minute in range(241, 250)},
    )
    for readings in steps:
        insert_now(database, readings)
        catch_up(database, following)

    found = database.query("SELECT kind, withdrawn_at IS NOT NULL AS withdrawn FROM detected_anomaly")
    assert {row["kind"]: row["withdrawn"] for row in found} == {"spike": True, "level-shift": False}
    assert [row["kind"] for row in database.query("SELECT kind FROM anomaly")] == ["level-shift"]


def test_forecasts_and_how_good_they_were_are_stored(database: Database, store: AnalysisStore) -> None:
    following = follow(store)
    insert_now(database, quiet(0, 150))
    catch_up(database, following)

    [forecast] = database.query("SELECT * FROM sensor_forecast")
    assert forecast["made_at"] == at(149)
    assert timedelta() < forecast["first_at"] - at(149) <= timedelta(minutes=30)
    assert len(forecast["lower"]) == len(forecast["mean"]) == 48
    assert forecast["lower"][0] < forecast["mean"][0] == pytest.approx(20, abs=0.5)
    following.checkpoint()
    evaluated = database.query(
        "SELECT sum(forecasts) AS n FROM model_skill WHERE horizon = 'step' GROUP BY kind"
    )
    assert evaluated
    assert all(row["n"] > 100 for row in evaluated)


def test_it_reads_in_the_order_of_commits_and_waits_for_older_transactions(
    database: Database, store: AnalysisStore
) -> None:
    # given a transaction that stores early and commits late, and another that commits before it
    following = follow(store)
    insert_now(database, quiet(0, 60))
    with database.connect() as late, database.connect() as early:
        with late.transaction():
            insert(late, quiet(60, 70))
            insert(early, {**quiet(70, 80), 80: 29, 81: 20})
            # when it follows while the first is open, then nothing after it is analysed
            following.step()
            assert anomalies(database) == []
        catch_up(database, following)
    # then all of it is analysed once both are committed, in order
    assert kinds(database) == [("spike", at(80))]
    following.checkpoint()
    [state] = database.query("SELECT * FROM analysis_state")
    assert state["last_measured_at"] == at(81)
    expected = SensorAnalysis(Parameters())
    for minutes, temperature in {**quiet(0, 60), **quiet(60, 70), **quiet(70, 80), 80: 29, 81: 20}.items():
        expected.add(Reading(at(minutes).timestamp(), temperature))
    assert learned(bytes(state["state"])) == learned(expected.state())


def expected_story() -> tuple[list[tuple[Any, ...]], bytes]:
    """Return what is found in STORY without a database, and the state after it."""
    analysis = SensorAnalysis(Parameters())
    found = {}
    for part in STORY:
        for minutes, temperature in part.items():
            for each in analysis.add(Reading(at(minutes).timestamp(), temperature)):
                found[each.started_at, each.kind.value] = each
    rows = [(each.kind.value, started_at, each.ended_at, each.score, each.reason)
            for (started_at, _), each in sorted(found.items())]  # fmt: skip
    return rows, learned(analysis.state())


def found_story(database: Database) -> tuple[list[tuple[Any, ...]], bytes]:
    rows = anomalies(
        database,
        "kind, date_part('epoch', started_at) AS start, date_part('epoch', ended_at) AS stop, score, reason",
    )
    [state] = database.query("SELECT state FROM analysis_state")
    return [tuple(row.values()) for row in rows], learned(bytes(state["state"]))


def test_it_is_exact_when_it_is_killed_before_any_statement(
    database: Database, settings: DatabaseSettings, interrupt: Callable[[int], None]
) -> None:
    statements = 0
    for part in STORY:
        insert_now(database, part)
        database.await_older_transactions()
        for number in count(1):
            with closing(AnalysisStore(settings)) as store:
                eventually(store.lock, DEADLINE_SECONDS, "the lock of the killed one is free")
                following = follow(store)
                try:
                    interrupt(number)
                    following.step()
                    following.checkpoint()
                except StoreUnavailable:
                    continue
                finally:
                    interrupt(0)
            statements = max(statements, number)
            break

    assert statements > MIN_STATEMENTS
    assert found_story(database) == expected_story()


def test_a_rebuild_from_the_beginning_finds_the_same(database: Database, store: AnalysisStore) -> None:
    following = follow(store)
    for part in STORY:
        insert_now(database, part)
        catch_up(database, following)
    following.checkpoint()
    before = anomalies(database)
    assert found_story(database) == expected_story()

    database.query("UPDATE detected_anomaly SET score = 1 WHERE kind = 'spike'")
    database.query(
        "INSERT INTO detected_anomaly (sensor_id, kind, started_at, detected_at, score, observed, expected, "
        "lower, upper, model_version, reason) VALUES (%s, 'unusual', %s, now(), 1, 1, 1, 1, 1, 'x', 'x')",
        SENSOR, at(3),
    )  # fmt: skip
    database.query("SELECT request_rebuild('test', %s, NULL)", SENSOR)
    insert_now(database, quiet(230, 240))
    catch_up(database, following)

    assert anomalies(database) == before
    assert database.query("SELECT * FROM analysis_rebuild") == []


def test_a_rebuild_finds_the_same_on_the_new_server_of_a_restored_database(
    database: Database, store: AnalysisStore, settings: DatabaseSettings
) -> None:
    following = follow(store)
    insert_now(database, {**quiet(0, 100), 100: 29, **quiet(101, 110)})
    catch_up(database, following)
    following.checkpoint()
    before = anomalies(database)
    assert kinds(database) == [("spike", at(100))]
    store.close()
    # As pg_restore leaves them there: with the numbers of the old server's transactions.
    database.query("ALTER TABLE reading DISABLE TRIGGER USER")
    database.query("UPDATE reading SET stored_xid = stored_xid + 1000000000")
    database.query("ALTER TABLE reading ENABLE TRIGGER USER")
    database.query(
        "UPDATE analysis_cursor SET recent_xid = recent_xid + 1000000000, all_xid = all_xid + 1000000000"
    )
    database.query("SELECT request_rebuild('test', %s, NULL)", SENSOR)

    with closing(AnalysisStore(settings)) as restored:
        catch_up(database, follow(restored))

    assert anomalies(database) == before
    assert database.query("SELECT * FROM analysis_rebuild") == []


def test_a_sensor_whose_readings_change_is_learned_again(database: Database, store: AnalysisStore) -> None:
    following = follow(store)
    insert_now(database, {**quiet(0, 100), 100: 29, **quiet(101, 110)})
    catch_up(database, following)
    following.checkpoint()
    assert kinds(database) == [("spike", at(100))]

    database.query("UPDATE reading SET temperature = 20 WHERE temperature = 29")
    catch_up(database, following)

    assert anomalies(database) == []


def test_readings_of_a_day_long_ago_are_taken_in_their_order(
    database: Database, store: AnalysisStore
) -> None:
    # given a sensor with readings of today, of which three days ago arrive
    following = follow(store)
    insert_now(database, quiet(0, 20))
    catch_up(database, following)
    day = 24 * 60.0
    insert_now(database, {minutes - 3 * day: temperature for minutes, temperature in STORY[1].items()})
    insert_now(database, {minutes - 3 * day: temperature for minutes, temperature in STORY[0].items()})
    # when it follows until the old readings are due and the sensor is learned again
    eventually(
        lambda: catch_up(database, following) and kinds(database) == [("spike", at(100 - 3 * day))],
        DEADLINE_SECONDS,
        "they are analysed",
    )
    # then its last reading is still that of today
    following.checkpoint()
    [state] = database.query("SELECT last_measured_at FROM analysis_state")
    assert state["last_measured_at"] == at(19)


def test_readings_of_a_retired_sensor_are_left_out(database: Database, store: AnalysisStore) -> None:
    following = follow(store)
    insert_now(database, quiet(0, 100))
    catch_up(database, following)
    database.query("SELECT change_sensor('test', %s, '{\"retired\": true}')", SENSOR)

    insert_now(database, {100: 29, 101: 20})
    catch_up(database, following)

    assert anomalies(database) == []


def test_another_one_takes_over_when_the_first_is_frozen(
    database: Database, settings: DatabaseSettings
) -> None:
    # given one that works and one that stands by
    with (
        closing(AnalysisStore(settings, LEASE_SECONDS)) as first,
        closing(AnalysisStore(settings)) as standby,
    ):
        following = follow(first)
        insert_now(database, quiet(0, 100))
        catch_up(database, following)
        assert not standby.lock()
        # when the first executes no statement for as long as its lease
        eventually(standby.lock, DEADLINE_SECONDS, "the other takes over")
        # then it may save nothing any more, and the other continues
        with pytest.raises(StoreUnavailable):
            following.checkpoint()
        insert_now(database, {100: 29, 101: 20})
        catch_up(database, follow(standby))
    assert kinds(database) == [("spike", at(100))]


def test_an_outage_of_the_database_pauses_it(database: Database, store: AnalysisStore) -> None:
    following = follow(store)
    insert_now(database, quiet(0, 100))
    catch_up(database, following)
    database.terminate_backends("analysis")

    with pytest.raises(StoreUnavailable):
        following.step()

    following = follow(store)
    insert_now(database, {100: 29, 101: 20})
    catch_up(database, following)
    assert kinds(database) == [("spike", at(100))]


def test_the_service_stores_what_it_finds_and_continues_after_it_is_killed(
    database: Database, settings: DatabaseSettings, tmp_path: Path
) -> None:
    assert settings.database_url
    variables = {"DATABASE_URL": settings.database_url.get_secret_value()}
    with processes(tmp_path, variables) as started:
        # given one that analyses, and one that stands by
        first = started.start("analysis", **with_http())
        first.wait_for_event("analysing")
        second = started.start("analysis")
        second.wait_for_event("standing by")
        insert_now(database, quiet(0, 100))
        eventually(
            lambda: "analysis_readings_total 100.0" in first.http_get("/metrics")[1],
            DEADLINE_SECONDS,
            "they are analysed",
        )
        assert first.status("/readyz") == 200
        # when the first is killed before it has saved anything
        first.kill()
        # then the second takes over, and finds the same
        second.wait_for_event("analysing")
        insert_now(database, {100: 29, 101: 20})
        found = second.wait_for_event("anomaly found")
        assert (found["sensor"], found["kind"]) == (SENSOR, "spike")
        assert kinds(database) == [("spike", at(100))]
        # and it saves what it has learned when it is stopped
        assert second.stop() == 0
    [state] = database.query("SELECT last_measured_at FROM analysis_state")
    assert state["last_measured_at"] == at(101)


def test_the_virtual_values_are_those_of_the_sensors_that_are_offline(
    database: Database, store: AnalysisStore
) -> None:
    store.save_virtual_values(
        [VirtualValueRow(name, 60.0, 20.5, 20.0, 21.0, ["hall", "roof"]) for name in ("oven", SENSOR)]
    )
    store.save_virtual_values([VirtualValueRow(SENSOR, 90.0, 19.5, 19.0, 20.0, ["hall"])])

    [row] = database.query(
        "SELECT sensor_id, extract(epoch FROM at)::int AS at, neighbours FROM virtual_value"
    )
    assert row == {"sensor_id": SENSOR, "at": 90, "neighbours": ["hall"]}
    store.save_virtual_values([])
    assert not database.query("SELECT FROM virtual_value")


def test_any_number_of_evaluations_is_stored_each_in_place_of_what_is_stored_of_its_day(
    database: Database, store: AnalysisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.analysis.store.EVALUATIONS_TOGETHER", 2)
    columns = "array_agg(mae ORDER BY day) AS errors, count(DISTINCT xmin::text) AS parts"
    for error in (0.5, 0.25):
        store.save_evaluations(
            EvaluationRow(SENSOR, "seasonal", "6h", date(2026, 1, day), 48, error * day, 1.0, 0.95)
            for day in range(1, 6)
        )
        [row] = database.query(f"SELECT {columns} FROM model_evaluation")
        assert row == {"errors": [error * day for day in range(1, 6)], "parts": 3}


def test_an_anomaly_that_lasts_ends_where_its_sensor_is_learned_again_from(
    database: Database, store: AnalysisStore
) -> None:
    # given a value that is stuck
    following = follow(store)
    insert_now(database, {**quiet(0, 100), **dict.fromkeys(range(100, 130), 20.5)})
    catch_up(database, following)
    [stuck] = anomalies(database)
    assert (stuck["kind"], stuck["ended_at"]) == ("stuck", None)
    # when its sensor is learned again from the time on at which readings are kept, or as requested
    database.query("SELECT request_rebuild('test', %s, %s)", SENSOR, at(125))
    catch_up(database, following)
    # then it has ended, and its start stays
    [ended] = anomalies(database)
    assert (ended["started_at"], ended["ended_at"]) == (stuck["started_at"], at(125))


def test_an_anomaly_that_lasts_over_a_restart_is_counted_once(
    database: Database, store: AnalysisStore
) -> None:
    following = follow(store)
    before = metric("analysis_anomalies_total", kind="stuck")
    insert_now(database, {**quiet(0, 100), **dict.fromkeys(range(100, 130), 20.5)})
    catch_up(database, following)
    following.checkpoint()
    assert metric("analysis_anomalies_total", kind="stuck") == before + 1

    insert_now(database, quiet(130, 140))
    catch_up(database, follow(store))

    [stuck] = anomalies(database)
    assert stuck["ended_at"] == at(130)
    assert metric("analysis_anomalies_total", kind="stuck") == before + 1


def test_readings_of_long_ago_are_counted(database: Database, store: AnalysisStore) -> None:
    following = follow(store)
    catch_up(database, following)
    before = metric("analysis_readings_total")
    insert_now(database, quiet(-20_000, -19_950))
    catch_up(database, following)
    assert metric("analysis_readings_total") == before + 50


def test_a_failure_to_drop_what_is_too_old_does_not_stop_the_analysis(
    store: AnalysisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.analysis.results.DROP_EVALUATIONS", "SELECT pg_sleep(60), %s")
    store.lock()
    with store._session.cursor() as cursor:
        cursor.execute("SET statement_timeout = 50")
    with pytest.raises(StoreTimeout):
        store.maintain()

    store.maintain()
