"""A webhook as a receiver: each event is the body of a POST."""

import http.client
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import Any

from pydantic import SecretStr

from alerter.alert import Event
from alerter.notifier import Refused
from runtime.errors import ServiceUnavailable
from runtime.version import VERSION

TIMEOUT_SECONDS = 10.0
# Answers after which the same event may be taken later.
NOT_NOW = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


class Webhook:
    """Posts events to an address, which is a secret: no error names it."""

    def __init__(self, url: SecretStr, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._url = url
        self._timeout_seconds = timeout_seconds
        self._opener = urllib.request.build_opener(_NoRedirects)

    def deliver(self, event: Event) -> None:
        """Return after an answer of 2xx; Refused for one of 3xx or 4xx, ServiceUnavailable for all else.

        No redirect is followed: the event is for this address.
        """
        request = urllib.request.Request(  # noqa: S310 (the settings allow http and https only)
            self._url.get_secret_value(),
            data=event.body,
            headers={
                "Content-Type": "application/json",
                "User-Agent": f"sensors-watch/{VERSION}",
                "Idempotency-Key": event.event_id,
            },
        )
        try:
            with self._opener.open(request, timeout=self._timeout_seconds):
                return
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error.code) from None
        # Its text may hold the address, so only its kind is told.
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise ServiceUnavailable(f"the webhook does not answer: {_why(error)}") from None

    def idle(self) -> bool:
        """No connection is kept, so nothing can be said."""
        return False

    def close(self) -> None:
        """No connection is kept."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """The answer is an error then."""


def _refusal(code: int) -> ServiceUnavailable:
    if code < HTTPStatus.INTERNAL_SERVER_ERROR and code not in NOT_NOW:
        follow = " (redirects are not followed)" if code < HTTPStatus.BAD_REQUEST else ""
        return Refused(f"the webhook answers {code}{follow}")
    return ServiceUnavailable(f"the webhook answers {code}")


def _why(error: BaseException) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    return getattr(reason, "strerror", None) or type(reason).__name__
