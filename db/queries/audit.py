"""The audit table: who changed what, what it was, and what it became."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from db.driver_errors import translate_errors
from db.engine import make_interactive_engine
from db.settings import DatabaseSettings

# Newest first. A null parameter selects everything.
READ = """
SELECT audit_id, at, actor, action, object_kind, object_id, before, after
FROM audit
WHERE (CAST(:below AS bigint) IS NULL OR audit_id < :below)
  AND (CAST(:since AS timestamptz) IS NULL OR at >= :since)
  AND (CAST(:actor AS text) IS NULL OR actor = :actor)
  AND (CAST(:object_kind AS text) IS NULL OR object_kind = :object_kind)
  AND (CAST(:object_id AS text) IS NULL OR object_id = :object_id)
ORDER BY audit_id DESC
LIMIT :limit
"""
RECORD_DEAD_LETTERS = "SELECT record_dead_letter_change(:actor, :action, :letters, :before, :after)"
# Changed dead letters that are recorded together, so that memory is bounded however many there are.
MAX_UNRECORDED = 1_000
JsonObject = dict[str, Any]
REPLAY, DISCARD = "replay", "discard"


class AuditEntry(NamedTuple):
    """A row of `audit`."""

    audit_id: int
    at: datetime
    actor: str
    action: str
    object_kind: str
    object_id: str
    before: JsonObject | None
    after: JsonObject | None


class AuditFilter(NamedTuple):
    """Selects rows of `audit`; None selects everything. `below` is a number that theirs are smaller than."""

    below: int | None = None
    since: datetime | None = None
    actor: str | None = None
    object_kind: str | None = None
    object_id: str | None = None


class Audit:
    """Reads `audit`, and records changes of dead letters, which are not in the database.

    Any number of threads may use it; their statements run one after the other.
    """

    def __init__(self, settings: DatabaseSettings, name: str = "audit") -> None:
        self._engine = make_interactive_engine(settings, name=name)

    def read(self, selection: AuditFilter, limit: int) -> list[AuditEntry]:
        """Return the newest changes, the newest first.

        Raises:
            StoreUnavailable: When the database does not answer in time.
        """
        with translate_errors(), self._connect() as connection:
            rows = connection.execute(text(READ), {**selection._asdict(), "limit": limit})
            return [AuditEntry(*row) for row in rows]

    def record_dead_letters(
        self,
        actor: str,
        action: str,
        letters: Sequence[tuple[str, JsonObject | None]],
        after: JsonObject | None,
    ) -> None:
        """Record a change of dead letters, each with its ID and what it was.

        Raises:
            StoreUnavailable: When the database does not answer in time.
        """
        if not letters:
            return
        with translate_errors(), self._connect() as connection:
            values = {
                "actor": actor,
                "action": action,
                "letters": [id_ for id_, _ in letters],
                "before": [before and Jsonb(before) for _, before in letters],
                "after": None if after is None else Jsonb(after),
            }
            connection.execute(text(RECORD_DEAD_LETTERS), values)

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    def _connect(self) -> AbstractContextManager[Connection]:
        return self._engine.connect()


class DeadLetterChanges:
    """Records an operation on dead letters: what was requested before it, and each changed one after it."""

    def __init__(self, audit: Audit, actor: str, action: str) -> None:
        self.actor = actor
        self.action = action
        self._audit = audit
        self._changed: list[tuple[str, JsonObject]] = []

    @property
    def letters(self) -> list[str]:
        """The IDs of the changed letters that are not recorded yet."""
        return [letter for letter, _ in self._changed]

    def request(self, selection: JsonObject) -> None:
        """Record what is requested, so that nothing is changed of which the audit has no row.

        Raises:
            StoreUnavailable: When the database does not answer in time.
        """
        self._audit.record_dead_letters(self.actor, f"request-{self.action}", [("", None)], selection)

    def add(self, letter: str, before: JsonObject) -> None:
        """Remember a letter that was changed, and record those so far from time to time.

        Raises:
            StoreUnavailable: When the database does not answer in time; the letter is remembered.
        """
        self._changed.append((letter, before))
        if len(self._changed) >= MAX_UNRECORDED:
            self.record()

    def record(self) -> None:
        """Record the changed letters.

        Raises:
            StoreUnavailable: When the database does not answer in time; another attempt may follow.
        """
        after = {"state": "replayed"} if self.action == REPLAY else None
        self._audit.record_dead_letters(self.actor, self.action, self._changed, after)
        self._changed.clear()
