"""The e-mails of reports that are to be sent, with the files that they bring."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Engine, text

from db.driver_errors import translate_errors
from db.engine import make_engine
from db.settings import DatabaseSettings

CLAIM = """
SELECT email_id, attempts, workflow_id, job_id, recipient
FROM claim_report_email(:seconds) WHERE email_id IS NOT NULL
"""
# The smallest first, so that as many as possible fit into the e-mail.
FILES = """
SELECT report_id, name, format, bytes, encode(sha256, 'hex') AS sha256, title, lower(period) AS period_start,
       upper(period) AS period_end, sensors, summary ->> 'language' AS language,
       summary ->> 'time_zone' AS time_zone
FROM report_file WHERE job_id = :job_id ORDER BY bytes, format
"""
CONTENT = "SELECT content FROM report_file WHERE report_id = :report_id"
SENT = "SELECT report_email_sent(:email_id)"
FAILED = "SELECT report_email_failed(:email_id, :attempt, :error, :retry_seconds, :limit_seconds)"


class ReportEmail(NamedTuple):
    """An e-mail that is to be sent; `attempts` counts this attempt."""

    email_id: int
    attempts: int
    workflow_id: UUID
    job_id: UUID
    recipient: str


class AttachedFile(NamedTuple):
    """A file of a report, without its content."""

    report_id: UUID
    name: str
    format: str
    bytes: int
    sha256: str
    title: str
    period_start: datetime
    period_end: datetime
    sensors: list[str]
    language: str | None
    time_zone: str | None


class ReportEmails:
    """Reads and settles them over one connection. For one thread.

    Every method raises StoreUnavailable if the database does not answer.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self._engine: Engine = make_engine(settings, name="report e-mails", is_limited=True)

    def claim(self, lease_seconds: float) -> ReportEmail | None:
        """Claim the next that is due; unless it is settled, it is due again after `lease_seconds`."""
        with translate_errors(), self._engine.connect() as connection:
            row = connection.execute(text(CLAIM), {"seconds": lease_seconds}).first()
            return ReportEmail(*row) if row else None

    def files(self, job_id: UUID) -> list[AttachedFile]:
        """Return the files of a report, the smallest first."""
        with translate_errors(), self._engine.connect() as connection:
            return [AttachedFile(*row) for row in connection.execute(text(FILES), {"job_id": job_id})]

    def content(self, report_id: UUID) -> bytes | None:
        """Return a file; None if it was deleted meanwhile."""
        with translate_errors(), self._engine.connect() as connection:
            found = connection.execute(text(CONTENT), {"report_id": report_id}).scalar_one_or_none()
            return None if found is None else bytes(found)

    def record_sent(self, email: ReportEmail) -> None:
        """Record that the SMTP server accepted it."""
        with translate_errors(), self._engine.connect() as connection:
            connection.execute(text(SENT), {"email_id": email.email_id})

    def record_failure(
        self, email: ReportEmail, error: str, *, retry_seconds: float, limit_seconds: float
    ) -> bool:
        """Record that it was not accepted; return whether it is not tried again.

        It is tried again after `retry_seconds`, until `limit_seconds` after its report was made.
        """
        parameters = {
            "email_id": email.email_id,
            "attempt": email.attempts,
            "error": error,
            "retry_seconds": retry_seconds,
            "limit_seconds": limit_seconds,
        }
        with translate_errors(), self._engine.connect() as connection:
            return bool(connection.execute(text(FAILED), parameters).scalar_one())

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()
