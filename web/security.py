"""Security headers and allowed hosts."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Scripts, styles, frames and connections from the service itself only.
POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
# No framing, unless a response permits it to this service's own page.
FRAMED_BY_OWN_PAGE = {"X-Frame-Options": "SAMEORIGIN"}
SECURITY_HEADERS = {
    "Content-Security-Policy": POLICY.format(scripts="'self'", ancestors="'none'"),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
API_PREFIX = "/api/"
UNKNOWN_HOST = (
    "Invalid host header: the service does not know this host name as its own. Add it to DASHBOARD_HOSTS, or "
    "to WORKFLOWS_HOSTS for the API of workflows, and restart the service.\n"
)
IS_ALLOWED = "sensors.host_is_allowed"
# Kubelets and Prometheus request these by IP address.
ANY_HOST_PATHS = frozenset({"/livez", "/readyz", "/metrics"})


def script_source(script: str) -> str:
    """Return what permits a script within a page: its hash, as Content Security Policy has it."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


class SecurityHeaders:
    """Adds SECURITY_HEADERS to every response; one with FRAMED_BY_OWN_PAGE may be framed by the own page.

    Scripts within a page run only if they are `inline_scripts`. Caches must revalidate pages, and must not
    store responses of the API.
    """

    def __init__(self, app: ASGIApp, inline_scripts: Sequence[str] = ()) -> None:
        self._app = app
        scripts = " ".join(["'self'", *map(script_source, inline_scripts)])
        policy = POLICY.format(scripts=scripts, ancestors="'none'")
        self._headers = SECURITY_HEADERS | {"Content-Security-Policy": policy}
        self._framed_policy = POLICY.format(scripts=scripts, ancestors="'self'")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                may_be_framed = headers.get("X-Frame-Options") == FRAMED_BY_OWN_PAGE["X-Frame-Options"]
                headers.update(self._headers)
                if may_be_framed:
                    headers.update(FRAMED_BY_OWN_PAGE)
                    headers["Content-Security-Policy"] = self._framed_policy
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
        self._mark = TrustedHostMiddleware(_mark_allowed, allowed_hosts=[*hosts], www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        app = self._app
        if scope["path"] not in ANY_HOST_PATHS:
            await self._mark(scope, receive, _discard)
            if not scope.pop(IS_ALLOWED, False):
                app = PlainTextResponse(UNKNOWN_HOST, HTTPStatus.BAD_REQUEST)
        await app(scope, receive, send)


async def _mark_allowed(scope: Scope, _receive: Receive, _send: Send) -> None:
    scope[IS_ALLOWED] = True


async def _discard(_message: Message) -> None:
    """Ignore the response of TrustedHostMiddleware, which does not say what to do."""
