"""People's receivers by their addresses: e-mail, ntfy, Slack, Telegram and others, through Apprise.

https://appriseit.com/services/ lists the addresses.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import apprise
from pydantic import SecretStr

from alerter.masking import SecretMask
from alerter.message import Message, to_message
from alerter.notification import Notification
from runtime.errors import ConfigurationError, ServiceUnavailable
from runtime.severity import Severity

LOGGER = logging.getLogger("apprise")
# Its warnings can contain the URL of a request.
HTTP_LOGGER = logging.getLogger("urllib3")
# Why a request failed is in records of this level with one of these beginnings; others contain the request.
DETAILS = ("Socket Exception: ", "I/O Exception: ")
MAX_REASON_CHARACTERS = 300
NOTIFY_TYPES = {
    Severity.CRITICAL: apprise.NotifyType.FAILURE,
    Severity.WARNING: apprise.NotifyType.WARNING,
    Severity.INFO: apprise.NotifyType.INFO,
}


class AppriseReceiver:
    """Sends notifications to one recipient. The address is a secret: no error contains a part of it."""

    def __init__(self, name: str, url: SecretStr) -> None:
        """Read the address.

        Raises:
            ConfigurationError: When it is invalid, or has several recipients.
        """
        self._name, self._mask = name, SecretMask(url.get_secret_value())
        with _records() as records:
            service = apprise.Apprise.instantiate(url.get_secret_value(), asset=_asset())
        warnings = [record.getMessage() for record in records if record.levelno >= logging.WARNING]
        if service is None or warnings:
            raise self._invalid(self._mask.apply(warnings[0]) if warnings else "it is not known")
        if len(service) > 1:
            raise self._invalid(
                f"it has {len(service)} recipients: write an address for each, so that a retry for one "
                "of them does not notify the others again"
            )
        # A part that was sent would be sent again if the next one fails.
        service.overflow_mode = apprise.OverflowMode.TRUNCATE
        # The alerter groups notifications, and a wait of Apprise could not be interrupted by a shutdown.
        service.request_rate_per_sec = 0
        self._service = service

    def _invalid(self, reason: str) -> ConfigurationError:
        return ConfigurationError(f"ALERT_URLS: the address of {self._name} cannot be used: {reason}")

    def send(self, notification: Notification) -> None:
        """Send it as a text for people, and wait until it is accepted.

        Raises:
            ServiceUnavailable: When it is not accepted.
        """
        message = to_message(notification)
        with _records() as records:
            try:
                is_accepted = self._service.notify(
                    title=message.title,
                    body=message.body,
                    notify_type=_notify_type(message),
                    body_format=apprise.NotifyFormat.TEXT,
                )
            except Exception as error:  # noqa: BLE001 (whatever one of Apprise's many services raises)
                raise ServiceUnavailable(self._mask.apply(f"{type(error).__name__}: {error}")) from None
        if not is_accepted:
            raise ServiceUnavailable(self._reason(records))

    def _reason(self, records: list[logging.LogRecord]) -> str:
        texts = [
            text
            for record in records
            for text in [record.getMessage()]
            if record.levelno >= logging.WARNING or text.startswith(DETAILS)
        ]
        reason = " ".join(texts) or "it was not accepted"
        return self._mask.apply(reason)[:MAX_REASON_CHARACTERS]

    def keep_alive(self) -> bool:
        """Do nothing: no connection is kept, so it is unknown whether the receiver responds."""
        return False

    def close(self) -> None:
        """Do nothing: no connection is kept."""


def _notify_type(message: Message) -> apprise.NotifyType:
    """Return what services show as a colour or a symbol."""
    if message.severity is None:
        return apprise.NotifyType.SUCCESS
    return NOTIFY_TYPES[message.severity]


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


class _RecordsOfThread(logging.Handler):
    """Keeps the records of the thread that made it."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.records.append(record)


@contextmanager
def _records() -> Iterator[list[logging.LogRecord]]:
    """Yield what Apprise logs meanwhile on this thread. It goes nowhere else: it contains secrets."""
    handler = _RecordsOfThread()
    LOGGER.propagate = HTTP_LOGGER.propagate = False
    LOGGER.setLevel(logging.DEBUG)
    LOGGER.addHandler(handler)
    try:
        yield handler.records
    finally:
        LOGGER.removeHandler(handler)
