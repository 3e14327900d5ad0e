"""The metrics and the log of the e-mails of reports."""

from uuid import UUID

import structlog
from prometheus_client import Counter

SENT = Counter("alerter_report_emails_sent_total", "E-mails of reports that the SMTP server accepted")
FAILURES = Counter("alerter_report_email_failures_total", "Failed attempts to send an e-mail of a report")
DROPPED = Counter("alerter_report_emails_dropped_total", "E-mails of reports that were not sent within a day")


class ReportEmailTelemetry:
    """Records what happens in the thread that sends them. No record has an address."""

    def __init__(self) -> None:
        self._log = structlog.get_logger()
        self._is_database_down = False

    def sent(self, workflow_id: UUID, files: int) -> None:
        """Record that one was sent, with so many files."""
        SENT.inc()
        self._log.info("report e-mailed", workflow=str(workflow_id), files=files)

    def failed(self, workflow_id: UUID, reason: str, retry_seconds: float, *, is_final: bool) -> None:
        """Record a failed attempt, after which it is tried again unless that was final."""
        FAILURES.inc()
        if is_final:
            DROPPED.inc()
            self._log.error("report not e-mailed", workflow=str(workflow_id), reason=reason)
        else:
            self._log.warning(
                "report not e-mailed yet",
                workflow=str(workflow_id),
                reason=reason,
                retry_seconds=round(retry_seconds),
            )

    def database_up(self) -> None:
        """Record that the database answered."""
        if self._is_database_down:
            self._is_database_down = False
            self._log.info("reports are e-mailed again")

    def database_down(self, reason: str, retry_seconds: float) -> None:
        """Record that the database did not answer; nothing is lost by that."""
        if not self._is_database_down:
            self._is_database_down = True
            self._log.warning("reports not e-mailed", reason=reason, retry_seconds=round(retry_seconds))
