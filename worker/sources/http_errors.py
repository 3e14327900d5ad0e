"""What the responses and failures of a source's HTTP server mean."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

import httpx2

from jobs.source import Source
from jobs.source_kinds import Secret
from runtime.http_requests import explain_failure, is_temporary, quote_body, redirect_target, required_wait
from worker.sources.model import NotFound, SourceRefused, SourceUnavailable


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
    if is_temporary(status):
        raise SourceUnavailable(f"{source.address} responds {status}", required_wait(response, now))
    error = NotFound if status == HTTPStatus.NOT_FOUND else SourceRefused
    raise error(_refusal(response, source, redact))


def translate(
    error: httpx2.HTTPError | httpx2.InvalidURL, timeout: httpx2.Timeout
) -> SourceUnavailable | SourceRefused:
    """Return what a failed request means."""
    failure = explain_failure(error, timeout)
    return (SourceUnavailable if failure.may_pass else SourceRefused)(failure.message)


def _refusal(response: httpx2.Response, source: Source, redact: Callable[[str], str]) -> str:
    status = response.status_code
    if response.is_redirect:
        return _redirect(response, source)
    detail = redact(quote_body(response))
    if status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return f"{source.address} responds {status}{detail}"
    if source.secret_name:
        name = source.secret_name
        return f"{source.address} refuses the secret in {name} ({status}{detail}): set a valid one"
    if source.spec.secret is Secret.NONE:
        return f"{source.address} refuses the request ({status}{detail})"
    return f"{source.address} requires a secret ({status}{detail}): set secret_name"


def _redirect(response: httpx2.Response, source: Source) -> str:
    target = redirect_target(response)
    if target is None:
        return f"{source.address} responds {response.status_code} with no valid Location"
    return (
        f"{source.address} redirects to {target}, which is not followed: if that is right, set it as the "
        "address"
    )
