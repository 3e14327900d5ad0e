"""Apprise's services: opened from an address without anything of it in an error, and quiet in the log."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import apprise
from apprise.manager_plugins import NotificationManager
from pydantic import SecretStr

from alerter.masking import SecretMask
from runtime.errors import ConfigurationError

DOCUMENTATION = "https://appriseit.com/services/"
LOGGER = logging.getLogger("apprise")
# Its warnings can contain the URL of a request.
HTTP_LOGGER = logging.getLogger("urllib3")
# Why a request failed is in records of this level with one of these beginnings; others contain the request.
DETAILS = ("Socket Exception: ", "I/O Exception: ")
MAX_REASON_CHARACTERS = 300
# What to do about an error of TLS or SMTP that contains the first text, whatever the service.
HINTS = {
    "CERTIFICATE_VERIFY_FAILED": "renew the certificate of the server, or set SSL_CERT_FILE for the alerter "
    "to that of the authority that issued it",
    "WRONG_VERSION_NUMBER": "the server does not respond with TLS on this port: mailtos:// with mode=ssl "
    "requires port 465, without it 587; other servers without TLS have a scheme without s, such as ntfy://",
    "AUTH extension not supported": "the server accepts no login on a connection without TLS: write mailtos://",
}


def open_service(name: str, url: SecretStr) -> Any:
    """Return Apprise's service of the address.

    Raises:
        ConfigurationError: When the address is invalid.
    """
    address = url.get_secret_value()
    services: Any = NotificationManager
    with recorded() as records:
        service: Any = apprise.Apprise.instantiate(address, asset=_asset())
    warnings = [record.getMessage() for record in records if record.levelno >= logging.WARNING]
    if service is None or warnings:
        reason = SecretMask(address).apply(warnings[0]) if warnings else "it is not known"
        if service is None and (scheme := address.partition("://")[0].lower()) not in services():
            reason = f"no service has the scheme {scheme}://: see {DOCUMENTATION}"
        raise ConfigurationError(address_error(name, reason))
    return service


def address_error(name: str, reason: str) -> str:
    """Return the message about an address that cannot be used."""
    return f"ALERT_URLS: the address of {name} cannot be used: {reason}"


def failure_reason(records: list[logging.LogRecord], mask: SecretMask) -> str:
    """Return why a service did not accept something, from what Apprise logged meanwhile."""
    texts = [
        text
        for record in records
        for text in [record.getMessage()]
        if record.levelno >= logging.WARNING or text.startswith(DETAILS)
    ]
    return explain(" ".join(texts) or "it was not accepted", mask)


def explain(text: str, mask: SecretMask) -> str:
    """Return the text of an error without secrets, and what to do about it if that is known."""
    reason = mask.apply(text)[:MAX_REASON_CHARACTERS]
    return "; ".join([reason, *(hint for part, hint in HINTS.items() if part in text)])


@contextmanager
def recorded() -> Iterator[list[logging.LogRecord]]:
    """Yield what Apprise logs meanwhile on this thread. It goes nowhere else: it contains secrets."""
    handler = _RecordsOfThread()
    LOGGER.propagate = HTTP_LOGGER.propagate = False
    LOGGER.setLevel(logging.DEBUG)
    LOGGER.addHandler(handler)
    try:
        yield handler.records
    finally:
        LOGGER.removeHandler(handler)


class _RecordsOfThread(logging.Handler):
    """Keeps the records of the thread that made it."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.records.append(record)


def _asset() -> apprise.AppriseAsset:
    return apprise.AppriseAsset(
        app_id="Sensors",
        app_desc="Alerts of sensors",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
