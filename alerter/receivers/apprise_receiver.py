"""People's receivers by their addresses: e-mail, ntfy, Slack, Telegram and others, through Apprise.

https://appriseit.com/services/ lists the addresses.
"""

import apprise
from pydantic import SecretStr

from alerter.masking import SecretMask
from alerter.message import Message, to_message
from alerter.notification import Notification
from alerter.receivers.apprise_service import address_error, failure_reason, open_service, recorded
from runtime.errors import ConfigurationError, ServiceUnavailable
from runtime.severity import Severity

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
        self._mask = SecretMask(url.get_secret_value())
        service = open_service(name, url)
        if len(service) > 1:
            reason = (
                f"it has {len(service)} recipients: write an address for each, so that a retry for one "
                "of them does not notify the others again"
            )
            raise ConfigurationError(address_error(name, reason))
        # A part that was sent would be sent again if the next one fails.
        service.overflow_mode = apprise.OverflowMode.TRUNCATE
        # The alerter groups notifications, and a wait of Apprise could not be interrupted by a shutdown.
        service.request_rate_per_sec = 0
        self._service = service

    def send(self, notification: Notification) -> None:
        """Send it as a text for people, and wait until it is accepted.

        Raises:
            ServiceUnavailable: When it is not accepted.
        """
        message = to_message(notification)
        with recorded() as records:
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
            raise ServiceUnavailable(failure_reason(records, self._mask))

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
