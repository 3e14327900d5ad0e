"""The servers and consumers without Docker, under the native supervisor."""

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
from tests.faults.environment import BROKER, DATABASE, SmallDatabase, Workers, wait_for_servers
from tests.faults.local_workers import ROOT, LocalWorkers, SupervisorThread, process_environment
from tests.modes import Mode

CTL_NAMES = ("/usr/lib/rabbitmq/bin/rabbitmqctl", "/opt/rabbitmq/sbin/rabbitmqctl")
RUN_SECONDS = 60
SMALL_DISK = "192m"


class SmallNative:
    """A private PostgreSQL on a tmpfs, which only root can mount."""

    def __init__(self, supervisor: SupervisorThread, directory: Path) -> None:
        self._supervisor, self._disk = supervisor, directory / "small"
        self._disk.mkdir()

    def start(self, amqp_url: str) -> bool:
        """Mount the disk and start the server; return False where this is not possible."""
        mount = ("mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(self._disk))
        if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
            return False
        self._disk.chmod(0o755)
        server = PrivatePostgres(self._disk)
        server.prepare()
        self._program = _renamed(server.program(), "small")
        self._supervisor.start(self._program)
        self.url = _libpq_url(server.url)
        wait_for_servers(amqp_url, self.url)
        _python("-m", "db", "upgrade", DATABASE_URL=self.url)
        return True

    def fill(self) -> None:
        with suppress(OSError), (self._disk / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    def empty(self) -> None:
        (self._disk / "filler").unlink(missing_ok=True)

    def problems(self) -> list[str]:
        return _not_running(self._supervisor, "small")

    def close(self) -> None:
        self._supervisor.remove("small")
        subprocess.run(("umount", str(self._disk)), check=False)


class Native:
    """Implement tests.faults.environment.Environment."""

    name = "native"

    def __init__(self, supervisor: SupervisorThread, directory: Path) -> None:
        self.supervisor = supervisor
        self.directory = directory
        self._postgres = PrivatePostgres(directory / "postgres")
        self._rabbitmq = PrivateRabbitMQ(directory / "rabbitmq")
        self.amqp_url = self._rabbitmq.url
        self._programs: dict[str, Program] = {}

    def prepare(self) -> None:
        """Start both servers and run setup."""
        self._postgres.prepare()
        self._rabbitmq.prepare()
        self.database_url = _libpq_url(self._postgres.url)
        for program in (self._postgres.program(), *self._rabbitmq.programs()):
            self._programs[program.name] = program
            self.supervisor.start(program)
        wait_for_servers(self.amqp_url, self.database_url)
        _python("-m", "sensorctl", "setup", **self._variables())

    def workers(self, mode: Mode) -> Workers:
        return LocalWorkers(self.supervisor, self.directory, self._variables() | dict(mode.variables))

    def kill(self, service: str) -> None:
        self.supervisor.kill(service)

    def stop(self, service: str) -> None:
        self.supervisor.remove(service)

    def start(self, service: str) -> None:
        self.supervisor.start(self._programs[service])

    def rabbitmqctl(self, *arguments: str) -> str:
        command = next(name for name in CTL_NAMES if os.access(name, os.X_OK))
        return subprocess.run(
            (command, "-q", *arguments), env=self._rabbitmq._environment(), timeout=RUN_SECONDS,
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    def problems(self) -> list[str]:
        return _not_running(self.supervisor, BROKER, DATABASE)

    def small_database(self) -> SmallDatabase | None:
        small = SmallNative(self.supervisor, self.directory)
        return small if small.start(self.amqp_url) else None

    def _variables(self) -> dict[str, str]:
        return {
            "RABBITMQ_URL": self.amqp_url,
            "RABBITMQ_MANAGEMENT_URL": self._rabbitmq.management_url,
            "DATABASE_URL": self.database_url,
        }


@contextmanager
def native(directory: Path) -> Iterator[Native]:
    """Start private servers under the supervisor.

    Raises:
        ServiceUnavailable: When the binaries are not installed.
    """
    directory.chmod(0o755)  # root starts PostgreSQL as another user, which requires access
    with SupervisorThread() as supervisor:
        environment = Native(supervisor, directory)
        environment.prepare()
        yield environment


def _libpq_url(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _renamed(program: Program, name: str) -> Program:
    return replace(program, name=name)


def _not_running(supervisor: SupervisorThread, *names: str) -> list[str]:
    states = [(name, supervisor.state(name)) for name in names]
    return [f"{name} does not run" for name, s in states if not s or s.state is not ProcessState.RUNNING]


def _python(*arguments: str, **variables: str) -> None:
    subprocess.run(
        (sys.executable, *arguments), env=process_environment(variables), cwd=ROOT, timeout=RUN_SECONDS,
        capture_output=True, check=True,
    )  # fmt: skip
