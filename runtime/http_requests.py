"""What HTTP clients of jobs share: which failures pass, and how the same request is sent again."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple, TypeVar

import httpx2
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from runtime.errors import ServiceUnavailable
from runtime.http_errors import causes, os_error_text
from runtime.text import escape_unprintable

RETRYABLE_STATUS = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
# For a 429 that does not say when to return.
TOO_MANY_REQUESTS_SECONDS = 60.0
# With their waits, the attempts span about a minute and a half: a server that restarts is back by then.
MAX_ATTEMPTS = 8
INITIAL_WAIT_SECONDS = 1.0
MAX_WAIT_SECONDS = 30.0
MAX_JITTER_SECONDS = 1.0
# A longer Retry-After ends the job, which is then tried again at that time.
MAX_RETRY_AFTER_SECONDS = 60.0
MAX_SECONDS = 1e9
MAX_QUOTED_BYTES = 300
# OpenSSL's reason for a first response that is not TLS.
NO_TLS = "WRONG_VERSION_NUMBER"

T = TypeVar("T")


class RequestUnavailable(ServiceUnavailable):
    """The server does not answer as it should, and may later."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Failure(NamedTuple):
    """Why a request got no response, and whether the same request may get one later."""

    message: str
    may_pass: bool


def explain_failure(
    error: httpx2.HTTPError | httpx2.InvalidURL | httpx2.StreamError,
    timeout: httpx2.Timeout,
    authority: str = "SSL_CERT_FILE for the worker",
) -> Failure:
    """Return what a failed request means; the text of the error is not used, it may contain the URL.

    `authority` names the variable for the certificate of an authority.
    """
    certificate = next((e for e in causes(error) if isinstance(e, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        return Failure(
            f"the TLS certificate is not accepted ({certificate.verify_message}): renew it, or set "
            f"{authority} to the certificate of the authority that issued it",
            may_pass=False,
        )
    if isinstance(error, httpx2.ConnectTimeout):
        return Failure(f"no connection within {timeout.connect:g} s", may_pass=True)
    if isinstance(error, httpx2.TimeoutException):
        return Failure(f"no answer within {timeout.read:g} s", may_pass=True)
    if isinstance(error, httpx2.RemoteProtocolError | httpx2.DecodingError):
        return Failure("the response is cut off, or is not HTTP", may_pass=True)
    if isinstance(error, httpx2.TransportError):
        return Failure(_transport_error(error), may_pass=True)
    return Failure(f"the request cannot be sent ({type(error).__name__}): check the address", may_pass=False)


def _transport_error(error: httpx2.TransportError) -> str:
    if any(isinstance(cause, ssl.SSLError) and cause.reason == NO_TLS for cause in causes(error)):
        return "the server does not respond with TLS: it may require http://, or another port"
    return os_error_text(error) or type(error).__name__


def is_temporary(status: int) -> bool:
    """Return whether the same request may be answered later."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in RETRYABLE_STATUS


def required_wait(response: httpx2.Response, now: datetime) -> float | None:
    """Return the seconds that a temporary failure requires to wait; None if it does not say.

    `now` counts where the server does not state its own time, from which a date is meant.
    """
    now = parse_http_date(response.headers.get("Date")) or now  # by its own clock
    # A wait that is over, as of 0 seconds, is none: the usual one then keeps from repeating it all at once.
    retry_after = parse_retry_after(response.headers.get("Retry-After"), now) or None
    if retry_after is None and response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return TOO_MANY_REQUESTS_SECONDS
    return retry_after


def parse_retry_after(text: str | None, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header: a number, or an HTTP date; None if it is neither."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return min(float(text), MAX_SECONDS)
    moment = parse_http_date(text)
    return None if moment is None else max((moment - now).total_seconds(), 0.0)


def parse_http_date(text: str | None) -> datetime | None:
    """Return the moment of a header, in UTC if it names no zone; None if there is none, or it is no date."""
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def quote_body(response: httpx2.Response) -> str:
    """Return the start of the message of a response, after a colon; nothing if it cannot be read."""
    text = bytearray()
    try:
        for piece in response.iter_bytes():
            text += piece
            if len(text) >= MAX_QUOTED_BYTES:
                break
    except httpx2.HTTPError:
        return ""
    quoted = escape_unprintable(text[:MAX_QUOTED_BYTES].decode(errors="replace").strip())
    return f": {quoted}" if quoted else ""


def redirect_target(response: httpx2.Response) -> str | None:
    """Return where a redirect leads, without path and query, which may contain a secret; None if nowhere."""
    try:
        target = response.url.join(response.headers["Location"])
    except (httpx2.InvalidURL, KeyError):
        return None
    return f"{target.scheme}://{target.netloc.decode()}"


def retry_request(
    request: Callable[[], T],
    *,
    sleep: Callable[[float], None],
    on_failure: Callable[[RequestUnavailable, float], None] = lambda _error, _seconds: None,
    max_attempts: int = MAX_ATTEMPTS,
) -> T:
    """Return what `request` returns; call it again while it raises RequestUnavailable, within bounds.

    `on_failure` receives each failure and the seconds until the next attempt. `sleep` waits for them, and may
    raise to end the attempts.
    """

    def before_sleep(state: RetryCallState) -> None:
        error = _unavailable(state)
        if error and state.next_action:
            on_failure(error, state.next_action.sleep)

    return Retrying(
        retry=retry_if_exception(_is_worth_a_wait),
        wait=_wait_seconds,
        stop=stop_after_attempt(max_attempts),
        sleep=sleep,
        before_sleep=before_sleep,
        reraise=True,
    )(request)


def _is_worth_a_wait(error: BaseException) -> bool:
    if not isinstance(error, RequestUnavailable):
        return False
    return error.retry_after is None or error.retry_after <= MAX_RETRY_AFTER_SECONDS


_BACKOFF = wait_exponential(multiplier=INITIAL_WAIT_SECONDS, max=MAX_WAIT_SECONDS)
_JITTER = wait_random(0, MAX_JITTER_SECONDS)


def _wait_seconds(state: RetryCallState) -> float:
    """Return how long to wait: what the server requires, or longer with each attempt, and some jitter."""
    error = _unavailable(state)
    required = error.retry_after if error else None
    return (_BACKOFF(state) if required is None else required) + _JITTER(state)


def _unavailable(state: RetryCallState) -> RequestUnavailable | None:
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, RequestUnavailable) else None
