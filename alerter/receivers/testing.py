"""Sends a test notification to each receiver, to show whether it arrives."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

from alerter.notification import Notification, NotificationBuilder
from alerter.receivers.configured import ReceiverSettings, configured_receivers
from alerter.settings import AlerterSettings
from runtime.errors import ServiceUnavailable


def send_test_notifications(settings: AlerterSettings) -> Iterator[tuple[str, str | None]]:
    """Yield the name of each receiver and why it did not accept the notification; None if it did.

    Raises:
        ConfigurationError: When an address of a receiver cannot be used.
    """
    builder, now = NotificationBuilder(settings.alerter_external_url), datetime.now(UTC)
    firing, resolved = builder.test(now), builder.test(now, ended_at=now)
    for name, receiver in configured_receivers(settings).items():
        # A machine would keep an alert that is never resolved.
        yield name, _send(receiver, [firing, resolved] if receiver.is_machine else [firing])


def _send(settings: ReceiverSettings, notifications: list[Notification]) -> str | None:
    try:
        with closing(settings.connect()) as receiver:
            for notification in notifications:
                receiver.send(notification)
    except ServiceUnavailable as error:
        return str(error)
    return None
