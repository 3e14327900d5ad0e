"""The dependencies of operations: authorization, and who sends the request."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from web.auth import Authenticator, Principal
from web.security import API_PREFIX


def get_authenticator(request: Request) -> Authenticator:
    """Return the application's Authenticator."""
    auth: Authenticator = request.app.state.auth
    return auth


async def authorize(request: Request) -> None:
    """Refuse a request of the API that may not do what it asks for: a dependency of every operation."""
    if request.url.path.startswith(API_PREFIX):
        auth = get_authenticator(request)
        request.state.principal = await run_in_threadpool(auth.authorize, request)


def get_principal(request: Request) -> Principal:
    """Return who sends the request, as `authorize` found."""
    principal: Principal = request.state.principal
    return principal


def get_actor(request: Request) -> str:
    """Return who sends the request, as the audit names it."""
    return get_principal(request).actor


def get_client_address(request: Request) -> str:
    """Return the address of the client, without a port; empty for a Unix socket."""
    return get_authenticator(request).proxies.client_address(request)


Auth = Annotated[Authenticator, Depends(get_authenticator)]
CurrentPrincipal = Annotated[Principal, Depends(get_principal)]
Actor = Annotated[str, Depends(get_actor)]
Address = Annotated[str, Depends(get_client_address)]
