"""Read a file: as one version, in pieces, and from where a lost connection left off."""

from hashlib import sha256
from http import HTTPStatus
from typing import BinaryIO, NamedTuple

import httpx2

from runtime.http_requests import retry_request
from webdav.client import WebDav
from webdav.model import (
    FileChanged,
    FileTooLarge,
    NotFound,
    PreconditionFailed,
    RangeRefused,
    Resource,
    WebDavRefused,
    WebDavUnavailable,
)

MAX_RESUMPTIONS = 20


class Downloaded(NamedTuple):
    """A file that was read as a whole."""

    bytes: int
    sha256: str


class Download:
    """Reads one version of a file into another one, of at most `limit` bytes."""

    def __init__(self, webdav: WebDav, resource: Resource, target: BinaryIO, limit: int) -> None:
        self._webdav, self._resource = webdav, resource
        self._target, self._limit = target, limit
        self._digest = sha256()
        self._position = 0

    def run(self) -> Downloaded:
        """Read the file.

        Raises:
            FileChanged: When it is another version before, or after.
            FileTooLarge: When it has over `limit` bytes.
            NotFound: When it is not there any more.
            WebDavUnavailable: When the server does not answer after all attempts.
        """
        self._check_size(self._resource.size or 0)
        for _ in range(MAX_RESUMPTIONS):
            before = self._position
            try:
                retry_request(self._read, sleep=self._webdav.requests.waits.sleep)
                break
            except WebDavUnavailable:
                if self._position == before:
                    raise
        self._check_version()
        return Downloaded(self._position, self._digest.hexdigest())

    def _read(self) -> None:
        headers = {}
        if condition := self._resource.condition:
            headers["If-Match"] = condition
        if self._position and condition:
            headers |= {"Range": f"bytes={self._position}-", "If-Range": condition}
        try:
            with self._webdav.requests.open("GET", self._resource.path, headers) as response:
                self._seek(response)
                for piece in response.iter_raw():
                    self._append(piece)
        except (PreconditionFailed, RangeRefused):
            raise self._changed() from None

    def _seek(self, response: httpx2.Response) -> None:
        """Go to where the response starts: where the last one was cut off, or at the first byte.

        Raises:
            WebDavRefused: When it is another range.
        """
        if response.status_code == HTTPStatus.PARTIAL_CONTENT:
            start = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
            if start != str(self._position):
                raise WebDavRefused("the WebDAV server sends another range than was requested")
            return
        self._position, self._digest = 0, sha256()
        self._target.seek(0)
        self._target.truncate()
        self._check_size(int(response.headers.get("Content-Length") or 0))

    def _append(self, piece: bytes) -> None:
        self._webdav.requests.waits.progress()
        self._check_size(self._position + len(piece))
        self._target.write(piece)
        self._digest.update(piece)
        self._position += len(piece)

    def _check_size(self, size: int) -> None:
        if size > self._limit:
            raise FileTooLarge(
                f"{self._resource.path} has over {self._limit:,} bytes (FILE_MAX_BYTES): split it"
            )

    def _check_version(self) -> None:
        """Check that the file is still what it was: a server that ignores conditions may have mixed two.

        Raises:
            NotFound: When there is no file any more.
        """
        found = self._webdav.find(self._resource.path)
        if found is None:
            raise NotFound(f"{self._resource.path} was removed while it was read")
        if found.version != self._resource.version or found.size not in (None, self._position):
            raise self._changed()

    def _changed(self) -> FileChanged:
        return FileChanged(f"{self._resource.path} was changed while it was read")
