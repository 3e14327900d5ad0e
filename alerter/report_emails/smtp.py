"""Sends prepared e-mails through the SMTP server of the first e-mail address in ALERT_URLS."""

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from typing import Any, cast

from apprise.plugins.email import NotifyEmail
from apprise.plugins.email.smtp import AppriseSMTPController
from pydantic import SecretStr

from alerter.masking import SecretMask
from alerter.receivers.apprise_service import (
    address_error,
    explain,
    failure_reason,
    open_service,
    recorded,
)
from alerter.report_emails.message import Sender
from runtime.errors import ConfigurationError, ServiceUnavailable

SCHEMES = ("mailto://", "mailtos://")


class SmtpSender:
    """Sends through one server. Its address is a secret: no error contains a part of it."""

    def __init__(self, name: str, url: SecretStr) -> None:
        """Read the address of this name.

        Raises:
            ConfigurationError: When it is invalid.
        """
        service: Any = open_service(name, url)
        if not isinstance(service, NotifyEmail):
            raise ConfigurationError(address_error(name, "it is no address of e-mail"))
        service = cast("Any", service)
        self._mask = SecretMask(url.get_secret_value())
        self._connect = partial(
            AppriseSMTPController,
            host=service.smtp_host,
            port=service.port,
            secure_mode=service.secure_mode,
            user=service.user,
            password=service.password,
            verify_certificate=service.verify_certificate,
            socket_connect_timeout=service.socket_connect_timeout,
        )
        name_of_sender, address = service.from_addr
        self.sender = Sender(name_of_sender or "Sensors", address)

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Send it to the recipient alone, and wait until it is accepted.

        Raises:
            ServiceUnavailable: When it is not accepted.
        """
        content = message.as_string(policy=SMTP)
        with recorded() as records:
            try:
                with self._connect() as smtp:
                    is_accepted = smtp.sendmail(self.sender.address, [recipient], content)
            except Exception as error:  # noqa: BLE001 (whatever Apprise, smtplib and TLS raise)
                raise ServiceUnavailable(explain(f"{type(error).__name__}: {error}", self._mask)) from None
        if not is_accepted:
            raise ServiceUnavailable(failure_reason(records, self._mask))


def find_address(addresses: Mapping[str, SecretStr]) -> tuple[str, SecretStr] | None:
    """Return the first address of e-mail with its name; None if there is none."""
    for name, url in addresses.items():
        if url.get_secret_value().lower().startswith(SCHEMES):
            return name, url
    return None
