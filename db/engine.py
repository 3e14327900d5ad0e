"""Connections to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext

from db.deadline import Deadline, limit_statements
from db.driver_errors import READ_ONLY_TRANSACTION, sqlstate, translate_errors
from db.host_selection import RECONNECT_SECONDS, select_hosts
from db.hosts import (
    DRIVER,
    READ_WRITE,
    TARGET,
    Address,
    find_addresses,
    parse_addresses,
    parse_url,
    with_addresses,
    with_one_address,
)
from db.session import CLIENT_ENCODING, find_schema, startup_options
from db.settings import DatabaseSettings

CONNECT_TIMEOUT_SECONDS = 5
# The driver's minimum. With several hosts it applies to each, so that one that is gone delays little.
MIN_CONNECT_TIMEOUT_SECONDS = 2
STATEMENT_TIMEOUT_SECONDS = 10
INTERACTIVE_TIMEOUT_SECONDS = 3
LOCK_TIMEOUT_SECONDS = 5
# A server that has not cancelled a statement by then is frozen.
FROZEN_AFTER_SECONDS = 2


def database_url(settings: DatabaseSettings) -> URL:
    """Return the database's URL with psycopg as its driver."""
    if settings.database_url:
        url = parse_url(settings.database_url.get_secret_value())
        return url.set(query={**settings.tls_options, **url.query})
    url = URL.create(
        DRIVER,
        username=settings.postgres_user,
        password=settings.postgres_password.get_secret_value(),
        database=settings.postgres_db,
        query=settings.tls_options,
    )
    return with_addresses(url, parse_addresses(settings.postgres_host, settings.postgres_port))


def database_role(settings: DatabaseSettings) -> str:
    """Return the role that the settings log in as."""
    return database_url(settings).username or ""


def make_engine(
    settings: DatabaseSettings,
    *,
    name: str,
    statement_timeout_seconds: float = STATEMENT_TIMEOUT_SECONDS,
    connect_timeout_seconds: int = CONNECT_TIMEOUT_SECONDS,
    may_use_standby: bool = False,
    address: Address | None = None,
    is_limited: bool = False,
) -> Engine:
    """Return an engine with one connection, which it opens on first use and which commits each statement.

    Its timeouts are below the broker's heartbeat, so that a consumer that waits for the database still
    answers the broker. `name` is the application_name in pg_stat_activity. Defaults of the database and of
    the role do not apply (db.session).

    Of several hosts it connects to the one that accepts writes. With `may_use_standby` it prefers a standby:
    for reads that may lack what was stored in the last seconds. With `address` it connects to that host.

    If it `is_limited`, or has several hosts, the limits hold also for a server that is frozen, as `docker
    pause` leaves it: it keeps its connections open, and cancels nothing. Statements that are executed on the
    driver's connection require a Deadline of their own.
    """
    url = database_url(settings)
    url = with_one_address(url, address) if address else url
    addresses = find_addresses(url)
    has_several_hosts = len(addresses) > 1
    prefers_standby = may_use_standby and has_several_hosts and TARGET not in url.query
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=1,
        max_overflow=0,
        pool_timeout=statement_timeout_seconds + FROZEN_AFTER_SECONDS,
        pool_recycle=RECONNECT_SECONDS if prefers_standby else -1,
        connect_args={
            "application_name": name,
            "connect_timeout": MIN_CONNECT_TIMEOUT_SECONDS if has_several_hosts else connect_timeout_seconds,
            "client_encoding": CLIENT_ENCODING,
            "options": startup_options(
                _timeouts(statement_timeout_seconds), str(url.query.get("options", ""))
            ),
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "tcp_user_timeout": 20_000,
        },
    )
    event.listen(engine, "connect", find_schema)
    event.listen(engine, "handle_error", _drop_if_read_only)
    deadline = Deadline(statement_timeout_seconds + FROZEN_AFTER_SECONDS)
    if has_several_hosts:
        target = str(url.query.get(TARGET, READ_WRITE))
        select_hosts(engine, addresses, target, deadline, prefers_standby=prefers_standby)
    elif is_limited:
        limit_statements(engine, deadline)
    return engine


def make_interactive_engine(
    settings: DatabaseSettings,
    *,
    name: str,
    statement_timeout_seconds: float = INTERACTIVE_TIMEOUT_SECONDS,
    may_use_standby: bool = False,
    address: Address | None = None,
) -> Engine:
    """Return a limited engine as make_engine does, with short timeouts: a person waits for the response."""
    return make_engine(
        settings,
        name=name,
        statement_timeout_seconds=statement_timeout_seconds,
        connect_timeout_seconds=MIN_CONNECT_TIMEOUT_SECONDS,
        may_use_standby=may_use_standby,
        address=address,
        is_limited=True,
    )


@contextmanager
def connect(
    settings: DatabaseSettings,
    *,
    name: str,
    statement_timeout_seconds: float = STATEMENT_TIMEOUT_SECONDS,
) -> Iterator[Connection]:
    """Open a connection for the block, and translate errors as `translate_errors` does."""
    engine = make_engine(settings, name=name, statement_timeout_seconds=statement_timeout_seconds)
    try:
        with translate_errors(), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def execute_composed(connection: Connection, statement: sql.Composable) -> None:
    """Execute a statement as it is: without parameters, so that a percent sign in a name is one."""
    query = statement.as_string(connection.connection.driver_connection)
    with translate_errors():
        connection.exec_driver_sql(query, execution_options={"no_parameters": True})


def _timeouts(statement_timeout_seconds: float) -> dict[str, str]:
    return {
        "statement_timeout": f"{statement_timeout_seconds * 1000:.0f}ms",
        "lock_timeout": f"{LOCK_TIMEOUT_SECONDS}s",
        "idle_in_transaction_session_timeout": "60s",
    }


def _drop_if_read_only(context: ExceptionContext) -> None:
    """Let the pool close a connection to a server that no longer accepts writes: another one may."""
    if sqlstate(context.original_exception) == READ_ONLY_TRANSACTION:
        context.is_disconnect = True
