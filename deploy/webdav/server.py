"""The WebDAV server of the profile reports: folders for files, for reports, and for files that failed.

`python server.py` serves until SIGTERM; `python server.py check` ends with 0 if the server responds. It reads
WEBDAV_USER, WEBDAV_PASSWORD or WEBDAV_PASSWORD_FILE, WEBDAV_HOST, WEBDAV_PORT, WEBDAV_ROOT, and the names of
the folders, as the reporter does.
"""

import errno
import os
import secrets
import shutil
import signal
import sys
import urllib.request
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

from cheroot import wsgi
from wsgidav.dav_error import (
    HTTP_BAD_REQUEST,
    HTTP_INSUFFICIENT_STORAGE,
    HTTP_PRECONDITION_FAILED,
    DAVError,
)
from wsgidav.fs_dav_provider import FileResource, FilesystemProvider
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
# What is being uploaded; the reporter reads no file whose name begins with a dot.
DRAFT_PREFIX = ".upload-"
FULL_DISK = {errno.ENOSPC, errno.EDQUOT}


class Upload:
    """What a client uploads, in a file next to its target."""

    def __init__(self, draft: Path) -> None:
        self.draft, self.size = draft, 0
        self._file = open_draft(draft)

    def write(self, data: bytes) -> None:
        """Write the next bytes.

        Raises:
            DAVError: When the disk is full.
            OSError: When it fails otherwise.
        """
        try:
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            if error.errno in FULL_DISK:
                raise DAVError(HTTP_INSUFFICIENT_STORAGE, "The disk of the WebDAV server is full.") from error
            raise
        self.size += len(data)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def discard(self) -> None:
        """Remove what was uploaded."""
        with suppress(OSError):
            self._file.close()
        self.draft.unlink(missing_ok=True)


def open_draft(path: Path) -> BinaryIO:
    """Create the file of an upload."""
    return path.open("xb")


class UploadedFile(FileResource):  # type: ignore[misc]  # it has no types
    """A file that an upload creates or replaces once it is complete; one that is cut off changes nothing.

    Otherwise the reporter would take the start of a file for the whole of it.
    """

    def begin_write(self, *, content_type: str | None = None) -> Upload:  # noqa: ARG002 (the provider's)
        """Start an upload."""
        target = Path(self._file_path)
        # WsgiDAV creates a new file empty, which would count as complete.
        self._is_new = target.stat().st_size == 0
        if self._is_new:
            target.unlink()
        self._upload = Upload(target.with_name(f"{DRAFT_PREFIX}{secrets.token_hex(8)}"))
        return self._upload

    def end_write(self, *, with_errors: bool) -> None:
        """Put a complete upload in place, and discard any other.

        Raises:
            DAVError: When it is not complete, or another client was faster.
        """
        upload, expected = self._upload, self.environ.get("CONTENT_LENGTH")
        try:
            if with_errors:
                return
            if expected and upload.size != int(expected):
                raise DAVError(HTTP_BAD_REQUEST, f"The upload ended after {upload.size} of {expected} bytes.")
            if not self._is_new:
                upload.draft.replace(self._file_path)
                return
            try:
                os.link(upload.draft, self._file_path)
            except FileExistsError:
                raise DAVError(HTTP_PRECONDITION_FAILED, "Another client has created it.") from None
            except OSError:  # a file system without links
                upload.draft.replace(self._file_path)
        finally:
            upload.discard()


class Provider(FilesystemProvider):  # type: ignore[misc]  # it has no types
    """The files below a folder."""

    def get_resource_inst(self, path: str, environ: dict[str, Any]) -> Any:
        """Return the file or the folder at a path; None if there is none."""
        found = super().get_resource_inst(path, environ)
        if found is None or found.is_collection:
            return found
        return UploadedFile(path, environ, self._loc_to_file_path(path, environ))


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
    """Create the folders, and copy the samples; what is there is kept, except for parts of uploads."""
    for draft in root.rglob(f"{DRAFT_PREFIX}*"):
        draft.unlink()
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
        "provider_mapping": {"/": Provider(str(root))},
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
