"""PostgreSQL for tests: a database for each test, queried with plain psycopg."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row
from pydantic import SecretStr

from db.roles import AccessLevel, Role
from db.settings import DatabaseSettings
from runtime.settings import load
from tests.proxy import Proxy
from tests.waiting import DEADLINE_SECONDS, eventually

Row = dict[str, Any]
Roles = dict[AccessLevel, Role]


class Database:
    """The database of a test, with one connection until it is closed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: psycopg.Connection[Row] | None = None

    @property
    def name(self) -> str:
        return urlsplit(self.url).path.removeprefix("/")

    def url_through(self, proxy: Proxy) -> str:
        """Return the URL of this database through the proxy."""
        return proxy.proxied_url(self.url)

    def url_as(self, role: Role) -> str:
        """Return the URL with which this role logs in."""
        address = urlsplit(self.url)
        server = address.netloc.rpartition("@")[2]
        login = f"{role.name}:{role.password.get_secret_value()}"
        return address._replace(netloc=f"{login}@{server}").geturl()

    def settings_as(self, role: Role) -> DatabaseSettings:
        """Return the settings with which code in this process connects as this role."""
        return load(DatabaseSettings, database_url=self.url_as(role))

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a process of this project connects as the owner."""
        return {"DATABASE_URL": self.url}

    @property
    def settings(self) -> DatabaseSettings:
        """The settings with which code in this process connects as the owner."""
        return load(DatabaseSettings, database_url=self.url)

    def connect(self) -> psycopg.Connection[Row]:
        """Open a separate connection in autocommit mode."""
        return psycopg.connect(libpq_url(self.url), autocommit=True, row_factory=dict_row)

    def query(self, statement: str, *parameters: object, **named: object) -> list[Row]:
        """Execute the statement with positional or named parameters; return its rows, if it returns any."""
        if self._connection is None:
            self._connection = self.connect()
        cursor = self._connection.execute(statement, parameters or named or None)
        return cursor.fetchall() if cursor.description else []

    def await_older_transactions(self) -> None:
        """Wait until each transaction of the server that writes now is over, also of tests that share it.

        Until then the evaluation of limits and the closing of hours leave out what is newer.
        """
        ((current,),) = (row.values() for row in self.query("SELECT pg_current_xact_id()::text::bigint"))
        oldest = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > %s AS older"
        eventually(
            lambda: self.query(oldest, current) == [{"older": True}],
            DEADLINE_SECONDS,
            "older transactions end",
        )

    def readings(self) -> list[Row]:
        """Return every stored reading in the order of arrival."""
        return self.query("SELECT * FROM reading ORDER BY received_at, reading_id")

    def count(self) -> int:
        """Return the number of stored readings."""
        return int(self.query("SELECT count(*) AS readings FROM reading")[0]["readings"])

    def terminate_backends(self, name_prefix: str) -> int:
        """Terminate the backends of the clients with this prefix of their name; return their number."""
        terminated = self.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND starts_with(application_name, %s)",
            name_prefix,
        )
        return len(terminated)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


@dataclass(frozen=True)
class Postgres:
    """A server in which the tests create databases."""

    url: str
    source: str

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[Database]:
        """Create a database, as a copy of the template if there is one, and drop it afterwards."""
        name = f"test_{uuid4().hex[:12]}"
        with psycopg.connect(libpq_url(self.url), autocommit=True) as administrator:
            administrator.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")
            database = Database(urlsplit(self.url)._replace(path=f"/{name}").geturl())
            try:
                yield database
            finally:
                database.close()
                administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def roles(self) -> Iterator[Roles]:
        """Yield a role of each access level with a unique name, for `ensure_roles`; drop them afterwards."""
        suffix, password = uuid4().hex[:8], SecretStr(uuid4().hex)
        roles = {level: Role(f"{level}_{suffix}", password, level) for level in AccessLevel}
        yield roles
        with psycopg.connect(libpq_url(self.url), autocommit=True) as administrator:
            for role in roles.values():
                administrator.execute(f"DROP ROLE IF EXISTS {role.name}")


def libpq_url(url: str) -> str:
    """Return the URL without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
