"""A sensor is learned again when that is requested, and when its earlier readings change."""

from contextlib import closing

import pytest

from db.analysis.store import AnalysisStore
from db.settings import DatabaseSettings
from tests.database import Database
from tests.integration.analysis.analysing import catch_up, follow
from tests.integration.analysis.story import (
    SENSOR,
    STORY,
    anomalies,
    at,
    expected_story,
    found_story,
    insert_now,
    kinds,
    quiet,
)
from tests.waiting import DEADLINE_SECONDS, eventually


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


def test_readings_ahead_of_the_clock_hide_nothing(
    database: Database, store: AnalysisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given readings that were analysed while the clocks were hours ahead
    following = follow(store)
    with monkeypatch.context() as ahead:
        ahead.setattr("db.feed.AHEAD_SECONDS", 86_400.0)
        insert_now(database, quiet(600, 620))
        catch_up(database, following)
    # when they are set right
    insert_now(database, quiet(0, 60))
    catch_up(database, following)
    # then what is measured from then on is analysed
    eventually(
        lambda: catch_up(database, following) and not following.is_rebuild_due, DEADLINE_SECONDS, "learned"
    )
    insert_now(database, {**quiet(60, 100), 100: 29, **quiet(101, 110)})
    catch_up(database, following)
    assert kinds(database) == [("spike", at(100))]
    following.checkpoint()
    [state] = database.query("SELECT last_measured_at FROM analysis_state")
    assert state["last_measured_at"] == at(109)
