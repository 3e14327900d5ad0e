"""The oracle detects every violation of the guarantee."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from tests.faults.bodies import invalid_message, valid_reading
from tests.faults.ledger import Attempt, Ledger, LedgerContents, StoredRow
from tests.faults.oracle import DeadLetter, judge


@pytest.fixture
def readings() -> list[Attempt]:
    random = Random(1)
    return [valid_reading(random, f"sensor-{n}") for n in range(3)]


def rows(attempts: list[Attempt]) -> list[StoredRow]:
    return [attempt.row for attempt in attempts if attempt.row]


def confirmed(attempts: list[Attempt]) -> LedgerContents:
    return LedgerContents(attempts, list(range(len(attempts))))


def figures(
    contents: LedgerContents, stored: list[StoredRow], dead: list[DeadLetter] | None = None
) -> tuple[int, int, int]:
    verdict = judge(contents, stored, dead or [])
    return verdict.lost, verdict.unexpected, verdict.duplicates


def test_a_confirmed_and_stored_reading_is_correct(readings: list[Attempt]) -> None:
    assert figures(confirmed(readings), rows(readings)) == (0, 0, 0)


def test_a_confirmed_reading_that_is_neither_stored_nor_dead_lettered_is_lost(
    readings: list[Attempt],
) -> None:
    assert figures(confirmed(readings), rows(readings[1:])) == (1, 0, 0)


def test_an_unconfirmed_reading_may_be_stored_or_not(readings: list[Attempt]) -> None:
    contents = LedgerContents(readings, [1, 2])
    assert figures(contents, rows(readings)) == figures(contents, rows(readings[1:])) == (0, 0, 0)


def test_a_row_that_was_not_published_is_unexpected(readings: list[Attempt]) -> None:
    other = valid_reading(Random(2), "other")
    assert figures(confirmed(readings), rows([*readings, other])) == (0, 1, 0)


def test_a_row_with_another_content_is_unexpected_and_its_reading_lost(readings: list[Attempt]) -> None:
    first, *others = rows(readings)
    assert figures(confirmed(readings), [first._replace(celsius=99.0), *others]) == (1, 1, 0)


def test_a_reading_without_an_id_that_is_stored_twice_is_a_duplicate() -> None:
    row = StoredRow(None, "1", datetime.now(UTC), 20.0)
    stored = [row._replace(reading_id="a"), row._replace(reading_id="b")]
    assert figures(confirmed([Attempt(b"{}", row)]), stored) == (0, 0, 1)


def test_a_valid_reading_that_is_dead_lettered_is_unexpected(readings: list[Attempt]) -> None:
    dead = [DeadLetter(readings[0].body, "crash-loop")]
    assert figures(confirmed(readings), rows(readings[1:]), dead) == (0, 1, 0)


def test_an_invalid_message_must_be_dead_lettered_with_its_reason() -> None:
    bad = invalid_message(Random(3), "bad")
    contents = confirmed([bad])
    assert figures(contents, [], [DeadLetter(bad.body, bad.reason)]) == (0, 0, 0)
    assert figures(contents, [], [DeadLetter(bad.body, "another")]) == (0, 1, 0)
    assert figures(contents, []) == (1, 0, 0)


def test_as_many_readings_may_be_missing_as_the_operator_removed(readings: list[Attempt]) -> None:
    assert judge(confirmed(readings), rows(readings[1:]), [], removed=1).lost == 0
    assert judge(confirmed(readings), rows(readings[2:]), [], removed=1).lost == 1


def test_the_ledger_records_attempts_and_confirms(tmp_path: Path, readings: list[Attempt]) -> None:
    binary = Attempt(bytes(range(256)), None, "not-json")
    with Ledger(tmp_path / "ledger") as ledger:
        numbers = [ledger.attempt(attempt) for attempt in (*readings, binary)]
        ledger.confirm(numbers[-1], binary)
        assert ledger.read() == LedgerContents([*readings, binary], [3])
