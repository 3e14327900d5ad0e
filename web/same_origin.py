"""Whether a browser made a request for the service's own page."""

from urllib.parse import urlsplit

from starlette.requests import Request

from runtime.text import quote_name


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


def explain_refusal(request: Request) -> str:
    """Return why a request that is not of the same origin is refused, and what to do if it should be."""
    refusal = "The page of another site made this request."
    if "Sec-Fetch-Site" in request.headers or "Origin" not in request.headers:
        return refusal
    origin, host = (quote_name(request.headers.get(name, "")) for name in ("Origin", "Host"))
    return (
        f"{refusal} It is of {origin}, and was sent to {host}: if a reverse proxy is between them, let it "
        "pass on the Host header, with the port."
    )


def is_browser(request: Request) -> bool:
    """Return whether a browser sent this change, and not a program."""
    return "Sec-Fetch-Site" in request.headers or "Origin" in request.headers
