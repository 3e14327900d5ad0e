"""Log in, log out, and what a client may do."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field, SecretStr

from dashboard.models import Model
from dashboard.resources import Shared
from dashboard.unavailable import nothing_changed
from runtime.access import Role
from web.auth import (
    COOKIE,
    SESSION_SECONDS,
    Authenticator,
    Principal,
    requires,
    to_principal,
)
from web.dependencies import Auth, CurrentPrincipal
from web.errors import INVALID_INPUT

MAX_KEY_CHARACTERS = 200

router = APIRouter(prefix="/api")


class Access(Model):
    """Who sends the request, and what that may do."""

    name: Annotated[str | None, Field(description="The key or the proxy's user; null without a login")]
    role: Annotated[Role | None, Field(description="What the request may do; null: nothing")]
    has_session: Annotated[bool, Field(description="Whether it can log out")]
    has_keys: Annotated[bool, Field(description="Whether there is any key to log in with")]


class Login(Model):
    """A key to log in with."""

    key: Annotated[SecretStr, Field(max_length=MAX_KEY_CHARACTERS, description="A key")]


@router.get("/access", **requires(None))
def get_access(auth: Auth, principal: CurrentPrincipal) -> Access:
    """Return who sends the request, and what that may do."""
    return _to_access(auth, principal)


@router.post("/login", responses=INVALID_INPUT, **requires(None))
def log_in(auth: Auth, resources: Shared, login: Login, request: Request, response: Response) -> Access:
    """Log a browser in with a key: the response sets a cookie that lasts for 12 hours."""
    with nothing_changed():
        key, session = auth.log_in(request, login.key.get_secret_value().strip())
    resources.telemetry.logged_in(key.name, auth.proxies.client_address(request))
    is_https = auth.proxies.is_https(request)
    response.set_cookie(
        COOKIE, session, max_age=SESSION_SECONDS, httponly=True, samesite="strict", secure=is_https
    )
    return _to_access(auth, to_principal(key, has_session=True))


@router.post("/logout", status_code=HTTPStatus.NO_CONTENT, **requires(None))
def log_out(auth: Auth, request: Request, response: Response) -> None:
    """End the session of the request's cookie."""
    if session := request.cookies.get(COOKIE):
        with nothing_changed():
            auth.log_out(session)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


def _to_access(auth: Authenticator, principal: Principal) -> Access:
    return Access(
        name=principal.name,
        role=principal.role,
        has_session=principal.has_session,
        has_keys=auth.ring.has_keys,
    )
