"""The servers and processes as a site without Docker, under the native supervisor."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from native.postgres import PrivatePostgres
from native.program import Program
from native.rabbitmq import PrivateRabbitMQ
from runtime.process_state import ProcessState
from tests.faults.site import BROKER, DATABASE, SmallDatabase, Workers, await_answers
from tests.faults.supervising import ROOT, LocalWorkers, Supervising, environment
from tests.modes import Mode

CTL_NAMES = ("/usr/lib/rabbitmq/bin/rabbitmqctl", "/opt/rabbitmq/sbin/rabbitmqctl")
RUN_SECONDS = 60
SMALL_DISK = "192m"


class SmallNative:
    """A private server on a tmpfs, which only root can mount."""

    def __init__(self, supervising: Supervising, directory: Path) -> None:
        self._supervising, self._disk = supervising, directory / "small"
        self._disk.mkdir()

    def start(self, amqp_url: str) -> bool:
        """False where it cannot be had."""
        mount = ("mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(self._disk))
        if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
            return False
        self._disk.chmod(0o755)
        server = PrivatePostgres(self._disk)
        server.prepare()
        self._program = _renamed(server.program(), "small")
        self._supervising.start(self._program)
        self.url = _plain(server.url)
        await_answers(amqp_url, self.url)
        _python("-m", "db", "upgrade", DATABASE_URL=self.url)
        return True

    def fill(self) -> None:
        with suppress(OSError), (self._disk / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    def empty(self) -> None:
        (self._disk / "filler").unlink(missing_ok=True)

    def problems(self) -> list[str]:
        return _not_running(self._supervising, "small")

    def close(self) -> None:
        self._supervising.remove("small")
        subprocess.run(("umount", str(self._disk)), check=False)


class Native:
    """Implements tests.faults.site.Site."""

    name = "native"

    def __init__(self, supervising: Supervising, directory: Path) -> None:
        self.supervising = supervising
        self.directory = directory
        self._postgres = PrivatePostgres(directory / "postgres")
        self._rabbitmq = PrivateRabbitMQ(directory / "rabbitmq")
        self.amqp_url = self._rabbitmq.url
        self._programs: dict[str, Program] = {}

    def prepare(self) -> None:
        """Start both servers, and set them up."""
        self._postgres.prepare()
        self._rabbitmq.prepare()
        self.database_url = _plain(self._postgres.url)
        for program in (self._postgres.program(), *self._rabbitmq.programs()):
            self._programs[program.name] = program
            self.supervising.start(program)
        await_answers(self.amqp_url, self.database_url)
        _python("-m", "sensorctl", "setup", **self._variables())

    def workers(self, mode: Mode) -> Workers:
        return LocalWorkers(self.supervising, self.directory, self._variables() | dict(mode.variables))

    def kill(self, service: str) -> None:
        self.supervising.kill(service)

    def stop(self, service: str) -> None:
        self.supervising.remove(service)

    def start(self, service: str) -> None:
        self.supervising.start(self._programs[service])

    def rabbitmqctl(self, *arguments: str) -> str:
        command = next(name for name in CTL_NAMES if os.access(name, os.X_OK))
        return subprocess.run(
            (command, "-q", *arguments), env=self._rabbitmq._environment(), timeout=RUN_SECONDS,
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    def problems(self) -> list[str]:
        return _not_running(self.supervising, BROKER, DATABASE)

    def small_database(self) -> SmallDatabase | None:
        small = SmallNative(self.supervising, self.directory)
        return small if small.start(self.amqp_url) else None

    def _variables(self) -> dict[str, str]:
        return {
            "RABBITMQ_URL": self.amqp_url,
            "RABBITMQ_MANAGEMENT_URL": self._rabbitmq.management_url,
            "DATABASE_URL": self.database_url,
        }


@contextmanager
def native(directory: Path) -> Iterator[Native]:
    """Private servers under the supervisor. Raises ServiceUnavailable where there are no binaries."""
    directory.chmod(0o755)  # root starts PostgreSQL as another user, who must get there
    with Supervising() as supervising:
        site = Native(supervising, directory)
        site.prepare()
        yield site


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _renamed(program: Program, name: str) -> Program:
    return replace(program, name=name)


def _not_running(supervising: Supervising, *names: str) -> list[str]:
    states = [(name, supervising.state(name)) for name in names]
    return [f"{name} does not run" for name, s in states if not s or s.state is not ProcessState.RUNNING]


def _python(*arguments: str, **variables: str) -> None:
    subprocess.run(
        (sys.executable, *arguments), env=environment(variables), cwd=ROOT, timeout=RUN_SECONDS,
        capture_output=True, check=True,
    )  # fmt: skip
