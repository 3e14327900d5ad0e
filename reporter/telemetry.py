"""The metrics and log of the poller: one method per event updates them together."""

from collections.abc import Collection

import structlog
from prometheus_client import Counter, Gauge

REQUESTED = Counter("reporter_files_requested_total", "Files that were found and requested")
FOLDER_UP = Gauge("reporter_folder_up", "1 while the folder for work can be polled, 0 while it cannot")


class PollerTelemetry:
    """Records what the poller does; of a failure that lasts, only the start and the end are logged."""

    def __init__(self) -> None:
        self._log = structlog.get_logger()
        self._reason: str | None = None
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

    def unavailable(self, reason: str) -> None:
        """Record that the folder, or the database, does not answer."""
        FOLDER_UP.set(0)
        if self._reason is None:
            self._log.warning("folder not polled", reason=reason)
        self._reason = reason

    def available(self) -> None:
        """Record that the folder was polled."""
        FOLDER_UP.set(1)
        if self._reason is not None:
            self._log.info("folder polled again")
        self._reason = None
