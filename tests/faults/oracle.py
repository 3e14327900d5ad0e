"""Decides what became of what was published, from the ledger, plain SQL and the drained dead queue."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.ledger import ANY_REASON, Account, Attempt, StoredRow

SHOWN = 5
SHOWN_CHARACTERS = 200
Key = tuple[str | None, str, float, float]


@dataclass(frozen=True)
class Dead:
    """A message of the dead queue."""

    body: bytes
    reason: str | None


@dataclass
class Verdict:
    """The figures of a row; `details` shows some of what is wrong."""

    attempts: int
    confirmed: int
    stored: int
    dead: int
    lost: int = 0
    unexpected: int = 0
    duplicates: int = 0
    details: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    """A row's line in the table."""

    verdict: Verdict
    depth: int
    recovery_seconds: float | None
    seconds: float
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Nothing lost, nothing unexpected, no row twice, nothing left, everything at work."""
        verdict = self.verdict
        bad = (verdict.lost, verdict.unexpected, verdict.duplicates, self.depth)
        return not any(bad) and not self.problems


def judge(account: Account, rows: Sequence[StoredRow], dead: Sequence[Dead], removed: int = 0) -> Verdict:
    """Compare what was confirmed with what is there.

    `removed` is how many messages the test itself took out of the queue, as an operator's purge does;
    so many may be missing.
    """
    expected = {attempt.row.key for attempt in account.attempts if attempt.row}
    matches = [_match(row, expected) for row in rows]
    found = {match for match in matches if match}
    allowed = _allowed(account.attempts)
    bodies = {one.body for one in dead}
    strange = [f"row {row}" for row, match in zip(rows, matches, strict=True) if match is None]
    strange += [f"dead as {one.reason}: {one.body!r}" for one in dead if not _may_be_dead(one, allowed)]
    missing = [
        f"missing {attempt.body!r}"
        for attempt in map(account.attempts.__getitem__, account.confirmed)
        if attempt.body not in bodies and not (attempt.row and attempt.row.key in found)
    ]
    lost = max(0, len(missing) - removed)
    return Verdict(
        attempts=len(account.attempts),
        confirmed=len(account.confirmed),
        stored=len(found),
        dead=len(dead),
        lost=lost,
        unexpected=len(strange),
        duplicates=len(rows) - len(strange_rows(matches)) - len(found),
        details=[text[:SHOWN_CHARACTERS] for text in (missing[:SHOWN] if lost else []) + strange[:SHOWN]],
    )


def strange_rows(matches: Sequence[Key | None]) -> list[None]:
    """The rows that nobody attempted."""
    return [match for match in matches if match is None]


def _match(row: StoredRow, expected: set[Key]) -> Key | None:
    with_id, without_id = row.key, (None, *row.key[1:])
    if with_id in expected:
        return with_id
    return without_id if without_id in expected else None


def _allowed(attempts: Sequence[Attempt]) -> dict[bytes, str | None]:
    return {attempt.body: attempt.reason for attempt in attempts}


def _may_be_dead(dead: Dead, allowed: dict[bytes, str | None]) -> bool:
    reason = allowed.get(dead.body)
    return reason is not None and reason in (ANY_REASON, dead.reason)
