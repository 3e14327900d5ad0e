"""What a WebDAV server has, and why it does not do what was requested."""

from datetime import datetime
from typing import NamedTuple

from runtime.http_requests import RequestUnavailable


class WebDavUnavailable(RequestUnavailable):
    """The server does not answer as it should, and may later; `retry_after` is in seconds or None."""


class WebDavRefused(Exception):
    """The server refuses the request, or its answer cannot be used; a retry does not change that.

    The message says what to change, and never contains a password.
    """


class NotFound(WebDavRefused):
    """The server has nothing at the path."""


class ParentMissing(WebDavRefused):
    """The folder of the path does not exist."""


class PreconditionFailed(WebDavRefused):
    """The target exists already, or the file is not the one that was meant any more."""


class RangeRefused(WebDavRefused):
    """The file does not have the bytes that were requested."""


class FileChanged(WebDavRefused):
    """The file was changed while it was read."""


class FileTooLarge(WebDavRefused):
    """The file has more bytes than are read."""


class Resource(NamedTuple):
    """A file or a folder; `path` is below the root. `etag` is quoted, and may be weak (`W/"…"`)."""

    path: str
    is_folder: bool
    etag: str | None = None
    size: int | None = None
    modified: str | None = None

    @property
    def name(self) -> str:
        """The last name of its path."""
        return self.path.rpartition("/")[2]

    @property
    def version(self) -> str | None:
        """What changes with the content: the ETag, or else size and time; None if there is neither."""
        if self.etag:
            return self.etag
        return f"{self.size} {self.modified}" if self.modified and self.size is not None else None

    @property
    def condition(self) -> str | None:
        """The ETag for a conditional request, which requires a strong one; None without it."""
        return self.etag if self.etag and self.etag.startswith('"') else None


class Listing(NamedTuple):
    """The content of a folder; `refused` are names that cannot be used, each with the reason.

    `read_at` is the server's time.
    """

    resources: list[Resource]
    refused: list[str]
    read_at: datetime | None = None
