"""The keys and sessions that give access, in memory, so that no request waits for the database."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from runtime.access import ValidKey, ValidSession, hash_secret
from runtime.errors import ServiceUnavailable

# An attempt that stalls keeps no process from stopping.
SHUTDOWN_SECONDS = 2.0
# A key that is revoked elsewhere, for example by sensorctl, gives access for this much longer at most.
REFRESH_SECONDS = 2.0
# An unknown key may be new, so it is looked up at once, but not more often than this for all clients.
LOOKUP_SECONDS = 0.2
# While the database does not answer, known keys permit changes for this long ...
FRESH_SECONDS = 10.0
# ... and reading for this long.
READABLE_SECONDS = 3600.0


class KeyStore(Protocol):
    """Where keys and sessions are kept. Each method raises ServiceUnavailable while it does not answer."""

    def read_valid(self) -> tuple[Sequence[ValidKey], Sequence[ValidSession]]:
        """Return the keys and sessions that give access now."""

    def note_use(self, key_ids: Collection[int]) -> None:
        """Record that these keys were used."""

    def open_session(self, session_hash: bytes, key_id: int, seconds: int) -> bool:
        """Open a session, and return whether the key is still valid."""

    def close_session(self, session_hash: bytes) -> None:
        """End a session."""


class AccessUnknown(ServiceUnavailable):
    """The keys cannot be read, so that it is not known who may do this."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The database does not answer, so access cannot be checked: {reason}. Try again in a moment."
        )


class _Session(NamedTuple):
    key: ValidKey
    expires_at: float


@dataclass(frozen=True)
class _Known:
    """What was read, and when."""

    at: float
    keys: dict[bytes, ValidKey]
    sessions: dict[bytes, _Session]


class KeyRing:
    """Knows the valid keys and sessions as they were a moment ago. Any thread may use it."""

    def __init__(self, store: KeyStore, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._tried_at = float("-inf")
        self._has_failed = False
        self._reason = "the keys were not read yet"
        self._used: set[int] = set()

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """Read the keys, and again and again while the block runs."""
        stopped = threading.Event()

        def run() -> None:
            while not stopped.wait(REFRESH_SECONDS):
                self.refresh(max_age_seconds=0.0)

        self.refresh(max_age_seconds=0.0)

        thread = threading.Thread(target=run, name="keys", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join(SHUTDOWN_SECONDS)

    def refresh(self, max_age_seconds: float = LOOKUP_SECONDS) -> None:
        """Read the keys, unless that was tried a moment ago. A failure leaves what is known."""
        with self._lock:
            # While the database is down, clients do not wait for one attempt after the other.
            interval = REFRESH_SECONDS if max_age_seconds and self._has_failed else max_age_seconds
            started_at = self._clock()
            if started_at - self._tried_at < interval:
                return
            try:
                self._known = self._read()
                self._note_use()
                # A key that was created while it was read may be missing, so that counts from its start.
                self._tried_at, self._has_failed = started_at, False
            except ServiceUnavailable as error:
                self._reason, self._has_failed = str(error), True
                self._tried_at = self._clock()

    @property
    def is_known(self) -> bool:
        """Whether the keys were ever read."""
        return self._known is not None

    @property
    def is_fresh(self) -> bool:
        """Whether the keys are known as of a moment ago."""
        return self._age() < FRESH_SECONDS

    @property
    def unknown(self) -> AccessUnknown:
        """The error for what cannot be decided."""
        return AccessUnknown(self._reason)

    @property
    def has_keys(self) -> bool:
        """Whether there is any valid key.

        Raises:
            AccessUnknown: When the keys were never read.
        """
        if self._known is None:
            raise self.unknown
        return bool(self._known.keys)

    def find_known_key(self, key: str) -> ValidKey | None:
        """Return the key if it is known to be valid, without reading the keys."""
        found = self._known.keys.get(hash_secret(key)) if self._known else None
        return found if found and self._age() <= READABLE_SECONDS else None

    def find_key(self, key: str, *, may_wait: bool = True) -> ValidKey | None:
        """Return the key; None for one that is not valid.

        Raises:
            AccessUnknown: When it is not known whether it is valid.
        """
        key_hash = hash_secret(key)
        return self._find(lambda known: known.keys.get(key_hash), may_wait=may_wait)

    def find_session(self, session: str, *, may_wait: bool = True) -> ValidKey | None:
        """Return the key of a session; None for a session that has ended.

        Raises:
            AccessUnknown: When it is not known whether it has ended.
        """
        session_hash = hash_secret(session)

        def look_up(known: _Known) -> ValidKey | None:
            found = known.sessions.get(session_hash)
            return found.key if found and self._clock() < found.expires_at else None

        return self._find(look_up, may_wait=may_wait)

    def _find(self, look_up: Callable[[_Known], ValidKey | None], *, may_wait: bool) -> ValidKey | None:
        found = look_up(self._known) if self._known else None
        if found is None and may_wait:
            self.refresh()
            found = look_up(self._known) if self._known else None
        if self._age() > (READABLE_SECONDS if found else FRESH_SECONDS):
            raise self.unknown
        if found:
            self._used.add(found.key_id)
        return found

    def _age(self) -> float:
        return self._clock() - self._known.at if self._known else float("inf")

    def _read(self) -> _Known:
        now = self._clock()
        keys, sessions = self.store.read_valid()
        by_id = {key.key_id: key for key in keys}
        return _Known(
            now,
            {key.hash: key for key in keys},
            {
                session.hash: _Session(by_id[session.key_id], now + session.seconds)
                for session in sessions
                if session.key_id in by_id
            },
        )

    def _note_use(self) -> None:
        used, self._used = self._used, set()
        if used:
            self.store.note_use(used)
