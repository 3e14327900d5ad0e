"""The analysis finds the same after it is killed, replaced, or without its database."""

from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from db.analysis.store import AnalysisStore
from db.errors import StoreTimeout, StoreUnavailable
from db.settings import DatabaseSettings
from tests.database import Database
from tests.integration.analysis.analysing import catch_up, follow
from tests.integration.analysis.story import (
    SENSOR,
    STORY,
    at,
    expected_story,
    found_story,
    insert_now,
    kinds,
    quiet,
)
from tests.processes import processes, with_http
from tests.waiting import DEADLINE_SECONDS, eventually

LEASE_SECONDS = 1.0
MIN_STATEMENTS = 10  # position, readings, anomalies, states


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
