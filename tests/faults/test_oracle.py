"""The oracle must see each way of breaking the promise, or a passed row means nothing."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from tests.faults.bodies import good, invalid
from tests.faults.ledger import Account, Attempt, Ledger, StoredRow
from tests.faults.oracle import Dead, judge


@pytest.fixture
def readings() -> list[Attempt]:
    chance = Random(1)
    return [good(chance, f"sensor-{n}") for n in range(3)]


def rows(attempts: list[Attempt]) -> list[StoredRow]:
    return [attempt.row for attempt in attempts if attempt.row]


def confirmed(attempts: list[Attempt]) -> Account:
    return Account(attempts, list(range(len(attempts))))


def figures(
    account: Account, stored: list[StoredRow], dead: list[Dead] | None = None
) -> tuple[int, int, int]:
    verdict = judge(account, stored, dead or [])
    return verdict.lost, verdict.unexpected, verdict.duplicates


def test_what_was_confirmed_and_is_stored_is_well(readings: list[Attempt]) -> None:
    assert figures(confirmed(readings), rows(readings)) == (0, 0, 0)


def test_a_confirmed_reading_that_is_nowhere_is_lost(readings: list[Attempt]) -> None:
    assert figures(confirmed(readings), rows(readings[1:])) == (1, 0, 0)


def test_an_unconfirmed_reading_may_be_there_or_not(readings: list[Attempt]) -> None:
    account = Account(readings, [1, 2])
    assert figures(account, rows(readings)) == figures(account, rows(readings[1:])) == (0, 0, 0)


def test_a_row_that_nobody_sent_is_unexpected(readings: list[Attempt]) -> None:
    stranger = good(Random(2), "stranger")
    assert figures(confirmed(readings), rows([*readings, stranger])) == (0, 1, 0)


def test_a_row_with_another_content_is_unexpected_and_its_reading_lost(readings: list[Attempt]) -> None:
    first, *others = rows(readings)
    assert figures(confirmed(readings), [first._replace(celsius=99.0), *others]) == (1, 1, 0)


def test_a_reading_without_an_id_that_is_stored_twice_is_a_duplicate() -> None:
    row = StoredRow(None, "1", datetime.now(UTC), 20.0)
    stored = [row._replace(reading_id="a"), row._replace(reading_id="b")]
    assert figures(confirmed([Attempt(b"{}", row)]), stored) == (0, 0, 1)


def test_a_good_reading_that_is_dead_is_unexpected(readings: list[Attempt]) -> None:
    dead = [Dead(readings[0].body, "crash-loop")]
    assert figures(confirmed(readings), rows(readings[1:]), dead) == (0, 1, 0)


def test_a_bad_message_must_be_dead_with_its_own_reason() -> None:
    bad = invalid(Random(3), "bad")
    account = confirmed([bad])
    assert figures(account, [], [Dead(bad.body, bad.reason)]) == (0, 0, 0)
    assert figures(account, [], [Dead(bad.body, "another")]) == (0, 1, 0)
    assert figures(account, []) == (1, 0, 0)


def test_as_many_may_be_missing_as_an_operator_removed(readings: list[Attempt]) -> None:
    assert judge(confirmed(readings), rows(readings[1:]), [], removed=1).lost == 0
    assert judge(confirmed(readings), rows(readings[2:]), [], removed=1).lost == 1


def test_the_ledger_keeps_content_and_confirms(tmp_path: Path, readings: list[Attempt]) -> None:
    odd = Attempt(bytes(range(256)), None, "not-json")
    with Ledger(tmp_path / "ledger") as ledger:
        numbers = [ledger.attempt(attempt) for attempt in (*readings, odd)]
        ledger.confirm(numbers[-1], odd)
        assert ledger.read() == Account([*readings, odd], [3])
