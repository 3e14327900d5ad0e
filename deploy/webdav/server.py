"""The WebDAV server of the profile reports: folders for files, for reports, and for files that failed.

`python server.py` serves until SIGTERM; `python server.py check` ends with 0 if the server responds. It reads
WEBDAV_USER, WEBDAV_PASSWORD or WEBDAV_PASSWORD_FILE, WEBDAV_HOST, WEBDAV_PORT, WEBDAV_ROOT, and the names of
the folders, as the reporter does.
"""

import os
import shutil
import signal
import sys
import urllib.request
from base64 import b64encode
from pathlib import Path
from types import FrameType
from typing import Any

from cheroot import wsgi
from wsgidav.wsgidav_app import WsgiDAVApp

SAMPLES = Path(__file__).parent / "samples"
FOLDERS = {
    "WEBDAV_WORK_FOLDER": "work",
    "WEBDAV_DONE_FOLDER": "finalizado",
    "WEBDAV_ERROR_FOLDER": "erro",
}
INVALID_SETTING = 78
CHECK_SECONDS = 5
THREADS = 8
LOG_WARNINGS = 2
# An upload that stops half-way must not keep its thread.
IDLE_SECONDS = 60


def main(arguments: list[str]) -> int:
    """Serve, or check the server that runs."""
    password = _password()
    if not password:
        print("WEBDAV_PASSWORD is not set: set it, or WEBDAV_PASSWORD_FILE", file=sys.stderr)
        return INVALID_SETTING
    return _check(password) if arguments == ["check"] else _serve(password)


def _serve(password: str) -> int:
    root = Path(_variable("WEBDAV_ROOT", "/srv/webdav"))
    prepare(root)
    app: Any = WsgiDAVApp(configuration(root, _user(), password))
    address = (_variable("WEBDAV_HOST", "127.0.0.1"), _port())
    server = wsgi.Server(address, app, numthreads=THREADS, timeout=IDLE_SECONDS, server_name="webdav")

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    print(f"serving {root} at http://{address[0]}:{address[1]}", flush=True)
    try:
        server.safe_start()
    except KeyboardInterrupt:
        server.stop()
    return 0


def prepare(root: Path) -> None:
    """Create the folders, and copy the samples; what is there is kept."""
    for variable, name in FOLDERS.items():
        (root / _variable(variable, name).strip("/")).mkdir(parents=True, exist_ok=True)
    for sample in filter(Path.is_file, SAMPLES.rglob("*")):
        copy = root / "samples" / sample.relative_to(SAMPLES)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if not copy.exists():
            shutil.copyfile(sample, copy)


def configuration(root: Path, user: str, password: str) -> dict[str, Any]:
    """Return WsgiDAV's configuration: one user, who may do everything below the root."""
    return {
        "provider_mapping": {"/": str(root)},
        "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
        "simple_dc": {"user_mapping": {"*": {user: {"password": password}}}},
        "suppress_version_info": True,
        "dir_browser": {
            "ms_sharepoint_support": False,
            "libre_office_support": False,
            "response_trailer": "",
        },
        "verbose": LOG_WARNINGS,
    }


def _check(password: str) -> int:
    login = b64encode(f"{_user()}:{password}".encode()).decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{_port()}/", method="PROPFIND",
        headers={"Authorization": f"Basic {login}", "Depth": "0"},
    )  # fmt: skip
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=CHECK_SECONDS):
            return 0
    except OSError as error:
        print(f"the server does not respond: {error}", file=sys.stderr)
        return 1


def _variable(name: str, default: str) -> str:
    return os.environ.get(name) or default


def _user() -> str:
    return _variable("WEBDAV_USER", "sensors")


def _port() -> int:
    return int(_variable("WEBDAV_PORT", "8087"))


def _password() -> str:
    file = os.environ.get("WEBDAV_PASSWORD_FILE")
    return Path(file).read_text(encoding="utf-8").rstrip("\r\n") if file else _variable("WEBDAV_PASSWORD", "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
