"""The receivers that are configured."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from alerter.addresses import BROKER, WEBHOOK
from alerter.notifier import Receiver
from alerter.receivers.exchange import ExchangeReceiver
from alerter.receivers.webhook import WebhookReceiver
from alerter.settings import AlerterSettings
from runtime.authorities import check_authority_file

MAX_RETRY_SECONDS = 86_400.0


class ReceiverSettings(NamedTuple):
    """How to connect to a receiver, and for how long to retry a notification (0: without a limit).

    `is_machine` receivers evaluate JSON; the others are people, who get what concerns them.
    """

    connect: Callable[[], Receiver]
    max_retry_seconds: float = MAX_RETRY_SECONDS
    is_machine: bool = False


def configured_receivers(settings: AlerterSettings) -> dict[str, ReceiverSettings]:
    """Return the receivers by their names: the exchange, the webhook and the addresses.

    Raises:
        ConfigurationError: When an address, or the file of SSL_CERT_FILE, cannot be used.
    """
    check_authority_file()
    receivers = {
        BROKER: ReceiverSettings(partial(ExchangeReceiver, settings.amqp_url), 0, is_machine=True),
    }
    if url := settings.alert_webhook_url:
        receivers[WEBHOOK] = ReceiverSettings(partial(WebhookReceiver, url), is_machine=True)
    if addresses := settings.addresses:
        from alerter.receivers.apprise_receiver import AppriseReceiver  # noqa: PLC0415 (it needs 20 MB)

        for name, address in addresses.items():
            receivers[name] = ReceiverSettings(partial(_same, AppriseReceiver(name, address)))
    return receivers


def _same(receiver: Receiver) -> Receiver:
    return receiver
