"""The database's URL, and the translation of the driver's errors."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, ResourceClosedError

from db.engine import database_url, describe, translate_errors
from db.errors import InvalidData, PermissionDenied, StoreTimeout, StoreUnavailable
from db.migrate import current_version, newest_version, upgrade
from db.queries.summary import Summary
from db.settings import DatabaseSettings
from db.store import Store
from runtime.errors import ConfigurationError
from runtime.settings import load
from tests.unit.fakes import READING

DRIVER = "postgresql+psycopg"
Wrapping = Callable[[BaseException], BaseException]


def test_the_default_is_the_local_database() -> None:
    assert database_url(load(DatabaseSettings)) == make_url(
        f"{DRIVER}://sensors:sensors@127.0.0.1:5432/sensors"
    )


def test_special_characters_are_passed_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_USER", "a/b@c")
    monkeypatch.setenv("POSTGRES_PASSWORD", "p:/@#?%")
    monkeypatch.setenv("POSTGRES_DB", "d/e")

    url = database_url(load(DatabaseSettings))

    assert (url.username, url.password, url.database) == ("a/b@c", "p:/@#?%", "d/e")
    assert make_url(url.render_as_string(hide_password=False)) == url


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", DRIVER])
def test_a_url_takes_precedence_with_each_scheme(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("POSTGRES_HOST", "elsewhere")
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://u:p%2F@h:5435/d?sslmode=require")

    assert database_url(load(DatabaseSettings)) == make_url(f"{DRIVER}://u:p%2F@h:5435/d?sslmode=require")


def test_the_host_may_be_a_socket_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///d?host=/run/postgresql")

    assert database_url(load(DatabaseSettings)).query["host"] == "/run/postgresql"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:s3cret@h/d",
        "u:s3cret@h/d",
        "postgresql://u:p@h:s3cret/d",
        "postgresql+asyncpg://u:s3cret@h/d",
    ],
)
def test_an_invalid_url_is_rejected_without_being_shown(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(ConfigurationError, match="must look like postgresql://user:password@") as caught:
        load(DatabaseSettings)

    assert "s3cret" not in str(caught.value)


def wrapped(original: BaseException, kind: type[DBAPIError] = DBAPIError) -> DBAPIError:
    """Wrap a driver's error as SQLAlchemy does."""
    return kind("INSERT INTO reading", {"sensor_id": "s3cret"}, original)


def unwrapped(original: BaseException) -> BaseException:
    """Return the driver's error itself, as it is raised outside SQLAlchemy."""
    return original


def with_state(state: str) -> BaseException:
    error: BaseException = psycopg.errors.lookup(state)(f"server message\nfor {state}")
    return error


wrapped_or_not = pytest.mark.parametrize("wrapping", [unwrapped, wrapped])


@wrapped_or_not
@pytest.mark.parametrize("state", ["22003", "22021", "22P02", "23502", "23505", "23514"])
def test_data_errors_are_invalid_data(wrapping: Wrapping, state: str) -> None:
    with pytest.raises(InvalidData) as caught, translate_errors():
        raise wrapping(with_state(state))

    assert str(caught.value) == f"server message for {state} (SQLSTATE {state})"


@wrapped_or_not
def test_a_refusal_without_a_field_is_invalid_data(wrapping: Wrapping) -> None:
    with pytest.raises(InvalidData), translate_errors():
        raise wrapping(with_state("22023"))


@wrapped_or_not
@pytest.mark.parametrize(
    "state",
    [
        *("08006", "28P01", "3D000", "40001", "40P01", "42P01", "42501", "53100", "53300"),
        *("55P03", "57014", "57P01", "57P03", "58030", "XX000"),
    ],
)
def test_other_server_errors_mean_unavailable(wrapping: Wrapping, state: str) -> None:
    with pytest.raises(StoreUnavailable) as caught, translate_errors():
        raise wrapping(with_state(state))

    assert str(caught.value) == f"server message for {state} (SQLSTATE {state})"


def test_a_server_that_does_not_accept_writes_is_unavailable_and_the_reason_has_a_hint() -> None:
    hint = r"25006\); the server is a standby, or frozen by default_transaction_read_only"
    with pytest.raises(StoreUnavailable, match=hint), translate_errors():
        raise with_state("25006")


@pytest.mark.parametrize(
    ("state", "outcome"), [("57014", StoreTimeout), ("55P03", StoreTimeout), ("42501", PermissionDenied)]
)
def test_timeouts_and_missing_privileges_are_distinguished(state: str, outcome: type[Exception]) -> None:
    with pytest.raises(StoreUnavailable) as caught, translate_errors():
        raise with_state(state)

    assert type(caught.value) is outcome


@pytest.mark.parametrize(
    ("error", "kind", "outcome"),
    [
        (psycopg.OperationalError("server closed the connection"), OperationalError, StoreUnavailable),
        (psycopg.InterfaceError("the connection is closed"), InterfaceError, StoreUnavailable),
        (psycopg.DataError("cannot contain NUL (0x00) bytes"), DataError, InvalidData),
    ],
)
def test_without_an_sqlstate_only_the_drivers_data_error_is_invalid_data(
    error: BaseException, kind: type[DBAPIError], outcome: type[Exception]
) -> None:
    with pytest.raises(outcome) as caught, translate_errors():
        raise wrapped(error, kind)
    with pytest.raises(outcome) as caught_bare, translate_errors():
        raise error

    assert str(caught.value) == str(caught_bare.value) == str(error)


def test_a_text_that_is_not_unicode_is_invalid_data() -> None:
    with pytest.raises(InvalidData, match="not UTF-8"), translate_errors():
        "a\udcff".encode()


@pytest.mark.parametrize(
    "reason",
    [
        'FATAL:  too many connections for role "writer"',
        "FATAL:  sorry, too many clients already",
        "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
    ],
)
def test_a_reached_limit_of_connections_has_a_hint(reason: str) -> None:
    hint = r"raise max_connections .* run `sensorctl setup`"
    with pytest.raises(StoreUnavailable, match=hint), translate_errors():
        raise psycopg.OperationalError(f"connection failed: {reason}")


def test_errors_of_sqlalchemy_itself_mean_unavailable() -> None:
    with pytest.raises(StoreUnavailable, match="closed"), translate_errors():
        raise ResourceClosedError("This Connection is closed")


def test_other_errors_are_not_translated() -> None:
    with pytest.raises(ZeroDivisionError), translate_errors():
        raise ZeroDivisionError


def test_a_description_contains_neither_statement_nor_parameters() -> None:
    description = describe(wrapped(with_state("22003")))

    assert "INSERT" not in description
    assert "s3cret" not in description
    assert "\n" not in description


@pytest.fixture
def unreachable(closed_port: int) -> DatabaseSettings:
    """Settings with a port on which no database listens."""
    return DatabaseSettings(postgres_port=closed_port, postgres_password="s3cret")


def with_summary(use: Callable[[Summary], Any]) -> Callable[[DatabaseSettings], Any]:
    def call(settings: DatabaseSettings) -> None:
        summary = Summary(settings)
        try:
            use(summary)
        finally:
            summary.close()

    return call


def with_store(use: Callable[[Store], Any]) -> Callable[[DatabaseSettings], Any]:
    def call(settings: DatabaseSettings) -> None:
        store = Store(settings, name="test")
        try:
            use(store)
        finally:
            store.close()

    return call


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(with_store(lambda store: store.check()), id="check"),
        pytest.param(with_store(lambda store: store.save([READING])), id="save"),
        pytest.param(with_summary(lambda summary: summary.sensors()), id="sensors"),
        pytest.param(with_summary(lambda summary: summary.overall()), id="overall"),
        pytest.param(with_summary(lambda summary: summary.time_shifts()), id="clock"),
        pytest.param(upgrade, id="upgrade"),
        pytest.param(current_version, id="version"),
    ],
)
def test_an_unreachable_database_is_unavailable(
    unreachable: DatabaseSettings, call: Callable[[DatabaseSettings], Any]
) -> None:
    with pytest.raises(StoreUnavailable, match="Connection refused") as caught:
        call(unreachable)

    assert "s3cret" not in str(caught.value)


def test_the_newest_version_is_known_without_a_database() -> None:
    assert newest_version() >= "0001"
