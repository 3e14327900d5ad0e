"""Who may ask for what: the names of the host, the token, and what a browser may do with the page."""

import hmac
from collections.abc import Sequence

from pydantic import SecretStr
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCHEME = "bearer"
# Scripts, styles and connections of the page's own only, nothing inline, in no frame of others.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Forbidden(Exception):
    """Nobody may change anything here: DASHBOARD_TOKEN is not set."""


class Unauthorized(Exception):
    """This needs the dashboard's token, as `Authorization: Bearer TOKEN`."""


class TokenAuth:
    """Lets a request change something only if it has the token."""

    def __init__(self, token: SecretStr | None) -> None:
        self._token = token

    @property
    def writable(self) -> bool:
        """Whether there is a token at all."""
        return self._token is not None

    def check(self, request: Request) -> None:
        """Raises NotAllowed or WrongToken."""
        if self._token is None:
            raise Forbidden(Forbidden.__doc__)
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        # In a time that tells nothing of how much of it is right.
        right = hmac.compare_digest(given.strip().encode(), self._token.get_secret_value().encode())
        if scheme.lower() != SCHEME or not right:
            raise Unauthorized(Unauthorized.__doc__)


def protected() -> Middleware:
    """Every answer has HEADERS."""
    return Middleware(_Headers)


def own_names(hosts: Sequence[str]) -> Middleware:
    """A request must name one of these hosts.

    A page elsewhere whose name is turned to this machine's address (DNS rebinding) still has its own name.
    """
    return Middleware(TrustedHostMiddleware, allowed_hosts=[*hosts], www_redirect=False)


class _Headers:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self._app(scope, receive, with_headers)
