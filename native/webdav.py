"""The WebDAV server of the profile reports: where files are put and reports are found."""

import os
import subprocess
import sys
from pathlib import Path

from native.ports import LOOPBACK
from native.program import Program
from native.secret import load_or_create_password
from native.settings import ROOT
from runtime.services import Stage

SERVER = ROOT / "deploy" / "webdav" / "server.py"
START_TIMEOUT_SECONDS = 30.0
DEFAULT_USER = "sensors"


class PrivateWebdav:
    """A server whose files are all in `directory`; user and password come from WEBDAV_USER and …_PASSWORD.

    Without a password in the variables, it has a random one.
    """

    def __init__(self, directory: Path, *, port: int, password_file: Path, log: Path) -> None:
        self.directory, self.port, self.log = directory, port, log
        self._password_file = password_file

    @property
    def url(self) -> str:
        """The address of the folder that contains the others."""
        return f"http://{LOOPBACK}:{self.port}"

    def client_variables(self) -> dict[str, str]:
        """Return the variables with which a client reaches it."""
        login = {"WEBDAV_USER": os.environ.get("WEBDAV_USER") or DEFAULT_USER}
        if not os.environ.get("WEBDAV_PASSWORD_FILE"):
            password = os.environ.get("WEBDAV_PASSWORD") or load_or_create_password(self._password_file)
            login["WEBDAV_PASSWORD"] = password
        return {"WEBDAV_URL": self.url, **login}

    def program(self) -> Program:
        """Return the server's program."""
        return Program(
            name="webdav",
            command=(sys.executable, str(SERVER)),
            environment=self._environment(),
            log=self.log,
            stage=Stage.WEBDAV,
            directory=ROOT,
            port=self.port,
        )

    def is_ready(self) -> bool:
        """Return whether it responds to its user."""
        command = [sys.executable, str(SERVER), "check"]
        done = subprocess.run(
            command,
            env=self._environment(),
            capture_output=True,
            check=False,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
        )
        return done.returncode == 0

    def _environment(self) -> dict[str, str]:
        address = {
            "WEBDAV_HOST": LOOPBACK,
            "WEBDAV_PORT": str(self.port),
            "WEBDAV_ROOT": str(self.directory),
            "PYTHONUNBUFFERED": "1",
        }
        return dict(os.environ) | self.client_variables() | address
