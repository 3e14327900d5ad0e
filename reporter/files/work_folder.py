"""What is in the folder for work: which files are complete, and which are still being written."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from jobs.file_paths import is_temporary
from runtime.http_requests import parse_http_date
from runtime.text import quote_name
from webdav.client import WebDav
from webdav.model import Listing, Resource

# A file that was written so recently by the server's clock is looked at again after that time.
SETTLE_SECONDS = 5.0
MAX_LOOKS = 24
NESTED = "a folder in the folder of a sensor is not looked into: move its files up"


class Look(NamedTuple):
    """The files that are complete, and the names of those that are not: written still, or refused."""

    complete: list[Resource]
    changing: list[str]
    refused: list[str]


class WorkFolder:
    """The folder for work, and the folders in it, each of which may be named after a sensor."""

    def __init__(self, webdav: WebDav, folder: str, sleep: Callable[[float], None]) -> None:
        self._webdav, self._folder, self._sleep = webdav, folder, sleep

    def look(self) -> Look:
        """Return what is there; wait, for some minutes at most, until files have stopped changing."""
        before: dict[str, Resource] = {}
        for number in range(MAX_LOOKS):
            files, refused = self.list_files()
            changing = {
                file.path: file
                for file, read_at in files
                if not (is_settled(file, read_at) or before.get(file.path) == file)
            }
            if not changing or number == MAX_LOOKS - 1:
                break
            before = {file.path: file for file, _ in files}
            self._sleep(SETTLE_SECONDS)
        complete = [file for file, _ in files if file.path not in changing]
        return Look(complete, sorted(changing), refused)

    def list_files(self) -> tuple[list[tuple[Resource, datetime | None]], list[str]]:
        """Return the files, each with the server's time at which it was listed, and what is refused."""
        top = self._webdav.list(self._folder)
        listings = [top, *(self._webdav.list(r.path) for r in top.resources if _is_folder(r))]
        files = [(file, listing.read_at) for listing in listings for file in _complete_names(listing)]
        refused = [text for listing in listings for text in listing.refused]
        nested = (r for listing in listings[1:] for r in listing.resources if _is_folder(r))
        return files, [*refused, *(f"{quote_name(r.path)}: {NESTED}" for r in nested)]


def _is_folder(resource: Resource) -> bool:
    return resource.is_folder and not is_temporary(resource.name)


def _complete_names(listing: Listing) -> list[Resource]:
    return [r for r in listing.resources if not r.is_folder and not is_temporary(r.name)]


def is_settled(file: Resource, read_at: datetime | None) -> bool:
    """Return whether a file was not changed recently; both times are of the clock of the server."""
    modified = parse_http_date(file.modified)
    if read_at is None or modified is None:
        return False
    return read_at - modified >= timedelta(seconds=SETTLE_SECONDS)
