"""The keys, sessions and the audit of a database, in memory."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from db.errors import StoreUnavailable
from db.queries.audit import AuditEntry, AuditFilter, JsonObject
from db.queries.keys import ApiKey
from runtime.access import Role, ValidKey, ValidSession, hash_secret
from runtime.errors import InvalidInput

CREATED_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = {role: f"sensors_{role}-key" for role in Role}


class FakeKeys:
    """Like `db.queries.keys.Keys`."""

    def __init__(self, keys: dict[Role, str] | None = None) -> None:
        self.keys: dict[bytes, ApiKey] = {}
        self.sessions: dict[bytes, ValidSession] = {}
        self.used: list[int] = []
        self.reads = 0
        self.is_down = False
        for role, key in (keys or {}).items():
            self.create("test", role.value, role, hash_secret(key))

    def read_valid(self) -> tuple[Sequence[ValidKey], Sequence[ValidSession]]:
        self._require_up()
        self.reads += 1
        keys = [
            ValidKey(key.key_id, key.name, key.role, key_hash)
            for key_hash, key in self.keys.items()
            if key.revoked_at is None
        ]
        return keys, list(self.sessions.values())

    def note_use(self, key_ids: Collection[int]) -> None:
        self._require_up()
        self.used += key_ids

    def open_session(self, session_hash: bytes, key_id: int, seconds: int) -> bool:
        self._require_up()
        if not any(key.key_id == key_id and key.revoked_at is None for key in self.keys.values()):
            return False
        self.sessions[session_hash] = ValidSession(session_hash, key_id, seconds)
        return True

    def close_session(self, session_hash: bytes) -> None:
        self._require_up()
        self.sessions.pop(session_hash, None)

    def read_all(self) -> list[ApiKey]:
        self._require_up()
        return list(self.keys.values())

    def create(self, actor: str, name: str, role: Role, key_hash: bytes) -> ApiKey:
        self._require_up()
        if any(key.name == name for key in self.keys.values()):
            raise InvalidInput(f"A key named {name} exists already.", "name")
        key = ApiKey(len(self.keys) + 1, name, role, CREATED_AT, actor, None, None)
        self.keys[key_hash] = key
        return key

    def revoke(self, actor: str, name: str) -> ApiKey:
        self._require_up()
        for key_hash, key in self.keys.items():
            if key.name == name and key.revoked_at is None:
                self.keys[key_hash] = key._replace(revoked_at=CREATED_AT)
                return self.keys[key_hash]
        raise InvalidInput(f"No key is named {name}.", "name")

    def _require_up(self) -> None:
        if self.is_down:
            raise StoreUnavailable("connection refused")


class FakeAudit:
    """Like `db.queries.audit.Audit`."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.is_down = False
        self.fails_after: int | None = None

    def read(self, selection: AuditFilter, limit: int) -> list[AuditEntry]:
        self._require_up()
        return self.entries[::-1][:limit]

    def record_dead_letters(
        self,
        actor: str,
        action: str,
        letters: Sequence[tuple[str, JsonObject | None]],
        after: JsonObject | None,
    ) -> None:
        self._require_up()
        for letter, before in letters:
            number = len(self.entries) + 1
            self.entries.append(
                AuditEntry(number, CREATED_AT, actor, action, "dead-letter", letter, before, after)
            )

    def _require_up(self) -> None:
        if self.is_down or len(self.entries) == self.fails_after:
            raise StoreUnavailable("connection refused")
