"""A primary database server and its streaming standby, as native servers on this machine."""

import os
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import psycopg

from db.settings import DatabaseSettings
from native.ports import LOOPBACK
from native.postgres import UNPRIVILEGED_USER, PrivatePostgres
from runtime.settings import load
from tests.database import libpq_url


class StandbyPostgres(PrivatePostgres):
    """A standby of a primary that runs when this is started."""

    def __init__(self, directory: Path, primary: PrivatePostgres) -> None:
        super().__init__(directory)
        self._primary = primary

    @property
    def password(self) -> str:
        return self._primary.password

    def prepare(self) -> None:
        self.data.mkdir(mode=0o700, parents=True)
        if os.geteuid() == 0:
            shutil.chown(self.data, UNPRIVILEGED_USER)
        server = libpq_url(self._primary.url).rpartition("/")[0]
        self._run(
            "pg_basebackup", "--dbname", server, "--pgdata", str(self.data),
            "--write-recovery-conf", "--checkpoint", "fast", "--no-sync",
        )  # fmt: skip

    def promote(self) -> None:
        """Make it a primary; it accepts writes when this returns."""
        self._run("pg_ctl", "promote", "--pgdata", str(self.data))


class DatabasePair:
    """Both servers, which run during the block unless a test stops them. The standby is listed first."""

    def __init__(self, directory: Path) -> None:
        self.primary = PrivatePostgres(directory / "primary")
        self.standby = StandbyPostgres(directory / "standby", self.primary)
        self._running = ExitStack()

    def url(self, *more: str) -> str:
        """Return the URL with both hosts, and more of them."""
        primary, standby = (f"{LOOPBACK}:{server.port}" for server in (self.primary, self.standby))
        return self.primary.url.replace(primary, ",".join([standby, primary, *more]))

    @property
    def settings(self) -> DatabaseSettings:
        """The settings with both hosts."""
        return load(DatabaseSettings, database_url=self.url())

    def configure(self, name: str, value: str) -> None:
        """Change a setting of the primary for new and for existing connections."""
        with psycopg.connect(libpq_url(self.primary.url), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
            connection.execute("SELECT pg_reload_conf()")

    def __enter__(self) -> Self:
        self._running.enter_context(self.primary)
        self._running.enter_context(self.standby)
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()
