"""Authentication with one shared token: `Authorization: Bearer TOKEN`, RFC 6750."""

import hmac
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr

from web.throttle import TokenThrottle

BEARER = HTTPBearer(auto_error=False, scheme_name="token")
# A bearer token, never a cookie: a browser does not add it to a request that another site's page makes.
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]


class Forbidden(HTTPException):
    """Changes are disabled because the service has no token."""

    def __init__(self, setting: str) -> None:
        super().__init__(HTTPStatus.FORBIDDEN, f"Changes are disabled: {setting} is not set.")


class Unauthorized(HTTPException):
    """The request lacks the service's token."""

    def __init__(self, setting: str) -> None:
        super().__init__(
            HTTPStatus.UNAUTHORIZED,
            f"This request needs the value of {setting} as `Authorization: Bearer TOKEN`.",
            {"WWW-Authenticate": "Bearer"},
        )


class TokenAuth:
    """Compares the credentials of a request with the service's token.

    `setting` is the environment variable that holds the token; `on_rejected` is called with the reason of
    each rejected request.
    """

    def __init__(self, token: SecretStr | None, setting: str, on_rejected: Callable[[str], None]) -> None:
        self._token = token
        self._setting = setting
        self._on_rejected = on_rejected
        self._throttle = TokenThrottle()

    @property
    def enabled(self) -> bool:
        """Whether there is a token, without which every change is forbidden."""
        return self._token is not None

    def accepts(self, credentials: HTTPAuthorizationCredentials | None, address: str) -> bool:
        """Return whether these are the right credentials, in a time that does not depend on them.

        Raises:
            Overloaded: Too many wrong tokens came from this address.
        """
        if self._token is None or credentials is None:
            return False
        self._throttle.check(address)
        given = credentials.credentials.strip().encode()
        is_right = hmac.compare_digest(given, self._token.get_secret_value().encode())
        if not is_right:
            self._throttle.wrong_token(address)
        return is_right

    def check(self, credentials: HTTPAuthorizationCredentials | None, address: str) -> None:
        """Accept or reject a request with these credentials from this address.

        Raises:
            Forbidden: The service has no token.
            Unauthorized: The credentials are missing or wrong.
            Overloaded: Too many wrong tokens came from this address.
        """
        if self.accepts(credentials, address):
            return
        error = Unauthorized(self._setting) if self.enabled else Forbidden(self._setting)
        self._on_rejected(error.detail)
        raise error


def get_token_auth(request: Request) -> TokenAuth:
    """Return the application's TokenAuth."""
    auth: TokenAuth = request.app.state.token_auth
    return auth


Auth = Annotated[TokenAuth, Depends(get_token_auth)]


def client_address(request: Request) -> str:
    """Return the address of the client, without a port; empty for a Unix socket."""
    return request.client.host if request.client else ""


Address = Annotated[str, Depends(client_address)]


def require_token(auth: Auth, credentials: Credentials, address: Address) -> None:
    """Reject the request unless it has the token: a dependency of every operation that changes something."""
    auth.check(credentials, address)
