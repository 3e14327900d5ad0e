"""The translation of the driver's errors."""

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, ResourceClosedError

from db.driver_errors import describe, translate_errors
from db.errors import InvalidData, PermissionDenied, StoreTimeout, StoreUnavailable

Wrapping = Callable[[BaseException], BaseException]


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
