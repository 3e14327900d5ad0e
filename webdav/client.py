"""The operations on files and folders, each safe to repeat, and conditional where somebody else may act."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import BinaryIO

from runtime.http_requests import parse_http_date
from webdav.model import Listing, NotFound, Resource, WebDavRefused
from webdav.multistatus import MultistatusParser
from webdav.requests import Requests, Waits
from webdav.settings import WebDavSettings

CHUNK_BYTES = 256 * 1024
MAX_LISTING_BYTES = 64 * 1024 * 1024
PROPERTIES = b"""<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:"><prop><resourcetype/><getetag/><getcontentlength/><getlastmodified/></prop></propfind>
"""


class WebDav:
    """A folder of a WebDAV server; paths are below it.

    Every method raises WebDavUnavailable and WebDavRefused.
    """

    def __init__(self, settings: WebDavSettings, waits: Waits | None = None) -> None:
        self.requests = Requests(settings, waits or Waits())
        self._folders = {""}  # that exist

    def close(self) -> None:
        """Close the connections."""
        self.requests.close()

    def list(self, folder: str) -> Listing:
        """Return what is in a folder, in the order of the names.

        Raises:
            NotFound: When there is no such folder.
        """
        found = self.requests.retry(lambda: self._properties(folder, depth="1"))
        inside = sorted(r for r in found.resources if r.path != folder)
        return found._replace(resources=inside)

    def find(self, path: str) -> Resource | None:
        """Return the file or the folder at a path; None if there is none."""
        return self.look_at(path)[0]

    def look_at(self, path: str) -> tuple[Resource | None, datetime | None]:
        """Return the file or the folder at a path, None if there is none, and the server's time."""
        try:
            found = self.requests.retry(lambda: self._properties(path, depth="0"))
        except NotFound:
            return None, None
        return next((r for r in found.resources if r.path == path), None), found.read_at

    def put(self, path: str, file: BinaryIO, *, create: bool = False, replace: str | None = None) -> None:
        """Write a file, whose folder is created: as many bytes as it has now, if it grows meanwhile.

        With `create`, only if there is none; with the ETag `replace`, only if it is that version.

        Raises:
            PreconditionFailed: When the condition does not hold, also after an answer that was lost.
        """
        size = _size(file)
        headers = {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
        if create:
            headers["If-None-Match"] = "*"
        if replace:
            headers["If-Match"] = replace
        self._ensure_folder(path)
        self.requests.run("PUT", path, headers, lambda: _pieces(file, size))

    def move(self, source: str, target: str, etag: str | None = None) -> None:
        """Move a file if nothing is at the target, and it has the ETag, if one is given.

        The folder of the target is created.

        Raises:
            PreconditionFailed: When something is there, or the file is another version.
            NotFound: When there is no such file, also after an answer that was lost.
        """
        headers = {"Destination": self.requests.url(target), "Overwrite": "F"}
        if etag:
            # Some servers read the one, some the other.
            headers["If-Match"] = etag
            headers["If"] = f"<{self.requests.url(source)}> ([{etag}])"
        self._ensure_folder(target)
        self.requests.run("MOVE", source, headers)

    def remove(self, path: str) -> None:
        """Remove a file; nothing happens if there is none."""
        with suppress(NotFound):
            self.requests.run("DELETE", path)

    def make_folder(self, path: str) -> None:
        """Create a folder and those above it, unless they exist.

        Raises:
            WebDavRefused: When one of them is a file.
        """
        names = path.split("/")
        for count in range(1, len(names) + 1):
            folder = "/".join(names[:count])
            found = self.find(folder)
            if found is None:
                self._make(folder)
            elif not found.is_folder:
                raise WebDavRefused(f"{folder} is a file, and not a folder: move it elsewhere")

    def _ensure_folder(self, path: str) -> None:
        """Create the folder of a path: without it, some servers answer as if they were broken."""
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            self.make_folder(folder)
            self._folders.add(folder)

    def _make(self, folder: str) -> None:
        try:
            self.requests.run("MKCOL", folder)
        except WebDavRefused:
            found = self.find(folder)  # somebody else may have been faster
            if found is None or not found.is_folder:
                raise

    def _properties(self, path: str, depth: str) -> Listing:
        parser, received = MultistatusParser(self.requests.root), 0
        headers = {"Depth": depth, "Content-Type": "application/xml", "Content-Length": str(len(PROPERTIES))}
        with self.requests.open("PROPFIND", path, headers, lambda: [PROPERTIES]) as response:
            if response.status_code != HTTPStatus.MULTI_STATUS:
                raise WebDavRefused(
                    f"there is no WebDAV folder ({response.status_code} to PROPFIND): check WEBDAV_URL"
                )
            for piece in response.iter_bytes():
                self.requests.waits.progress()
                received += len(piece)
                if received > MAX_LISTING_BYTES:
                    raise WebDavRefused(f"the list of {path} has over {MAX_LISTING_BYTES} bytes")
                parser.feed(piece)
            return parser.close()._replace(read_at=parse_http_date(response.headers.get("Date")))


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(min(CHUNK_BYTES, size)):
        yield piece
        size -= len(piece)
