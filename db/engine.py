"""Connections to the database, and its driver's errors turned into this project's own."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from db.errors import InvalidData, PermissionDenied, StoreUnavailable
from db.settings import DRIVER, DatabaseSettings
from runtime.errors import ErrorTranslator

CONNECT_TIMEOUT_SECONDS = 5
STATEMENT_TIMEOUT_SECONDS = 10
LOCK_TIMEOUT_SECONDS = 5
# SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation), see
# https://www.postgresql.org/docs/17/errcodes-appendix.html: the same data would fail for ever.
DATA_ERROR_CLASSES = ("22", "23")
INSUFFICIENT_PRIVILEGE = "42501"


def url_of(settings: DatabaseSettings) -> URL:
    """The address with the psycopg driver."""
    if settings.database_url:
        url = make_url(settings.database_url.get_secret_value().replace("postgres://", "postgresql://", 1))
        return url.set(drivername=DRIVER, query={**settings.tls_options, **url.query})
    return URL.create(
        DRIVER,
        username=settings.postgres_user,
        password=settings.postgres_password.get_secret_value(),
        host=settings.postgres_host,
        port=settings.postgres_port,
        database=settings.postgres_db,
        query=settings.tls_options,
    )


def role_of(settings: DatabaseSettings) -> str:
    """The role of the address."""
    return url_of(settings).username or ""


def make_engine(
    settings: DatabaseSettings,
    *,
    name: str,
    statement_timeout_seconds: float = STATEMENT_TIMEOUT_SECONDS,
    connect_timeout_seconds: int = CONNECT_TIMEOUT_SECONDS,
) -> Engine:
    """An engine that connects on first use and commits each statement.

    Its time-outs are below the broker's heartbeat, so that a consumer that waits for the database
    still answers the broker. `name` is what pg_stat_activity shows.
    """
    options = {
        "statement_timeout": f"{statement_timeout_seconds:.0f}s",
        "lock_timeout": f"{LOCK_TIMEOUT_SECONDS}s",
        "idle_in_transaction_session_timeout": "60s",
    }
    return create_engine(
        url_of(settings),
        isolation_level="AUTOCOMMIT",
        pool_size=1,
        max_overflow=0,
        connect_args={
            "application_name": name,
            "connect_timeout": connect_timeout_seconds,
            "options": " ".join(f"-c {key}={value}" for key, value in options.items()),
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "tcp_user_timeout": 20_000,
        },
    )


@contextmanager
def connected(
    settings: DatabaseSettings,
    *,
    name: str,
    statement_timeout_seconds: float = STATEMENT_TIMEOUT_SECONDS,
) -> Iterator[Connection]:
    """One connection for the block, with its errors translated."""
    engine = make_engine(settings, name=name, statement_timeout_seconds=statement_timeout_seconds)
    try:
        with translate_errors(), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def translate_errors() -> AbstractContextManager[None]:
    """Raise DataRejected, NotPermitted or StoreUnavailable for whatever the driver raises inside.

    Its errors may come as they are or in SQLAlchemy's wrapping.
    """
    return _ERROR_TRANSLATOR


def _cause(error: BaseException) -> BaseException:
    """The driver's own error, if SQLAlchemy has wrapped one."""
    return (error.orig if isinstance(error, DBAPIError) else None) or error


def _meaning(error: BaseException) -> InvalidData | StoreUnavailable | None:
    if isinstance(error, psycopg.Error | SQLAlchemyError):
        return _kind(_cause(error))(describe(error))
    return None


_ERROR_TRANSLATOR = ErrorTranslator(_meaning)


def _kind(cause: BaseException) -> type[InvalidData | StoreUnavailable]:
    state = _sqlstate(cause)
    # Without a state it is the driver that refuses a value, before the server sees it.
    if state.startswith(DATA_ERROR_CLASSES) if state else isinstance(cause, psycopg.DataError):
        return InvalidData
    return PermissionDenied if state == INSUFFICIENT_PRIVILEGE else StoreUnavailable


def describe(error: psycopg.Error | SQLAlchemyError) -> str:
    """What the server or the driver said, on one line, without statement or parameters."""
    cause = _cause(error)
    said = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
    state = _sqlstate(cause)
    text = " ".join(str(said).split())
    return f"{text} (SQLSTATE {state})" if state else text


def _sqlstate(cause: BaseException) -> str:
    return getattr(cause, "sqlstate", None) or ""
