"""The e-mail of a report, with its files as attachments."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from enum import Enum, unique
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.reports.emails import AttachedFile, ReportEmail
from jobs.reports import MEDIA_TYPES
from reports.render.texts import Text
from reports.render.words import Words
from runtime.text import escape_unprintable

NAMESPACE = uuid5(NAMESPACE_URL, "urn:sensors:report-email")
MAX_SENSORS = 20


@unique
class MailText(Enum):
    """A text of the e-mail in English and Portuguese."""

    FILES = "Files, with their SHA-256", "Arquivos, com o seu SHA-256"
    MORE = "and {number} more", "e mais {number}"
    TOO_LARGE = (
        "too large for an e-mail: open the page below",
        "grande demais para um e-mail: abra a página abaixo",
    )
    LINK = "The report on the page", "O relatório na página"


class Sender(NamedTuple):
    """Who sends: the name and the address."""

    name: str
    address: str


def build_message(
    email: ReportEmail,
    sender: Sender,
    files: Sequence[AttachedFile],
    attachments: Sequence[tuple[AttachedFile, bytes]],
    link: str,
) -> EmailMessage:
    """Return the e-mail: what the report is about, its files, and those that are attached.

    Its Message-ID is the same in every attempt, by which mail programs recognise a repetition.
    """
    first = files[0]
    message = EmailMessage()
    message["Subject"] = _heading(first)
    message["From"] = formataddr(sender)
    message["To"] = email.recipient
    message["Date"] = format_datetime(datetime.now(UTC))
    domain = sender.address.rpartition("@")[2]
    message["Message-ID"] = f"<{uuid5(NAMESPACE, f'{email.job_id}/{email.recipient}')}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # so that no absence note answers it
    message.set_content(_text(files, {file.report_id for file, _ in attachments}, link))
    for file, content in attachments:
        main_type, _, subtype = MEDIA_TYPES[file.format].partition(";")[0].partition("/")
        message.add_attachment(content, maintype=main_type, subtype=subtype, filename=_line(file.name))
    return message


def _text(files: Sequence[AttachedFile], attached: set[object], link: str) -> str:
    first = files[0]
    words, zone = Words("pt" if first.language == "pt" else "en"), _zone(first.time_zone)
    start, end = (
        at.astimezone(zone).isoformat(" ", "minutes") for at in (first.period_start, first.period_end)
    )
    sensors = ", ".join(map(escape_unprintable, first.sensors[:MAX_SENSORS]))
    if (more := len(first.sensors) - MAX_SENSORS) > 0:
        sensors += f" {words(MailText.MORE, number=str(more))}"
    lines = [
        _heading(first),
        "",
        f"{words(Text.PERIOD)}: {words(Text.FROM_TO, start=start, end=end)}",
        f"{words(Text.SENSORS)}: {sensors}",
        "",
        f"{words(MailText.FILES)}:",
    ]
    for file in files:
        note = "" if file.report_id in attached else f" ({words(MailText.TOO_LARGE)})"
        lines.append(f"{_line(file.name)}: {file.sha256}{note}")
    return "\n".join([*lines, "", f"{words(MailText.LINK)}: {link}", ""])


def _heading(first: AttachedFile) -> str:
    """Return the title of the report, or else what all its files are named, whatever their format."""
    return _line(first.title or first.name.removesuffix(f".{first.format}"))


def _line(text: str) -> str:
    """Return the text without line breaks, which a header must not have."""
    return escape_unprintable(" ".join(text.split()))


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
