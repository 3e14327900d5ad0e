"""The e-mail of a report, with its files as attachments."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.reports.emails import AttachedFile, ReportEmail
from runtime.text import escape_unprintable

NAMESPACE = uuid5(NAMESPACE_URL, "urn:sensors:report-email")
MAX_SENSORS = 20
MEDIA_TYPES = {
    "pdf": ("application", "pdf"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("text", "csv"),
    "json": ("application", "json"),
}


class Words(NamedTuple):
    """The text of the e-mail in one language."""

    period: str
    until: str
    sensors: str
    files: str
    more: str
    too_large: str
    link: str


WORDS = {
    "en": Words(
        "Period",
        "to",
        "Sensors",
        "Files, with their SHA-256",
        "and {} more",
        "too large for an e-mail: open the page below",
        "The report on the page",
    ),
    "pt": Words(
        "Período",
        "a",
        "Sensores",
        "Ficheiros, com o seu SHA-256",
        "e mais {}",
        "demasiado grande para um e-mail: abra a página abaixo",
        "O relatório na página",
    ),
}


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
    message["Subject"] = _line(first.title or first.name)
    message["From"] = formataddr(sender)
    message["To"] = email.recipient
    message["Date"] = format_datetime(datetime.now(UTC))
    domain = sender.address.rpartition("@")[2]
    message["Message-ID"] = f"<{uuid5(NAMESPACE, f'{email.job_id}/{email.recipient}')}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # so that no absence note answers it
    message.set_content(_text(files, {file.report_id for file, _ in attachments}, link))
    for file, content in attachments:
        main_type, subtype = MEDIA_TYPES[file.format]
        message.add_attachment(content, maintype=main_type, subtype=subtype, filename=_line(file.name))
    return message


def _text(files: Sequence[AttachedFile], attached: set[object], link: str) -> str:
    first = files[0]
    words, zone = WORDS.get(first.language or "", WORDS["en"]), _zone(first.time_zone)
    start, end = (
        at.astimezone(zone).isoformat(" ", "minutes") for at in (first.period_start, first.period_end)
    )
    sensors = ", ".join(map(escape_unprintable, first.sensors[:MAX_SENSORS]))
    more = len(first.sensors) - MAX_SENSORS
    lines = [
        _line(first.title or first.name),
        "",
        f"{words.period}: {start} {words.until} {end}",
        f"{words.sensors}: {sensors}" + (f" {words.more.format(more)}" if more > 0 else ""),
        "",
        f"{words.files}:",
    ]
    for file in files:
        note = "" if file.report_id in attached else f" ({words.too_large})"
        lines.append(f"{_line(file.name)}: {file.sha256}{note}")
    return "\n".join([*lines, "", f"{words.link}: {link}", ""])


def _line(text: str) -> str:
    """Return the text without line breaks, which a header must not have."""
    return escape_unprintable(" ".join(text.split()))


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
