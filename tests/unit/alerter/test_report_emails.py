"""The e-mail of a report: one line as subject, its language, and who sends it."""

from datetime import UTC, datetime
from email import message_from_string, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from alerter.report_emails.message import Sender, build_message
from alerter.report_emails.smtp import SmtpSender, find_address
from db.reports.emails import AttachedFile, ReportEmail
from runtime.errors import ConfigurationError, ServiceUnavailable
from tests.smtp_server import text_of

SENDER = Sender("Sensors", "sensors@example.org")
JOB = UUID("01934f2a-7c00-7000-8000-000000000001")


def email(**fields: Any) -> ReportEmail:
    values = {"recipient": "ann@example.org"} | fields
    return ReportEmail(email_id=1, attempts=1, workflow_id=uuid4(), job_id=JOB, **values)


def file(**fields: Any) -> AttachedFile:
    values: dict[str, Any] = {
        "name": "report.json",
        "format": "json",
        "title": "Vaccines",
        "sensors": ["fridge"],
        "language": "en",
        "time_zone": "UTC",
    } | fields
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    return AttachedFile(
        report_id=uuid4(), bytes=2, sha256="ab" * 32, period_start=start, period_end=end, **values
    )


def built(made: AttachedFile, **fields: Any) -> EmailMessage:
    """Return the e-mail as a recipient's program reads it."""
    message = build_message(email(**fields), SENDER, [made], [(made, b"{}")], "http://page.example/")
    return message_from_string(message.as_string(policy=policy.SMTP), policy=policy.default)


def test_it_says_what_the_report_is_about_and_how_to_check_the_file() -> None:
    mail = built(file())

    assert text_of(mail).splitlines() == [
        "Vaccines",
        "",
        "Period: 2026-03-01 00:00+00:00 to 2026-04-01 00:00+00:00 (end excluded)",
        "Sensors: fridge",
        "",
        "Files, with their SHA-256:",
        f"report.json: {'ab' * 32}",
        "",
        "The report on the page: http://page.example/",
    ]


def test_no_name_adds_a_header_or_a_line() -> None:
    mail = built(file(title="a\r\nBcc: eve@example.org", name="b\nc.json", sensors=["d\ne"]))

    assert (mail["Bcc"], mail["Subject"]) == (None, "a Bcc: eve@example.org")
    assert [part.get_filename() for part in mail.iter_attachments()] == ["b c.json"]
    assert "Sensors: d\\ne" in text_of(mail).splitlines()


def test_the_subject_of_a_report_without_a_title_names_no_format() -> None:
    mail = built(file(title="", name="report-fridge-2026-03.json"))

    assert mail["Subject"] == text_of(mail).splitlines()[0] == "report-fridge-2026-03"


def test_many_sensors_are_counted() -> None:
    assert text_of(built(file(sensors=[f"s{n}" for n in range(25)]))).count("s19 and 5 more") == 1


@pytest.mark.parametrize(("language", "word"), [("pt", "Período: "), ("en", "Period: "), (None, "Period: ")])
def test_it_has_the_language_of_the_report(language: str | None, word: str) -> None:
    assert word in text_of(built(file(language=language, time_zone="Nowhere/Here")))


def test_the_identifier_depends_on_the_report_and_the_recipient_alone() -> None:
    first, again, other = built(file()), built(file()), built(file(), recipient="bob@example.org")

    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert str(first["Message-ID"]).endswith("@example.org>")


def test_the_first_address_of_email_sends() -> None:
    urls = {
        "phone": "ntfys://ntfy.sh/x",
        "mail": "mailtos://u:p@smtp.example?from=s@example.org&to=a@example.org",
    }
    addresses = {name: SecretStr(url) for name, url in urls.items()}

    found = find_address(addresses)

    assert found
    assert (found[0], SmtpSender(*found).sender) == ("mail", Sender("Sensors", "s@example.org"))
    assert find_address({"phone": addresses["phone"]}) is None


def test_a_server_that_is_down_is_tried_again_and_shows_no_secret(closed_port: int) -> None:
    url = f"mailto://alerts:s3cret@127.0.0.1:{closed_port}?from=sensors@example.org&to=ann@example.org"
    server = SmtpSender("mail", SecretStr(url))

    with pytest.raises(ServiceUnavailable, match="Connection refused") as error:
        server.send(built(file()), "ann@example.org")

    for secret in ("s3cret", "alerts", str(closed_port), "example.org"):
        assert secret not in str(error.value)


def test_an_address_that_cannot_send_ends_the_alerter() -> None:
    with pytest.raises(
        ConfigurationError, match="the address of phone cannot be used: it is no address of e-mail"
    ):
        SmtpSender("phone", SecretStr("ntfys://ntfy.sh/x"))
