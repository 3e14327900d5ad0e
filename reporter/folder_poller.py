"""Polling of the folder for work: a file that was dropped there becomes a report without being requested."""

import time
from collections.abc import Callable
from contextlib import closing

from db.errors import StoreUnavailable
from db.workflows.dropped_files import DroppedFiles
from jobs.files import MAX_FILE_FAILURES, FileSpec
from jobs.kinds import dump_spec
from reporter.files.work_folder import SETTLE_SECONDS, WorkFolder, is_settled
from reporter.settings import ReporterSettings
from reporter.telemetry import PollerTelemetry
from runtime.lifecycle import ShutdownSignal
from runtime.service_thread import ServiceThread
from webdav.client import WebDav
from webdav.model import NotFound, Resource, WebDavRefused, WebDavUnavailable
from webdav.requests import Waits

# A version that is still there after this time is requested again; the database knows whether it has to be.
REQUEST_INTERVAL_SECONDS = 60.0
MISSING = "does not exist on the WebDAV server: create it, or check WEBDAV_URL and WEBDAV_WORK_FOLDER"


class FolderPoller:
    """Lists the folder, and requests each version of a file that is complete. For one thread."""

    def __init__(
        self,
        settings: ReporterSettings,
        webdav: WebDav,
        files: DroppedFiles,
        telemetry: PollerTelemetry,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work = settings.webdav_work_folder
        self._folder = WorkFolder(webdav, self._work, webdav.requests.waits.sleep)
        self._files, self._telemetry, self._clock = files, telemetry, clock
        self._seen: dict[str, tuple[Resource, float]] = {}
        self._requested_at: dict[tuple[str, str], float] = {}

    def poll(self) -> None:
        """Request what is new and complete; a server that is down is reported, and polled again."""
        try:
            self._request(self._complete_files())
        except (WebDavUnavailable, WebDavRefused) as error:
            self._telemetry.folder_down(str(error))
        except StoreUnavailable as error:
            self._telemetry.unavailable(str(error))
        else:
            self._telemetry.available()

    def _complete_files(self) -> list[tuple[Resource, str]]:
        """Return the files that have not changed for a while, with their versions."""
        try:
            files, refused = self._folder.list_files()
        except NotFound:  # it is created with the first file
            files, refused = [], [f"{self._work} {MISSING}"]
        self._telemetry.refused(refused)
        now, seen = self._clock(), {}
        for file, _ in files:
            before = self._seen.get(file.path)
            seen[file.path] = before if before and before[0] == file else (file, now)
        self._seen = seen
        return [
            (file, file.version)
            for file, read_at in files
            if file.version and (is_settled(file, read_at) or now - seen[file.path][1] >= SETTLE_SECONDS)
        ]

    def _request(self, files: list[tuple[Resource, str]]) -> None:
        present = {(file.path, version) for file, version in files}
        self._requested_at = {key: at for key, at in self._requested_at.items() if key in present}
        for file, version in files:
            requested_at = self._requested_at.get((file.path, version))
            if requested_at is None or self._clock() - requested_at >= REQUEST_INTERVAL_SECONDS:
                self._request_file(file.path, version)
                self._requested_at[file.path, version] = self._clock()

    def _request_file(self, path: str, version: str) -> None:
        names = (path, path.removeprefix(f"{self._work}/"))
        spec = dump_spec(FileSpec(file=path, version=version))
        workflow_id = self._files.request(path, version, names, spec, MAX_FILE_FAILURES)
        if workflow_id is not None:
            self._telemetry.requested(path, str(workflow_id))


def start_poller(settings: ReporterSettings, stop: ShutdownSignal) -> ServiceThread:
    """Return the thread that polls the folder until the shutdown, started if there is one to poll."""
    thread = ServiceThread("folder-poller", lambda: _poll_until_shutdown(settings, stop), stop)
    kinds = settings.kinds
    if settings.webdav_url and settings.reporter_look_seconds and (not kinds or "file" in kinds):
        thread.start()
    return thread


def _poll_until_shutdown(settings: ReporterSettings, stop: ShutdownSignal) -> None:
    waits = Waits(sleep=stop.sleep)
    files = DroppedFiles(settings, f"{settings.name} poller")
    with closing(WebDav(settings, waits)) as webdav, closing(files):
        poller = FolderPoller(settings, webdav, files, PollerTelemetry())
        while True:
            stop.sleep(settings.reporter_look_seconds)
            poller.poll()
