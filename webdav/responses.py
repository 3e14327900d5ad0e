"""What the responses of a WebDAV server mean: in order, try again, or refused with what to change."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

import httpx2

from runtime.http_requests import is_temporary, quote_body, redirect_target, required_wait
from webdav.model import (
    NotFound,
    ParentMissing,
    PreconditionFailed,
    RangeRefused,
    WebDavRefused,
    WebDavUnavailable,
)

# A full server is not soon less full: the job ends, and is tried again then.
FULL_SECONDS = 300.0
LOCKED_SECONDS = 15.0
LATER: dict[int, tuple[str, float]] = {
    HTTPStatus.INSUFFICIENT_STORAGE: (
        "the WebDAV server has no space for {what}: make some, or raise the quota", FULL_SECONDS,
    ),
    HTTPStatus.LOCKED: ("another program has locked the file, at {what}: close it there", LOCKED_SECONDS),
}  # fmt: skip
REFUSALS: dict[int, tuple[type[WebDavRefused], str]] = {
    HTTPStatus.NOT_FOUND: (NotFound, "the WebDAV server has nothing there, at {what}"),
    HTTPStatus.GONE: (NotFound, "the WebDAV server has nothing there any more, at {what}"),
    HTTPStatus.CONFLICT: (ParentMissing, "the folder does not exist, at {what}"),
    HTTPStatus.PRECONDITION_FAILED: (
        PreconditionFailed, "the file was changed by somebody else, or exists already, at {what}",
    ),
    HTTPStatus.UNAUTHORIZED: (
        WebDavRefused,
        "the WebDAV server refuses user or password for {what}: check WEBDAV_USER and WEBDAV_PASSWORD",
    ),
    HTTPStatus.FORBIDDEN: (
        WebDavRefused,
        "the WebDAV server forbids {what}: give WEBDAV_USER the right to read, write and move files there",
    ),
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: (
        RangeRefused, "the WebDAV server refuses the range, at {what}",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        WebDavRefused, "the WebDAV server does not allow {what}: check that WEBDAV_URL is a WebDAV folder",
    ),
}  # fmt: skip


def check_response(response: httpx2.Response, what: str, redact: Callable[[str], str], now: datetime) -> None:
    """Accept a response of status 2xx; `what` was requested, as in "MOVE of work/x.csv".

    Raises:
        WebDavUnavailable: When the same request may be answered later.
        WebDavRefused: When it is refused; some statuses have an error of their own.
    """
    status = response.status_code
    is_list = response.request.method == "PROPFIND"
    if status == HTTPStatus.MULTI_STATUS and not is_list:
        raise WebDavRefused(f"the WebDAV server has done only a part of {what} (207)")
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status == HTTPStatus.NOT_IMPLEMENTED:
        raise WebDavRefused(f"the server knows no {what} (501): check that WEBDAV_URL is a WebDAV folder")
    if status in LATER:
        message, seconds = LATER[status]
        raise WebDavUnavailable(f"{message.format(what=what)} ({status})", seconds)
    if is_temporary(status):
        raise WebDavUnavailable(
            f"the WebDAV server responds {status} to {what}", required_wait(response, now)
        )
    if response.is_redirect:
        raise WebDavRefused(_redirect(response, what))
    if status in REFUSALS:
        error, message = REFUSALS[status]
        raise error(f"{message.format(what=what)} ({status})")
    raise WebDavRefused(f"the WebDAV server responds {status} to {what}{redact(quote_body(response))}")


def _redirect(response: httpx2.Response, what: str) -> str:
    target = redirect_target(response) or "no valid address"
    return (
        f"the WebDAV server redirects {what} to {target}, which is not followed: if that is right, set it as "
        "WEBDAV_URL"
    )
