"""Where the database is, and its driver's errors in this project's words."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, ResourceClosedError

from db.engine import describe, translated, url_of
from db.errors import DataRejected, StoreUnavailable
from db.migrate import current_version, newest_version, upgrade
from db.settings import DatabaseSettings
from db.store import Store
from db.summary import Summary
from service.errors import ConfigurationError
from service.settings import load
from tests.unit.fakes import READING

DRIVER = "postgresql+psycopg"
Form = Callable[[BaseException], BaseException]


def test_a_fresh_environment_means_the_local_database() -> None:
    assert url_of(load(DatabaseSettings)) == make_url(f"{DRIVER}://sensors:sensors@127.0.0.1:5432/sensors")


def test_awkward_signs_reach_the_server_as_they_were_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_USER", "a/b@c")
    monkeypatch.setenv("POSTGRES_PASSWORD", "p:/@#?%")
    monkeypatch.setenv("POSTGRES_DB", "d/e")

    url = url_of(load(DatabaseSettings))

    assert (url.username, url.password, url.database) == ("a/b@c", "p:/@#?%", "d/e")
    assert make_url(url.render_as_string(hide_password=False)) == url


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", DRIVER])
def test_a_url_wins_in_each_spelling(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("POSTGRES_HOST", "elsewhere")
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://u:p%2F@h:5435/d?sslmode=require")

    assert url_of(load(DatabaseSettings)) == make_url(f"{DRIVER}://u:p%2F@h:5435/d?sslmode=require")


def test_a_socket_directory_may_stand_for_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///d?host=/run/postgresql")

    assert url_of(load(DatabaseSettings)).query["host"] == "/run/postgresql"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:s3cret@h/d",
        "u:s3cret@h/d",
        "postgresql://u:p@h:s3cret/d",
        "postgresql+asyncpg://u:s3cret@h/d",
    ],
)
def test_another_databases_url_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(ConfigurationError, match="must look like postgresql://user:password@") as caught:
        load(DatabaseSettings)

    assert "s3cret" not in str(caught.value)


def raised(original: BaseException, kind: type[DBAPIError] = DBAPIError) -> DBAPIError:
    """What SQLAlchemy raises for a driver's error."""
    return kind("INSERT INTO reading", {"sensor_id": "s3cret"}, original)


def as_it_is(original: BaseException) -> BaseException:
    """What is raised where SQLAlchemy is not asked."""
    return original


def with_state(state: str) -> BaseException:
    error: BaseException = psycopg.errors.lookup(state)(f"what the server says\nof {state}")
    return error


by_itself_or_wrapped = pytest.mark.parametrize("form", [as_it_is, raised])


@by_itself_or_wrapped
@pytest.mark.parametrize("state", ["22003", "22021", "22P02", "23502", "23505", "23514"])
def test_data_that_would_fail_for_ever_is_rejected(form: Form, state: str) -> None:
    with pytest.raises(DataRejected) as caught, translated():
        raise form(with_state(state))

    assert str(caught.value) == f"what the server says of {state} (SQLSTATE {state})"


@by_itself_or_wrapped
@pytest.mark.parametrize(
    "state",
    [
        *("08006", "25006", "28P01", "3D000", "40001", "40P01", "42P01", "42501", "53100", "53300"),
        *("55P03", "57014", "57P01", "57P03", "58030", "XX000"),
    ],
)
def test_everything_else_that_the_server_says_is_an_outage(form: Form, state: str) -> None:
    with pytest.raises(StoreUnavailable) as caught, translated():
        raise form(with_state(state))

    assert str(caught.value) == f"what the server says of {state} (SQLSTATE {state})"


@pytest.mark.parametrize(
    ("error", "kind", "outcome"),
    [
        (psycopg.OperationalError("server closed the connection"), OperationalError, StoreUnavailable),
        (psycopg.InterfaceError("the connection is closed"), InterfaceError, StoreUnavailable),
        (psycopg.DataError("cannot contain NUL (0x00) bytes"), DataError, DataRejected),
    ],
)
def test_without_a_state_only_the_drivers_own_data_error_is_the_datas_fault(
    error: BaseException, kind: type[DBAPIError], outcome: type[Exception]
) -> None:
    with pytest.raises(outcome) as caught, translated():
        raise raised(error, kind)
    with pytest.raises(outcome) as caught_bare, translated():
        raise error

    assert str(caught.value) == str(caught_bare.value) == str(error)


def test_sqlalchemys_own_errors_are_outages() -> None:
    with pytest.raises(StoreUnavailable, match="closed"), translated():
        raise ResourceClosedError("This Connection is closed")


def test_what_is_not_the_databases_doing_stays_itself() -> None:
    with pytest.raises(ZeroDivisionError), translated():
        raise ZeroDivisionError


def test_a_description_holds_neither_statement_nor_parameters() -> None:
    said = describe(raised(with_state("22003")))

    assert "INSERT" not in said
    assert "s3cret" not in said
    assert "\n" not in said


@pytest.fixture
def nobody(closed: int) -> DatabaseSettings:
    """A port where no database listens."""
    return DatabaseSettings(postgres_port=closed, postgres_password="s3cret")


def summarised(ask: Callable[[Summary], Any]) -> Callable[[DatabaseSettings], Any]:
    def act(settings: DatabaseSettings) -> None:
        summary = Summary(settings)
        try:
            ask(summary)
        finally:
            summary.close()

    return act


def stored(ask: Callable[[Store], Any]) -> Callable[[DatabaseSettings], Any]:
    def act(settings: DatabaseSettings) -> None:
        store = Store(settings, name="test")
        try:
            ask(store)
        finally:
            store.close()

    return act


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(stored(lambda store: store.check()), id="check"),
        pytest.param(stored(lambda store: store.save([READING])), id="save"),
        pytest.param(summarised(lambda summary: summary.sensors()), id="sensors"),
        pytest.param(summarised(lambda summary: summary.overall()), id="overall"),
        pytest.param(summarised(lambda summary: summary.clock()), id="clock"),
        pytest.param(upgrade, id="upgrade"),
        pytest.param(current_version, id="version"),
    ],
)
def test_a_database_that_is_not_there_is_unavailable_for_everyone(
    nobody: DatabaseSettings, act: Callable[[DatabaseSettings], Any]
) -> None:
    with pytest.raises(StoreUnavailable, match="Connection refused") as caught:
        act(nobody)

    assert "s3cret" not in str(caught.value)


def test_the_newest_version_is_known_without_a_database() -> None:
    assert newest_version() >= "0001"
