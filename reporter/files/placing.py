"""Results in their folders: each is written under a name of its job, and then moved if nothing is there.

So a result is there as a whole or not at all, exists once, and replaces nothing. Whatever step a job was
killed after, another attempt finds what was done.
"""

import io
import re
from collections.abc import Callable, Mapping
from uuid import UUID

from jobs.file_paths import split_name
from webdav.client import WebDav
from webdav.download import Download
from webdav.model import NotFound, PreconditionFailed, WebDavRefused

SUFFIX_CHARACTERS = 8
MAX_COMPARED_BYTES = 256 * 1024 * 1024
# Some servers read the target of a MOVE as a URL that was not encoded.
_NOT_IN_TARGETS = re.compile(r"[?;#]")
# Whether what is at the target already is the same result.
IsSame = Callable[[bytes], bool]


def candidate_names(path: str, work_folder: str, content_digest: str, job_id: UUID) -> list[str]:
    """Return the names that a file's results may have below a folder, the best first.

    Another version of the file may have the plain one, so the next has a part of the content's digest. The
    last has a part of the job's ID, so that it is free.
    """
    below = _NOT_IN_TARGETS.sub("_", path.removeprefix(f"{work_folder}/"))
    folder, slash, name = below.rpartition("/")
    stem, ending = split_name(name)
    suffixes = ("", f"-{content_digest[:SUFFIX_CHARACTERS]}", f"-{str(job_id)[:SUFFIX_CHARACTERS]}")
    return [f"{folder}{slash}{stem}{suffix}{ending}" for suffix in suffixes]


class Placing:
    """Puts the results of a job into a folder."""

    def __init__(self, webdav: WebDav, folder: str, job_id: UUID) -> None:
        self._webdav, self._folder, self._job_id = webdav, folder, job_id

    def place_first(self, contents: Mapping[str, bytes], is_same: Mapping[str, IsSame] | None = None) -> str:
        """Put a content under the first of its names that is free, or has the same result; return that name.

        `contents` has the content by name, in the order of preference.

        Raises:
            WebDavRefused: When all names are taken.
        """
        for name, content in contents.items():
            if self.place(name, content, (is_same or {}).get(name, content.__eq__)):
                return name
        raise WebDavRefused(
            f"{self._folder}: there are files under all of these names: {', '.join(contents)}"
        )

    def place(self, name: str, content: bytes, is_same: IsSame) -> bool:
        """Put a content under a name; return whether it is there, and not another one."""
        target = f"{self._folder}/{name}"
        if self._webdav.find(target) is not None:
            return is_same(self._read(target))
        ending = name.rpartition(".")[2]
        part = f"{self._folder}/.part-{self._job_id}.{ending}"
        self._webdav.put(part, io.BytesIO(content))
        try:
            self._webdav.move(part, target)
        except PreconditionFailed:  # another job was faster
            self._webdav.remove(part)
            return is_same(self._read(target))
        except NotFound:  # the answer of the move was lost, or an attempt that was given up has moved it
            return self._webdav.find(target) is not None and is_same(self._read(target))
        return True

    def _read(self, path: str) -> bytes:
        found = self._webdav.find(path)
        if found is None or found.is_folder:
            return b""
        content = io.BytesIO()
        Download(self._webdav, found, content, MAX_COMPARED_BYTES).run()
        return content.getvalue()


class Moving:
    """Moves the file of a job out of the folder for work."""

    def __init__(self, webdav: WebDav, path: str, version: str, etag: str | None) -> None:
        self._webdav, self._path = webdav, path
        self._version, self._etag = version, etag

    def move(self, targets: list[str], content_digest: str) -> str | None:
        """Move the file to the first target that is free, and return it.

        None if it is not there any more: a newer version has replaced it, or somebody else has moved it. A
        target with the same content is where an earlier attempt, or another job, has moved it.

        Raises:
            WebDavRefused: When all targets are taken.
        """
        for target in targets:
            found = self._webdav.find(self._path)
            if found is None:
                return self._find_moved(targets, content_digest)
            if found.version != self._version:
                return None
            try:
                self._webdav.move(self._path, target, self._etag)
            except PreconditionFailed:
                continue
            except NotFound:
                return self._find_moved(targets, content_digest)
            return target
        raise WebDavRefused(f"{self._path} cannot be moved: there are files at {', '.join(targets)}")

    def _find_moved(self, targets: list[str], content_digest: str) -> str | None:
        for target in targets:
            found = self._webdav.find(target)
            if found is None or found.is_folder:
                continue
            if not content_digest:  # it was not read
                return target
            downloaded = Download(self._webdav, found, _Discarded(), MAX_COMPARED_BYTES).run()
            if downloaded.sha256 == content_digest:
                return target
        return None


class _Discarded(io.BytesIO):
    """A file that keeps nothing: of the download, only its digest is used."""

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        return len(data)
