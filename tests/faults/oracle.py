"""Compare the ledger with the stored rows and the drained dead-letter queue."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.ledger import ANY_REASON, Attempt, LedgerContents, StoredRow

MAX_SHOWN = 5
MAX_CHARACTERS = 200
Key = tuple[str | None, str, float, float]


@dataclass(frozen=True)
class DeadLetter:
    """A message of the dead-letter queue."""

    body: bytes
    reason: str | None


@dataclass
class Verdict:
    """The figures of a scenario; `details` has examples of what is wrong."""

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
    """The result of a scenario."""

    verdict: Verdict
    depth: int
    recovery_seconds: float | None
    seconds: float
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether nothing is lost, unexpected, duplicate or still queued, and every process works."""
        verdict = self.verdict
        failures = (verdict.lost, verdict.unexpected, verdict.duplicates, self.depth)
        return not any(failures) and not self.problems


def judge(
    contents: LedgerContents, rows: Sequence[StoredRow], dead: Sequence[DeadLetter], removed: int = 0
) -> Verdict:
    """Compare the confirmed messages with the stored rows and the dead letters.

    `removed` is the number of messages that the scenario removed from the queue; as many may be missing.
    """
    expected = {attempt.row.key for attempt in contents.attempts if attempt.row}
    matches = [_match(row, expected) for row in rows]
    found = {match for match in matches if match}
    allowed = _allowed(contents.attempts)
    bodies = {letter.body for letter in dead}
    unexpected = [f"row {row}" for row, match in zip(rows, matches, strict=True) if match is None]
    unexpected += [
        f"dead-lettered as {letter.reason}: {letter.body!r}"
        for letter in dead
        if not _may_be_dead(letter, allowed)
    ]
    missing = [
        f"missing {attempt.body!r}"
        for attempt in map(contents.attempts.__getitem__, contents.confirmed)
        if attempt.body not in bodies and not (attempt.row and attempt.row.key in found)
    ]
    lost = max(0, len(missing) - removed)
    return Verdict(
        attempts=len(contents.attempts),
        confirmed=len(contents.confirmed),
        stored=len(found),
        dead=len(dead),
        lost=lost,
        unexpected=len(unexpected),
        duplicates=len(rows) - len(_unmatched(matches)) - len(found),
        details=[
            text[:MAX_CHARACTERS] for text in (missing[:MAX_SHOWN] if lost else []) + unexpected[:MAX_SHOWN]
        ],
    )


def _unmatched(matches: Sequence[Key | None]) -> list[None]:
    """Return the rows that match no attempt."""
    return [match for match in matches if match is None]


def _match(row: StoredRow, expected: set[Key]) -> Key | None:
    with_id, without_id = row.key, (None, *row.key[1:])
    if with_id in expected:
        return with_id
    return without_id if without_id in expected else None


def _allowed(attempts: Sequence[Attempt]) -> dict[bytes, str | None]:
    return {attempt.body: attempt.reason for attempt in attempts}


def _may_be_dead(dead: DeadLetter, allowed: dict[bytes, str | None]) -> bool:
    reason = allowed.get(dead.body)
    return reason is not None and reason in (ANY_REASON, dead.reason)
