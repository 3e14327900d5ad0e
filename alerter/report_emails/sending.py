"""Sends the e-mails of reports that are due, on a thread of its own."""

from collections.abc import Sequence
from email.message import EmailMessage
from typing import Protocol

from alerter.report_emails.message import Sender, build_message
from alerter.report_emails.telemetry import ReportEmailTelemetry
from alerter.settings import AlerterSettings
from db.errors import StoreUnavailable
from db.reports.emails import AttachedFile, ReportEmail, ReportEmails
from runtime.errors import ServiceUnavailable
from runtime.lifecycle import ShutdownSignal
from runtime.service_thread import ServiceThread

POLL_INTERVAL_SECONDS = 5.0
DATABASE_RETRY_SECONDS = 10.0
JOIN_SECONDS = 3.0
# Above what sending takes, with the timeouts of SMTP. After a kill it is sent again then.
LEASE_SECONDS = 600.0
INITIAL_RETRY_SECONDS, MAX_RETRY_SECONDS = 30.0, 3600.0
LIMIT_SECONDS = 86_400.0
# The encoding of e-mail makes 14 MB of it, which most servers accept; the alerter holds it several times.
MAX_ATTACHED_BYTES = 10_000_000
NO_ADDRESS = (
    "ALERT_URLS has no address of e-mail, whose SMTP server would send it: add one, such as "
    "mail=mailtos://USER:PASSWORD@smtp.example.org?from=sensors@example.org&to=ann@example.org"
)
NO_FILES = "the report has no files any more: request it again"


class MailServer(Protocol):
    """Accepts e-mails."""

    @property
    def sender(self) -> Sender:
        """Who sends."""

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Return once it was accepted.

        Raises:
            ServiceUnavailable: When it was not.
        """


class ReportEmailSending:
    """Sends each e-mail at least once, and again only if the alerter was killed before it could record it.

    What is not accepted is sent again with growing delays, for a day. An unexpected error ends the thread,
    requests the shutdown, and is kept in `error`.
    """

    def __init__(
        self,
        emails: ReportEmails,
        server: MailServer | None,
        page_url: str,
        telemetry: ReportEmailTelemetry,
        stop: ShutdownSignal,
    ) -> None:
        self._worker = ServiceThread("report e-mails", self._run, stop, close=emails.close)
        self._emails, self._server, self._page_url = emails, server, page_url.rstrip("/")
        self._telemetry, self._stop = telemetry, stop
        self._unrecorded: list[ReportEmail] = []

    @property
    def error(self) -> Exception | None:
        """The unexpected error that ended the thread."""
        return self._worker.error

    def start(self) -> None:
        """Start the thread."""
        self._worker.start()

    def join(self) -> None:
        """Wait for the current e-mail, after the shutdown was requested."""
        self._worker.join(JOIN_SECONDS)

    def run_once(self) -> bool:
        """Send the next e-mail that is due; return whether there was one.

        Raises:
            StoreUnavailable: When the database does not answer; what was sent is recorded by the next call.
        """
        self._record_sent()
        email = self._emails.claim(LEASE_SECONDS)
        if email is None:
            return False
        try:
            files = self._send(email)
        except StoreUnavailable:
            raise
        except ServiceUnavailable as error:
            self._record_failure(email, str(error))
        else:
            self._telemetry.sent(email.workflow_id, files)
            self._unrecorded.append(email)
            self._record_sent()
        return True

    def _record_sent(self) -> None:
        while self._unrecorded:
            self._emails.record_sent(self._unrecorded[0])
            del self._unrecorded[0]

    def _send(self, email: ReportEmail) -> int:
        """Send it, and return the number of its files.

        Raises:
            ServiceUnavailable: When it cannot be sent now.
        """
        if self._server is None:
            raise ServiceUnavailable(NO_ADDRESS)
        files = self._emails.files(email.job_id)
        if not files:
            raise ServiceUnavailable(NO_FILES)
        attachments = self._attachments(files)
        link = f"{self._page_url}/#/workflow/{email.workflow_id}"
        message = build_message(email, self._server.sender, files, attachments, link)
        self._server.send(message, email.recipient)
        return len(attachments)

    def _attachments(self, files: Sequence[AttachedFile]) -> list[tuple[AttachedFile, bytes]]:
        """Return the contents of the files that fit into an e-mail."""
        found: list[tuple[AttachedFile, bytes]] = []
        remaining = MAX_ATTACHED_BYTES
        for file in files:
            if file.bytes <= remaining and (content := self._emails.content(file.report_id)) is not None:
                found.append((file, content))
                remaining -= file.bytes
        return found

    def _record_failure(self, email: ReportEmail, reason: str) -> None:
        delay = min(MAX_RETRY_SECONDS, INITIAL_RETRY_SECONDS * 2.0 ** min(email.attempts - 1, 20))
        is_final = self._emails.record_failure(
            email, reason, retry_seconds=delay, limit_seconds=LIMIT_SECONDS
        )
        self._telemetry.failed(email.workflow_id, reason, delay, is_final=is_final)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._stop.sleep(self._step())

    def _step(self) -> float:
        """Run once, and return the seconds until the next time."""
        try:
            was_due = self.run_once()
        except StoreUnavailable as error:
            self._telemetry.database_down(str(error), DATABASE_RETRY_SECONDS)
            return DATABASE_RETRY_SECONDS
        self._telemetry.database_up()
        return 0.0 if was_due else POLL_INTERVAL_SECONDS


def report_email_sending(settings: AlerterSettings, stop: ShutdownSignal) -> ReportEmailSending:
    """Return what sends them through the first e-mail address of the settings.

    Raises:
        ConfigurationError: When that address cannot be used.
    """
    return ReportEmailSending(
        ReportEmails(settings),
        _server(settings),
        settings.alerter_external_url,
        ReportEmailTelemetry(),
        stop,
    )


def _server(settings: AlerterSettings) -> MailServer | None:
    if not settings.addresses:
        return None
    from alerter.report_emails.smtp import SmtpSender, find_address  # noqa: PLC0415 (it needs 20 MB)

    found = find_address(settings.addresses)
    return None if found is None else SmtpSender(*found)
