"""API keys and the sessions that were opened with them."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from db.driver_errors import translate_errors
from db.engine import make_interactive_engine
from db.settings import DatabaseSettings
from runtime.access import Role, ValidKey, ValidSession

COLUMNS = "key_id, name, role, created_at, created_by, last_used_at, revoked_at"
LIST = f"SELECT {COLUMNS} FROM api_key ORDER BY key_id"  # noqa: S608 (a constant)
CREATE = f"SELECT {COLUMNS} FROM create_api_key(:actor, :name, :role, :hash)"  # noqa: S608 (a constant)
REVOKE = f"SELECT {COLUMNS} FROM revoke_api_key(:actor, :name)"  # noqa: S608 (a constant)
VALID_KEYS = "SELECT key_id, name, role, hash FROM api_key WHERE revoked_at IS NULL"
# As seconds from now, since the clocks of the two machines may differ.
VALID_SESSIONS = """
SELECT login_session.hash, key_id, extract(epoch FROM expires_at - now())::float8 AS seconds
FROM login_session
JOIN api_key USING (key_id)
WHERE revoked_at IS NULL AND expires_at > now()
"""
NOTE_USE = "SELECT note_key_use(CAST(:keys AS bigint[]))"
OPEN_SESSION = "SELECT open_session(:hash, :key_id, :seconds)"
CLOSE_SESSION = "SELECT close_session(:hash)"


class ApiKey(NamedTuple):
    """A row of `api_key`, without its hash."""

    key_id: int
    name: str
    role: Role
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    revoked_at: datetime | None


class Keys:
    """Reads and changes API keys.

    Any number of threads may use it; their statements run one after the other.
    """

    def __init__(self, settings: DatabaseSettings, name: str = "keys") -> None:
        self._engine = make_interactive_engine(settings, name=name)

    def read_all(self) -> list[ApiKey]:
        """Return every key, oldest first.

        Raises:
            StoreUnavailable: When the database does not answer in time.
        """
        with translate_errors(), self._connect() as connection:
            return [_to_key(row) for row in connection.execute(text(LIST))]

    def create(self, actor: str, name: str, role: Role, key_hash: bytes) -> ApiKey:
        """Store the hash of a new key.

        Raises:
            InvalidInput: When the name was given before.
            StoreUnavailable: When the database does not answer in time.
        """
        values = {"actor": actor, "name": name, "role": role.value, "hash": key_hash}
        with translate_errors(), self._connect() as connection:
            return _to_key(connection.execute(text(CREATE), values).one())

    def revoke(self, actor: str, name: str) -> ApiKey:
        """End a key and its sessions.

        Raises:
            InvalidInput: When there is no such key, or it is revoked already.
            StoreUnavailable: When the database does not answer in time.
        """
        with translate_errors(), self._connect() as connection:
            return _to_key(connection.execute(text(REVOKE), {"actor": actor, "name": name}).one())

    def read_valid(self) -> tuple[list[ValidKey], list[ValidSession]]:
        """Return the keys and sessions that give access now.

        Raises:
            StoreUnavailable: When the database does not answer in time.
        """
        with translate_errors(), self._connect() as connection:
            keys = [
                ValidKey(row.key_id, row.name, Role(row.role), bytes(row.hash))
                for row in connection.execute(text(VALID_KEYS))
            ]
            sessions = [
                ValidSession(bytes(row.hash), row.key_id, row.seconds)
                for row in connection.execute(text(VALID_SESSIONS))
            ]
        return keys, sessions

    def note_use(self, key_ids: Collection[int]) -> None:
        """Record that these keys were used.

        Raises:
            StoreUnavailable: When the database does not answer in time.
        """
        with translate_errors(), self._connect() as connection:
            connection.execute(text(NOTE_USE), {"keys": sorted(key_ids)})

    def open_session(self, session_hash: bytes, key_id: int, seconds: int) -> bool:
        """Open a session, and return whether the key is still valid.

        Raises:
            StoreUnavailable: When the database does not answer in time.
        """
        values = {"hash": session_hash, "key_id": key_id, "seconds": seconds}
        with translate_errors(), self._connect() as connection:
            return connection.execute(text(OPEN_SESSION), values).scalar_one() is not None

    def close_session(self, session_hash: bytes) -> None:
        """End a session.

        Raises:
            StoreUnavailable: When the database does not answer in time.
        """
        with translate_errors(), self._connect() as connection:
            connection.execute(text(CLOSE_SESSION), {"hash": session_hash})

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    def _connect(self) -> AbstractContextManager[Connection]:
        return self._engine.connect()


def _to_key(row: Row[Any]) -> ApiKey:
    return ApiKey._make(row)._replace(role=Role(row.role))
