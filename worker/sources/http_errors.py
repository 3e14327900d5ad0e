"""What the responses and failures of a source's HTTP server mean."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx2

from jobs.source import Source
from jobs.source_kinds import Secret
from runtime.http_errors import causes, os_error_text
from runtime.text import escape_unprintable
from worker.sources.model import NotFound, SourceRefused, SourceUnavailable

RETRYABLE_STATUS = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
# For a 429 that does not say when to return.
TOO_MANY_REQUESTS_SECONDS = 60.0
MAX_QUOTED_BYTES = 300


def check_status(
    response: httpx2.Response, source: Source, redact: Callable[[str], str], now: datetime
) -> None:
    """Accept a response of status 2xx.

    Raises:
        SourceUnavailable: When the same request may be answered later.
        SourceRefused: When it is refused, or redirected.
    """
    status = response.status_code
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in RETRYABLE_STATUS:
        retry_after = parse_retry_after(response.headers.get("Retry-After"), now)
        if retry_after is None and status == HTTPStatus.TOO_MANY_REQUESTS:
            retry_after = TOO_MANY_REQUESTS_SECONDS
        raise SourceUnavailable(f"{source.name}: {source.address} responds {status}", retry_after)
    error = NotFound if status == HTTPStatus.NOT_FOUND else SourceRefused
    raise error(f"{source.name}: {_refusal(response, source, redact)}")


def parse_retry_after(text: str | None, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header: a number, or an HTTP date; None if it is neither."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


def translate(
    error: httpx2.HTTPError | httpx2.InvalidURL, name: str, timeout: httpx2.Timeout
) -> SourceUnavailable | SourceRefused:
    """Return what a failed request means; the text of the error is not used, it may contain the URL."""
    certificate = next((e for e in causes(error) if isinstance(e, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        return SourceRefused(
            f"{name}: the TLS certificate is not accepted ({certificate.verify_message}): renew it, or set "
            "SSL_CERT_FILE for the worker to the certificate of the authority that issued it"
        )
    if isinstance(error, httpx2.ConnectTimeout):
        return SourceUnavailable(f"{name}: no connection within {timeout.connect:g} s")
    if isinstance(error, httpx2.TimeoutException):
        return SourceUnavailable(f"{name}: no answer within {timeout.read:g} s")
    if isinstance(error, httpx2.RemoteProtocolError | httpx2.DecodingError):
        return SourceUnavailable(f"{name}: the response is cut off, or is not HTTP")
    if isinstance(error, httpx2.TransportError):
        return SourceUnavailable(f"{name}: {os_error_text(error) or type(error).__name__}")
    return SourceRefused(f"{name}: the request cannot be sent ({type(error).__name__}): check the address")


def _refusal(response: httpx2.Response, source: Source, redact: Callable[[str], str]) -> str:
    status = response.status_code
    if response.is_redirect:
        return _redirect(response, source)
    detail = redact(_quote_body(response))
    if status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return f"{source.address} responds {status}{detail}"
    if source.secret_name:
        name = source.secret_name
        return f"{source.address} refuses the secret in {name} ({status}{detail}): set a valid one"
    if source.spec.secret is Secret.NONE:
        return f"{source.address} refuses the request ({status}{detail})"
    return f"{source.address} requires a secret ({status}{detail}): set secret_name"


def _redirect(response: httpx2.Response, source: Source) -> str:
    """Return where the redirect leads, without path and query, which may contain the secret."""
    try:
        target = response.url.join(response.headers["Location"])
    except (httpx2.InvalidURL, KeyError):
        return f"{source.address} responds {response.status_code} with no valid Location"
    return (
        f"{source.address} redirects to {target.scheme}://{target.netloc.decode()}, which is not followed: "
        "if that is right, set it as the address"
    )


def _quote_body(response: httpx2.Response) -> str:
    """Return the start of the message of a response; nothing if it cannot be read."""
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
