"""A report reaches its recipients by a real SMTP server, twice only if that could not be recorded."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from alerter.report_emails.sending import LIMIT_SECONDS, NO_ADDRESS, ReportEmailSending, report_email_sending
from alerter.report_emails.smtp import SmtpSender
from alerter.report_emails.telemetry import ReportEmailTelemetry
from alerter.settings import AlerterSettings
from db.errors import StoreUnavailable
from db.reports.emails import ReportEmails
from db.roles import AccessLevel
from db.workflows.requests import RequestOptions
from jobs.reports import MEDIA_TYPES
from jobs.spec import JobSpec
from reporter.kinds.report import run_report
from runtime.lifecycle import ShutdownSignal
from tests.database import Database, Roles
from tests.integration.stored_reports import store_history
from tests.integration.test_reports import Jobs
from tests.integration.workflow_rows import Workflows
from tests.smtp_server import PASSWORD, SmtpServer, text_of
from tests.tls import CertificateAuthority
from tests.waiting import DEADLINE_SECONDS, eventually

ANN, BOB = "ann@example.org", "bob@example.org"
PDF, CSV = b"%PDF-1.7 \x00\xff", "sensor_id\nKühlraum\n".encode()
STORE = """
INSERT INTO report_file (workflow_id, job_id, format, name, title, period, sensors, bytes, sha256,
                         document_sha256, content, summary, requested_by, made_at)
VALUES (%s, %s, %s, %s, 'Vaccines Kühlraum', '[2026-03-28T23:00Z, 2026-03-29T22:00Z)', '{fridge,freezer}', %s,
        sha256(%s), sha256(%s), %s, '{"language": "pt", "time_zone": "Europe/Berlin"}', 'test', now())
"""
PAGE = "http://dashboard.example/"


@pytest.fixture
def emails(database: Database, roles: Roles) -> Iterator[ReportEmails]:
    with closing(ReportEmails(database.settings_as(roles[AccessLevel.EVALUATOR]))) as emails:
        yield emails


@pytest.fixture
def server(smtp: SmtpServer, authority: CertificateAuthority, monkeypatch: pytest.MonkeyPatch) -> SmtpSender:
    monkeypatch.setenv("SSL_CERT_FILE", authority.file)
    return SmtpSender("mail", SecretStr(smtp.url))


def sending(emails: ReportEmails, server: SmtpSender | None) -> ReportEmailSending:
    return ReportEmailSending(emails, server, PAGE, ReportEmailTelemetry(), ShutdownSignal())


def make_job(workflows: Workflows, *recipients: str) -> UUID:
    jobs = [JobSpec("dummy", {"recipients": list(recipients)})]
    return workflows.requests.request("test", "dummy", {}, jobs, RequestOptions()).workflow_id


def make_report(workflows: Workflows, *recipients: str) -> UUID:
    """Make a report of two files, as a job does, and return its workflow."""
    workflow = make_job(workflows, *recipients)
    job = workflows.claim()
    for name, content in (("Kühlraum.pdf", PDF), ("report.csv", CSV)):
        values = [
            workflow,
            job.job_id,
            name.rpartition(".")[2],
            name,
            len(content),
            content,
            content,
            content,
        ]
        workflows.database.query(STORE, *values)
    assert workflows.store.finish(job.job_id, job.attempt, counts={}, message="made")
    return workflow


def rows(database: Database) -> list[dict[str, Any]]:
    return [dict(row) for row in database.query("SELECT * FROM report_email ORDER BY recipient")]


def make_due(database: Database) -> None:
    database.query(
        "UPDATE report_email SET next_attempt_at = clock_timestamp() WHERE next_attempt_at IS NOT NULL"
    )


def test_each_recipient_gets_one_email_with_the_files(
    workflows: Workflows, emails: ReportEmails, server: SmtpSender, smtp: SmtpServer
) -> None:
    workflow = make_report(workflows, ANN, BOB)

    mailer = sending(emails, server)

    assert [mailer.run_once() for _ in range(3)] == [True, True, False]
    assert sorted(smtp.recipients) == [[ANN], [BOB]]
    mail = smtp.mails[0]
    assert (str(mail["Subject"]), str(mail["From"])) == ("Vaccines Kühlraum", "Sensors <sensors@example.org>")
    attached = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert attached == {"Kühlraum.pdf": PDF, "report.csv": CSV}
    text = text_of(mail)
    assert "Período: 2026-03-29 00:00+01:00 a 2026-03-30 00:00+02:00 (fim excluído)" in text
    assert "Sensores: fridge, freezer" in text
    assert text.endswith(f"http://dashboard.example/#/workflow/{workflow}")
    job = workflows.job(workflow)["job_id"]
    assert workflows.events(workflow, job)[-2:] == ["e-mailed", "e-mailed"]


def test_the_report_of_a_job_arrives_in_its_language(
    database: Database, roles: Roles, emails: ReportEmails, server: SmtpSender, smtp: SmtpServer
) -> None:
    store_history(database)
    with closing(Jobs(database, roles)) as jobs:
        jobs.request(formats=["pdf", "xlsx"], language="pt", recipients=[ANN])
        job = jobs.claim()
        run_report(job)
        assert jobs.workflows.store.finish(job.job_id, job.attempt, counts={}, message="made")

    assert sending(emails, server).run_once()

    [mail] = smtp.mails
    files = {part.get_content_type(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    xlsx, pdf = MEDIA_TYPES["xlsx"], MEDIA_TYPES["pdf"]
    assert {kind: content[:4] for kind, content in files.items() if isinstance(content, bytes)} == {
        xlsx: b"PK\x03\x04", pdf: b"%PDF",
    }  # fmt: skip
    assert "Período: 2024-03-01 01:00+01:00 a 2024-11-01 01:00+01:00 (fim excluído)" in text_of(mail)


def test_the_alerter_sends_through_its_first_address_of_email(
    workflows: Workflows, database: Database, roles: Roles, smtp: SmtpServer, server: SmtpSender
) -> None:
    stop, url = ShutdownSignal(), database.settings_as(roles[AccessLevel.EVALUATOR]).database_url
    urls = SecretStr(f"phone=ntfys://ntfy.sh/x mail={smtp.url}")
    mailer = report_email_sending(AlerterSettings(database_url=url, alert_urls=urls), stop)
    make_report(workflows, ANN, BOB)

    mailer.start()
    eventually(lambda: len(smtp.mails) == 2, DEADLINE_SECONDS, "both are sent")
    eventually(lambda: all(row["sent_at"] for row in rows(database)), DEADLINE_SECONDS, "both are recorded")
    stop.set()
    mailer.join()

    assert mailer.error is None


def test_what_is_not_accepted_is_sent_again_as_the_same_email_and_holds_no_other_up(
    workflows: Workflows, emails: ReportEmails, server: SmtpSender, smtp: SmtpServer
) -> None:
    make_report(workflows, ANN, BOB)
    smtp.responses = ["451 4.3.0 sm+p/s3cret is no good"]
    mailer = sending(emails, server)

    assert [mailer.run_once() for _ in range(3)] == [True, True, False]

    assert len(smtp.mails) == 1
    waiting, sent = sorted(rows(workflows.database), key=lambda row: row["sent_at"] is not None)
    assert sent["error"] is None
    assert "451" in waiting["error"]
    assert PASSWORD not in waiting["error"]
    assert 20 < (waiting["next_attempt_at"] - waiting["requested_at"]).total_seconds() < LIMIT_SECONDS
    make_due(workflows.database)
    assert [mailer.run_once() for _ in range(2)] == [True, False]
    assert sorted(smtp.recipients) == [[ANN], [BOB]]


def test_a_kill_before_the_email_is_recorded_sends_it_again_with_the_same_identifier(
    workflows: Workflows, emails: ReportEmails, server: SmtpSender, smtp: SmtpServer
) -> None:
    make_report(workflows, ANN)
    killed = sending(emails, server)
    email = emails.claim(600)
    assert email
    killed._send(email)

    # While the lease holds, it is not due.
    assert not sending(emails, server).run_once()
    make_due(workflows.database)
    assert sending(emails, server).run_once()

    first, second = smtp.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert rows(workflows.database)[0]["attempts"] == 2


def test_what_was_sent_while_the_database_is_down_is_recorded_and_not_sent_again(
    workflows: Workflows,
    emails: ReportEmails,
    server: SmtpSender,
    smtp: SmtpServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_report(workflows, ANN)
    mailer = sending(emails, server)
    record = emails.record_sent
    with monkeypatch.context() as outage:
        outage.setattr(emails, "record_sent", _unavailable)
        assert mailer._step() > 0

    assert emails.record_sent == record
    assert not mailer.run_once()
    assert len(smtp.mails) == 1
    assert isinstance(rows(workflows.database)[0]["sent_at"], datetime)


def _unavailable(_email: object) -> None:
    raise StoreUnavailable("the database is down")


def test_after_a_day_it_is_given_up_and_the_workflow_says_why(
    workflows: Workflows, emails: ReportEmails
) -> None:
    workflow = make_report(workflows, ANN)
    mailer = sending(emails, None)

    assert mailer.run_once()
    assert "mail=mailtos://" in rows(workflows.database)[0]["error"]
    workflows.database.query("UPDATE report_email SET requested_at = requested_at - interval '1 day'")
    make_due(workflows.database)
    assert [mailer.run_once() for _ in range(2)] == [True, False]

    [row] = rows(workflows.database)
    assert (row["attempts"], row["sent_at"], row["error"]) == (2, None, NO_ADDRESS)
    events = workflows.queries.events(workflow, 100)
    failures = [event["detail"] for event in events if event["event"] == "e-mail-failed"]
    assert failures == [
        {"recipient": ANN, "error": NO_ADDRESS, "retry_seconds": 30},
        {"recipient": ANN, "error": NO_ADDRESS},
    ]


def test_a_file_that_is_too_large_is_named_with_the_address_of_the_page(
    workflows: Workflows,
    emails: ReportEmails,
    server: SmtpSender,
    smtp: SmtpServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_report(workflows, ANN)
    monkeypatch.setattr("alerter.report_emails.sending.MAX_ATTACHED_BYTES", len(PDF))

    assert sending(emails, server).run_once()

    [mail] = smtp.mails
    assert [part.get_filename() for part in mail.iter_attachments()] == ["Kühlraum.pdf"]
    [line] = [line for line in text_of(mail).splitlines() if line.startswith("report.csv: ")]
    assert line.endswith("(grande demais para um e-mail: abra a página abaixo)")


def test_a_report_without_recipients_or_files_or_that_failed_is_not_sent(
    workflows: Workflows, emails: ReportEmails
) -> None:
    make_report(workflows)
    make_job(workflows, ANN)
    job = workflows.claim()
    assert workflows.store.finish(job.job_id, job.attempt, counts={}, message="made nothing")
    make_job(workflows, ANN)
    job = workflows.claim()
    assert workflows.store.fail(job.job_id, job.attempt, "no", may_retry=False, retry_after=None)

    assert emails.claim(600) is None
