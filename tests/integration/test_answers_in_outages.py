"""What people who wait for an answer get while the database is frozen, or its connection is lost."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from dashboard.unavailable import nothing_changed
from db.errors import StoreUnavailable
from db.evaluation.notifications import ExcursionNotifications
from db.queries.statements import Statements
from db.reports.emails import ReportEmails
from db.settings import DatabaseSettings
from db.workflows import fetched
from db.workflows.fetched import FetchedReadings
from runtime.errors import OutcomeUnknown, ServiceUnavailable
from runtime.settings import load
from tests.database import Database
from tests.proxy import Proxy
from tests.waiting import DEADLINE_SECONDS


@pytest.fixture
def statements(database: Database, database_proxy: Proxy) -> Iterator[Statements]:
    settings = load(DatabaseSettings, database_url=database.url_through(database_proxy))
    with closing(Statements(settings, "test", statement_timeout_seconds=1)) as statements:
        assert statements.rows("SELECT 1 AS one") == [{"one": 1}]
        yield statements


def test_nobody_waits_long_for_a_frozen_database(statements: Statements, database_proxy: Proxy) -> None:
    # when the database is frozen, and several clients wait for it
    database_proxy.black_hole()
    started_at = time.monotonic()
    with ThreadPoolExecutor() as pool:
        waiting = [pool.submit(statements.rows, "SELECT 1 AS one") for _ in range(4)]
        try:
            errors = [each.exception(DEADLINE_SECONDS) for each in waiting]
        finally:
            database_proxy.forward()
    # then each fails soon, also those that wait for the others
    assert all(isinstance(error, StoreUnavailable) for error in errors)
    assert time.monotonic() - started_at < 20
    assert statements.rows("SELECT 1 AS one") == [{"one": 1}]


def test_no_service_waits_for_ever_for_a_frozen_database(
    database: Database, database_proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetched, "STATEMENT_TIMEOUT_SECONDS", 1)
    settings = load(DatabaseSettings, database_url=database.url_through(database_proxy))
    with (
        closing(FetchedReadings(settings, "test")) as readings,
        closing(ReportEmails(settings)) as emails,
        closing(ExcursionNotifications(settings)) as notifications,
        ThreadPoolExecutor() as pool,
    ):
        calls = (readings.now, lambda: emails.claim(1), lambda: notifications.due("test", 1))
        for call in calls:
            call()
        database_proxy.black_hole()
        waiting = [pool.submit(call) for call in calls]
        try:
            errors = [each.exception(DEADLINE_SECONDS) for each in waiting]
        finally:
            database_proxy.forward()
        assert all(isinstance(error, StoreUnavailable) for error in errors)
        assert readings.now()


def test_a_change_may_have_been_made_if_its_response_is_lost(
    statements: Statements, database: Database, database_proxy: Proxy
) -> None:
    database_proxy.drop_next_response()
    with (
        pytest.raises(OutcomeUnknown, match=r"[^.]\. Whether it was changed is not known"),
        nothing_changed(),
    ):
        statements.rows("INSERT INTO sensor (sensor_id) VALUES ('made') RETURNING sensor_id")
    database_proxy.refuse()
    with pytest.raises(ServiceUnavailable, match="Nothing was changed") as refusal, nothing_changed():
        statements.rows("INSERT INTO sensor (sensor_id) VALUES ('not made') RETURNING sensor_id")
    assert not isinstance(refusal.value, OutcomeUnknown)
    assert database.query("SELECT sensor_id FROM sensor") == [{"sensor_id": "made"}]
