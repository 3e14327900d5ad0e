"""Connections to the database, and its driver's errors turned into this project's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError

from db.errors import DataRejected, StoreUnavailable
from db.settings import DRIVER, DatabaseSettings

CONNECT_TIMEOUT_SECONDS = 5
STATEMENT_TIMEOUT_SECONDS = 10
LOCK_TIMEOUT_SECONDS = 5
# SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation), see
# https://www.postgresql.org/docs/17/errcodes-appendix.html: the same data would fail for ever.
DATA_ERROR_CLASSES = ("22", "23")


def url_of(settings: DatabaseSettings) -> URL:
    """The address with the psycopg driver."""
    if settings.database_url:
        url = make_url(settings.database_url.get_secret_value().replace("postgres://", "postgresql://", 1))
        return url.set(drivername=DRIVER)
    return URL.create(
        DRIVER,
        username=settings.postgres_user,
        password=settings.postgres_password.get_secret_value(),
        host=settings.postgres_host,
        port=settings.postgres_port,
        database=settings.postgres_db,
    )


def make_engine(
    settings: DatabaseSettings,
    *,
    name: str,
    statement_timeout_seconds: float = STATEMENT_TIMEOUT_SECONDS,
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
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "options": " ".join(f"-c {key}={value}" for key, value in options.items()),
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "tcp_user_timeout": 20_000,
        },
    )


def socket_of(connection: Connection) -> int:
    """The file descriptor under a connection."""
    driver: Any = connection.connection.driver_connection
    return int(driver.fileno())


@contextmanager
def translated() -> Iterator[None]:
    """Raise DataRejected or StoreUnavailable for whatever the driver raises inside."""
    try:
        yield
    except DBAPIError as error:
        if _is_the_datas_own(error):
            raise DataRejected(describe(error)) from error
        raise StoreUnavailable(describe(error)) from error
    except SQLAlchemyError as error:
        raise StoreUnavailable(describe(error)) from error


def _is_the_datas_own(error: DBAPIError) -> bool:
    state = _sqlstate(error.orig)
    # Without a state it is the driver that refuses a value, before the server sees it.
    return state.startswith(DATA_ERROR_CLASSES) if state else isinstance(error, DataError)


def describe(error: SQLAlchemyError) -> str:
    """What the server or the driver said, on one line, without statement or parameters."""
    cause: Any = getattr(error, "orig", None) or error
    said = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
    state = _sqlstate(cause)
    text = " ".join(str(said).split())
    return f"{text} (SQLSTATE {state})" if state else text


def _sqlstate(cause: Any) -> str:
    return getattr(cause, "sqlstate", None) or ""
