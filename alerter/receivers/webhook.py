"""A webhook as a receiver: each notification is posted to it as one request."""

from datetime import UTC, datetime
from http import HTTPStatus

import httpx2
from pydantic import SecretStr

from alerter.notification import Notification
from alerter.notifier import NonRetryable
from runtime.errors import ServiceUnavailable
from runtime.http_requests import RequestUnavailable, explain_failure, is_temporary, parse_retry_after
from runtime.version import VERSION

TIMEOUT_SECONDS = 10.0
AUTHORITY = "SSL_CERT_FILE for the alerter"


class WebhookReceiver:
    """Posts notifications to a URL. The URL is a secret: no error contains it."""

    def __init__(self, url: SecretStr, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._url = url
        # No connection is kept, because days may pass until the next notification. A redirect is not
        # followed: the notification is meant for this URL. A proxy of the environment applies.
        self._client = httpx2.Client(
            timeout=timeout_seconds,
            follow_redirects=False,
            limits=httpx2.Limits(max_keepalive_connections=0),
            headers={"User-Agent": f"sensors-alerter/{VERSION}", "Content-Type": "application/json"},
        )

    def send(self, notification: Notification) -> None:
        """Post it and wait for a response of 2xx.

        Raises:
            NonRetryable: When the response is 3xx or 4xx, except for those of `is_temporary`.
            ServiceUnavailable: When there is any other response, or none.
        """
        try:
            # Only the status matters, so the body is not read.
            with self._client.stream(
                "POST",
                self._url.get_secret_value(),
                content=notification.body,
                headers={"Idempotency-Key": notification.notification_id},
            ) as response:
                _check_status(response)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            # The text of the error may contain the URL.
            reason = explain_failure(error, self._client.timeout, AUTHORITY).message
            raise ServiceUnavailable(f"the webhook does not respond: {reason}") from None

    def keep_alive(self) -> bool:
        """Do nothing: no connection is kept, so it is unknown whether the webhook responds."""
        return False

    def close(self) -> None:
        """Close the client."""
        self._client.close()


def _check_status(response: httpx2.Response) -> None:
    status = response.status_code
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if is_temporary(status):
        wait = parse_retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        raise RequestUnavailable(f"the webhook responded {status}", wait)
    note = " (redirects are not followed)" if status < HTTPStatus.BAD_REQUEST else ""
    raise NonRetryable(f"the webhook responded {status}{note}")
