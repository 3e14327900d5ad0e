"""The tests' side of PostgreSQL: a database of their own, looked at with plain psycopg."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row

from db.settings import DatabaseSettings
from runtime.settings import load
from tests.proxy import Proxy

Row = dict[str, Any]


class Database:
    """One test's database; it keeps a connection until it is closed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: psycopg.Connection[Row] | None = None

    @property
    def name(self) -> str:
        return urlsplit(self.url).path.removeprefix("/")

    def url_through(self, proxy: Proxy) -> str:
        """Its address by way of the proxy."""
        return proxy.proxied_url(self.url)

    @property
    def environment(self) -> dict[str, str]:
        """How a process of this project finds it."""
        return {"DATABASE_URL": self.url}

    @property
    def settings(self) -> DatabaseSettings:
        """The same for code in this process."""
        return load(DatabaseSettings, database_url=self.url)

    def connect(self) -> psycopg.Connection[Row]:
        """A connection of the caller's own, which commits each statement."""
        return psycopg.connect(libpq_url(self.url), autocommit=True, row_factory=dict_row)

    def query(self, statement: str, *parameters: object) -> list[Row]:
        """What the statement gives; none for one that gives nothing."""
        if self._connection is None:
            self._connection = self.connect()
        cursor = self._connection.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []

    def readings(self) -> list[Row]:
        """Every stored reading, in the order of arrival."""
        return self.query("SELECT * FROM reading ORDER BY received_at, reading_id")

    def count(self) -> int:
        """How many readings are stored."""
        return int(self.query("SELECT count(*) AS readings FROM reading")[0]["readings"])

    def terminate_backends(self, name_prefix: str) -> int:
        """End the server processes of the clients that call themselves so; gives how many there were."""
        ended = self.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND starts_with(application_name, %s)",
            name_prefix,
        )
        return len(ended)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


@dataclass(frozen=True)
class Postgres:
    """A server in which the tests make databases."""

    url: str
    source: str

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[Database]:
        """A fresh database, a copy of the template if there is one."""
        name = f"test_{uuid4().hex[:12]}"
        with psycopg.connect(libpq_url(self.url), autocommit=True) as administrator:
            administrator.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")
            database = Database(urlsplit(self.url)._replace(path=f"/{name}").geturl())
            try:
                yield database
            finally:
                database.close()
                administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


def libpq_url(url: str) -> str:
    """The address without SQLAlchemy's name of the driver."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
