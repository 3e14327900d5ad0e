"""Who sends a request, and whether it may do what it asks for.

A request is authenticated by a key (`Authorization: Bearer KEY`, RFC 6750), by the cookie of a session that
was opened with a key, or by a trusted proxy. Every operation under /api/ names the role that it requires; one
that names none is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from fastapi import HTTPException, Request

from runtime.access import Role, ValidKey, generate_secret, hash_secret
from web.keyring import AccessUnknown, KeyRing
from web.proxies import TrustedProxies
from web.same_origin import explain_refusal, is_browser, is_same_origin
from web.throttle import KeyThrottle

COOKIE = "sensors_session"
SESSION_SECONDS = 12 * 3600
ROLE_EXTENSION = "x-role"
EVERYONE = "everyone"
STATUS_EXTENSION = "x-without-database"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ANONYMOUS = "anonymous"
KEY_ACTOR = "key:"
PROXY_ACTOR = "proxy:"


class AnonymousView(StrEnum):
    """When a request without a login may read."""

    AUTO = "auto"  # while there is no other way: no key, and no trusted proxy
    ALWAYS = "always"
    NEVER = "never"


class Unauthorized(HTTPException):
    """The request has no valid key."""

    def __init__(self, detail: str) -> None:
        super().__init__(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": "Bearer"})


class Forbidden(HTTPException):
    """The request's role does not permit this."""

    def __init__(self, detail: str) -> None:
        super().__init__(HTTPStatus.FORBIDDEN, detail)


@dataclass(frozen=True)
class Principal:
    """Who sends a request. `role` None: it may do nothing."""

    actor: str
    """As in the audit: key:NAME, proxy:NAME or anonymous."""
    role: Role | None
    is_ambient: bool = False
    """Whether a browser authenticates the request by itself, also one that another site's page makes."""
    has_session: bool = False
    is_provisional: bool = False
    """Whether the keys could not be read, so that it may see only what is down."""

    @property
    def has_key(self) -> bool:
        """Whether a key authenticates it."""
        return self.actor.startswith(KEY_ACTOR)

    @property
    def name(self) -> str | None:
        """The name of the key or the user; None without a login."""
        return self.actor.partition(":")[2] or None


def requires(role: Role | None, *, without_database: bool = False) -> dict[str, Any]:
    """Return the options of an operation that this role may use; None: everyone.

    With `without_database` it also answers while the keys were never read, since it shows what is down.
    """
    security: list[dict[str, list[str]]] = [{}] if role is None else [{"key": []}, {"session": []}]
    extra: dict[str, Any] = {ROLE_EXTENSION: role.value if role else EVERYONE, "security": security}
    if without_database:
        extra[STATUS_EXTENSION] = True
    return {"openapi_extra": extra}


class Authenticator:
    """Authenticates and authorizes requests.

    `on_rejected` is called with the reason and the address of each request with a wrong key, or to change
    something without the role for it.
    """

    def __init__(
        self,
        ring: KeyRing,
        on_rejected: Callable[[str, str], None],
        proxies: TrustedProxies | None = None,
        anonymous_view: AnonymousView = AnonymousView.AUTO,
    ) -> None:
        self.ring = ring
        self.proxies = proxies or TrustedProxies()
        self._on_rejected = on_rejected
        self._anonymous_view = anonymous_view
        self._throttle = KeyThrottle()

    def authorize(self, request: Request, *, may_wait: bool = True) -> Principal:
        """Return who sends this request, if its role permits the operation.

        Raises:
            Unauthorized: The operation requires a login.
            Forbidden: The role does not permit it, or another site's page made the request.
            Overloaded: Too many wrong keys came from this address.
            AccessUnknown: The database does not answer, so that this is not known.
            RuntimeError: The operation does not say which role it requires, which is a bug.
        """
        extra = request.scope["route"].openapi_extra or {}
        if ROLE_EXTENSION not in extra:
            raise RuntimeError(f"{request.url.path} does not say which role it requires")
        required = None if extra[ROLE_EXTENSION] == EVERYONE else Role(extra[ROLE_EXTENSION])
        try:
            principal = self.identify(request, may_wait=may_wait)
            if may_wait and self._lacks_fresh_keys(principal, required):
                self.ring.refresh()  # as after a pause of this process or machine
                principal = self.identify(request)
            self._check(request, principal, required)
        except AccessUnknown:
            if not extra.get(STATUS_EXTENSION) or self._requires_login():
                raise
            return Principal(ANONYMOUS, Role.VIEWER, is_provisional=True)
        return principal

    def _requires_login(self) -> bool:
        """Return whether a login is required, as far as is known."""
        if self.proxies.enabled or self._anonymous_view is AnonymousView.NEVER:
            return True
        return self.ring.is_known and self.ring.has_keys

    def _check(self, request: Request, principal: Principal, required: Role | None) -> None:
        is_change = request.method not in SAFE_METHODS
        is_from_browser = principal.is_ambient or is_browser(request)
        if is_change and is_from_browser and not is_same_origin(request):
            raise self._rejected(request, Forbidden(explain_refusal(request)))
        if required is None:
            return
        if principal.role is None or not principal.role.includes(required):
            self._refuse(request, principal, required)
        elif self._lacks_fresh_keys(principal, required):
            raise self.ring.unknown

    def _lacks_fresh_keys(self, principal: Principal, required: Role | None) -> bool:
        return principal.has_key and required not in {None, Role.VIEWER} and not self.ring.is_fresh

    def _refuse(self, request: Request, principal: Principal, required: Role) -> None:
        if principal.name is not None:
            has = f"has the role {principal.role}" if principal.role else "has no role"
            error = Forbidden(f"This requires the role {required}; {principal.name} {has}.")
            raise self._rejected(request, error)
        if self.ring.has_keys or self.proxies.enabled:
            raise Unauthorized("This requires a login, or a key as `Authorization: Bearer KEY`.")
        raise Forbidden(
            f"This requires a key. Create one with `sensorctl key create NAME --role {required}`, and log in "
            "with it."
        )

    def identify(self, request: Request, *, may_wait: bool = True) -> Principal:
        """Return who sends this request, whatever that may do.

        Raises:
            Unauthorized: The key is not valid.
            Overloaded: Too many wrong keys came from this address.
            AccessUnknown: The database does not answer, so that this is not known.
        """
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return to_principal(self.check_key(request, key.strip(), may_wait=may_wait))
        if session := request.cookies.get(COOKIE):
            found = self.ring.find_session(session, may_wait=may_wait)
            if found:
                return to_principal(found, has_session=True)
        if user := self.proxies.user(request):
            return Principal(f"{PROXY_ACTOR}{user.name}", user.role, is_ambient=True)
        return Principal(ANONYMOUS, Role.VIEWER if self._is_open() else None)

    def check_key(self, request: Request, key: str, *, may_wait: bool = True) -> ValidKey:
        """Return the valid key.

        A key that is known is not slowed down: where all clients share an address, as behind Docker's port
        forwarding, one with a revoked key would lock out the others. It cannot be guessed at any rate.

        Raises:
            Unauthorized: The key is not valid.
            Overloaded: Too many wrong keys came from this address.
            AccessUnknown: The database does not answer, so that this is not known.
        """
        address = self.proxies.client_address(request)
        if not self.ring.find_known_key(key):
            self._throttle.check(address)
        found = self.ring.find_key(key, may_wait=may_wait)
        if found is None:
            self._throttle.wrong_key(address)
            raise self._rejected(request, Unauthorized("The key is wrong, or was revoked."))
        return found

    def log_in(self, request: Request, key: str) -> tuple[ValidKey, str]:
        """Open a session with this key, and return both.

        Raises:
            Unauthorized: The key is not valid.
            Overloaded: Too many wrong keys came from this address.
            ServiceUnavailable: The database does not answer.
        """
        found = self.check_key(request, key)
        session = generate_secret()
        if not self.ring.store.open_session(hash_secret(session), found.key_id, SESSION_SECONDS):
            raise Unauthorized("The key was revoked.")
        self.ring.refresh(max_age_seconds=0.0)
        return found, session

    def log_out(self, session: str) -> None:
        """End a session.

        Raises:
            ServiceUnavailable: The database does not answer.
        """
        self.ring.store.close_session(hash_secret(session))
        self.ring.refresh(max_age_seconds=0.0)

    def _is_open(self) -> bool:
        if self._anonymous_view is AnonymousView.AUTO:
            return not self.proxies.enabled and not self.ring.has_keys
        return self._anonymous_view is AnonymousView.ALWAYS

    def _rejected(self, request: Request, error: HTTPException) -> HTTPException:
        self._on_rejected(error.detail, self.proxies.client_address(request))
        return error


def to_principal(key: ValidKey, *, has_session: bool = False) -> Principal:
    """Return who has this key, or a session that was opened with it."""
    return Principal(f"{KEY_ACTOR}{key.name}", key.role, is_ambient=has_session, has_session=has_session)
