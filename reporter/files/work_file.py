"""The file of a job in the folder for work: found, complete, claimed and read."""

from collections.abc import Callable
from typing import BinaryIO, NamedTuple
from uuid import UUID

from db.workflows.files import Files
from jobs.file_paths import check_path
from jobs.files import FileSpec
from reporter.files.state import FileState
from reporter.files.work_folder import MAX_LOOKS, SETTLE_SECONDS, is_settled
from reporter.settings import ReporterSettings
from runtime.text import quote_name
from webdav.client import WebDav
from webdav.download import Download, Downloaded
from webdav.model import FileChanged, Resource, WebDavRefused
from worker.context import Interruption, JobFailed, JobInterrupted

# A message may name a file that is uploaded afterwards.
MISSING_SECONDS = 30.0


class Elsewhere(NamedTuple):
    """Nothing is left to do for this job; the message says why."""

    message: str


def resolve_path(spec: FileSpec, settings: ReporterSettings) -> str:
    """Return the path below the root; one that is not in the folder for work is below that.

    Raises:
        JobFailed: When it is in one of the other folders.
    """
    work = settings.webdav_work_folder
    for folder in (settings.webdav_done_folder, settings.webdav_error_folder):
        if spec.file.startswith(f"{folder}/"):
            raise JobFailed(
                f"{quote_name(spec.file)} is not in {work}/: move it there, and it is processed again",
                retry=False,
            )
    return spec.file if spec.file.startswith(f"{work}/") else check_path(f"{work}/{spec.file}")


def find_file(
    webdav: WebDav, spec: FileSpec, settings: ReporterSettings, sleep: Callable[[float], None]
) -> Resource | Elsewhere:
    """Return the file once it is complete; nothing if the version of the spec is not there any more.

    Raises:
        JobFailed: When there is no such file yet, or its version is unknown.
        FileChanged: When it does not stop changing.
    """
    path = resolve_path(spec, settings)
    file = _await_settled(webdav, path, sleep)
    if file is None and spec.version is not None:
        return Elsewhere(f"{quote_name(path)} is not there any more: somebody has moved or removed it")
    if file is None:
        raise JobFailed(f"there is no file {quote_name(path)}", retry_after=MISSING_SECONDS)
    if file.is_folder:
        raise JobFailed(f"{quote_name(path)} is a folder: name a file in it, or request files", retry=False)
    if file.version is None:
        raise JobFailed(
            f"the WebDAV server has neither ETag nor time of {quote_name(path)}, by which its versions "
            "differ: enable one of them there",
            retry=False,
        )
    if spec.version not in (None, file.version):
        return Elsewhere(f"{quote_name(path)} was replaced by a newer version, which has its own workflow")
    return file


def claim_file(files: Files, file: Resource, own: UUID) -> Elsewhere | None:
    """Let this workflow process the file; return why it does not.

    Raises:
        JobInterrupted: When the lease is lost.
    """
    owner = files.claim(file.path, file.version or "")
    if owner is None:
        raise JobInterrupted(Interruption.LEASE_LOST)
    if owner == own:
        return None
    return Elsewhere(f"this version of {quote_name(file.path)} is processed by workflow {owner}")


def read_file(webdav: WebDav, state: FileState, spool: BinaryIO, max_bytes: int) -> Downloaded:
    """Read the version of the file into a temporary one.

    Raises:
        FileChanged: When it is another version by now.
        FileTooLarge: When it has too many bytes.
        NotFound: When it is not there any more.
        WebDavRefused: When it has another content than at an earlier attempt.
    """
    found = webdav.find(state.path)
    if found is not None and found.version != state.version:
        raise FileChanged(f"{state.path} was changed while it was read")
    resource = found or Resource(state.path, is_folder=False, etag=state.etag)
    downloaded = Download(webdav, resource, spool, max_bytes).run()
    if state.sha256 and downloaded.sha256 != state.sha256:
        raise WebDavRefused(
            f"{state.path} has another content than at the first attempt, under the same ETag: upload it "
            "again"
        )
    return downloaded


def _await_settled(webdav: WebDav, path: str, sleep: Callable[[float], None]) -> Resource | None:
    """Return the file once it has stopped changing; None if there is none.

    Raises:
        FileChanged: When it does not stop.
    """
    before: Resource | None = None
    for _ in range(MAX_LOOKS):
        found, read_at = webdav.look_at(path)
        if found is None or found.is_folder or found == before or is_settled(found, read_at):
            return found
        before = found
        sleep(SETTLE_SECONDS)
    raise FileChanged(f"{path} does not stop changing: it is read when its upload is complete")
