"""The metrics and log of the poller: one method per event updates them together."""

from collections.abc import Collection

import structlog
from prometheus_client import Counter, Gauge

REQUESTED = Counter("reporter_files_requested_total", "Files that were found and requested")
FOLDER_UP = Gauge("reporter_folder_up", "1 while the folder for work can be polled, 0 while it cannot")
DOWN_SINCE = Gauge(
    "reporter_folder_down_since_timestamp_seconds",
    "When the WebDAV server first did not let the folder for work be read; 0 once it does",
)


class PollerTelemetry:
    """Records what the poller does; of a failure that lasts, only the start and the end are logged."""

    def __init__(self) -> None:
        self._log = structlog.get_logger()
        self._reason: str | None = None
        self._is_folder_down = False
        self._refused = frozenset[str]()
        FOLDER_UP.set(1)

    def requested(self, path: str, workflow_id: str) -> None:
        """Record that a workflow was requested for a file."""
        REQUESTED.inc()
        self._log.info("file requested", path=path, workflow_id=workflow_id)

    def refused(self, reasons: Collection[str]) -> None:
        """Record what is in the folder and is not processed; each is logged once."""
        for reason in sorted(set(reasons) - self._refused):
            self._log.warning("not processed", reason=reason)
        self._refused = frozenset(reasons)

    def folder_down(self, reason: str) -> None:
        """Record that the WebDAV server does not answer, or refuses the folder."""
        if not self._is_folder_down:
            DOWN_SINCE.set_to_current_time()
        self._is_folder_down = True
        self.unavailable(reason)

    def unavailable(self, reason: str) -> None:
        """Record that the folder, or the database, does not answer."""
        FOLDER_UP.set(0)
        if self._reason is None:
            self._log.warning("folder not polled", reason=reason)
        self._reason = reason

    def available(self) -> None:
        """Record that the folder was polled."""
        FOLDER_UP.set(1)
        DOWN_SINCE.set(0)
        self._is_folder_down = False
        if self._reason is not None:
            self._log.info("folder polled again")
        self._reason = None
