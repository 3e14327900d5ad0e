"""Security headers and allowed hosts."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Scripts, styles, frames and connections from the service itself only, nothing inline.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; "
)
# No framing, unless a response permits it to this service's own page.
FRAMED_BY_OWN_PAGE = {"X-Frame-Options": "SAMEORIGIN"}
SECURITY_HEADERS = {
    "Content-Security-Policy": f"{POLICY}frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
API_PREFIX = "/api/"
# Kubelets and Prometheus request these by IP address.
ANY_HOST_PATHS = frozenset({"/livez", "/readyz", "/metrics"})


class SecurityHeaders:
    """Adds SECURITY_HEADERS to every response; one with FRAMED_BY_OWN_PAGE may be framed by the own page.

    Caches must revalidate pages, and must not store responses of the API.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                may_be_framed = headers.get("X-Frame-Options") == FRAMED_BY_OWN_PAGE["X-Frame-Options"]
                headers.update(SECURITY_HEADERS)
                if may_be_framed:
                    headers.update(FRAMED_BY_OWN_PAGE)
                    headers["Content-Security-Policy"] = f"{POLICY}frame-ancestors 'self'"
                if scope["path"].startswith(API_PREFIX):
                    headers["Cache-Control"] = "no-store"
                else:
                    headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class AllowedHosts:
    """Rejects a request for a host name that is not the service's own, except at ANY_HOST_PATHS.

    This prevents DNS rebinding: a foreign page whose name resolves to this machine still sends its own name.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self._app = app
        self._checked_app = TrustedHostMiddleware(app, allowed_hosts=[*hosts], www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        app = self._app if scope["path"] in ANY_HOST_PATHS else self._checked_app
        await app(scope, receive, send)
