"""Whether a browser made a request for the service's own page."""

from urllib.parse import urlsplit

from starlette.requests import Request


def is_same_origin(request: Request) -> bool:
    """Return whether the service's own page made this request.

    Browsers send Sec-Fetch-Site over https and to this machine, and Origin with every change. No script of a
    page can set either.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("Host")


def is_browser(request: Request) -> bool:
    """Return whether a browser sent this change, and not a program."""
    return "Sec-Fetch-Site" in request.headers or "Origin" in request.headers
