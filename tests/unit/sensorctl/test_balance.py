"""The balance of runs, and ranges of sequences."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from db.queries.sequences import RunKey, RunSequences
from messaging.dead_letters.dead_letter import Origin
from readings.payload import MAX_INTEGER
from sensorctl.reconcile.balance import Balance, Run
from sensorctl.reconcile.ranges import Range, difference, intersection, size, subtract

RUN = uuid4()
KEY = RunKey("1", RUN)
points = st.sets(st.integers(1, 60))


def to_ranges(numbers: set[int]) -> list[Range]:
    ranges: list[Range] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges


@given(points, points)
def test_ranges_behave_like_sets(some: set[int], others: set[int]) -> None:
    assert subtract(to_ranges(some), others) == to_ranges(some - others)
    assert difference(to_ranges(some), to_ranges(others)) == to_ranges(some - others)
    assert intersection(to_ranges(some), to_ranges(others)) == to_ranges(some & others)
    assert size(to_ranges(some)) == len(some)


def dead_origins(*sequences: int) -> list[Origin]:
    return [Origin(*KEY, sequence) for sequence in sequences]


def balance_of(first: int, last: int, *gaps: Range) -> Balance:
    return Balance({KEY: RunSequences(first, last, list(gaps))})


def counts(run: Run) -> tuple[int, int, int, int]:
    return run.published, run.stored, run.dead, size(run.missing)


def test_a_missing_reading_is_dead_or_stored_meanwhile_or_stays_missing() -> None:
    balance = balance_of(1, 10, (2, 4), (8, 8))
    balance.extend_with_dead(dead_origins(3, 5), whole_runs=True)
    assert counts(balance.runs[KEY]) == (10, 6, 1, 3)
    balance.resolve_stored({KEY: RunSequences(1, 90, [(4, 4), (50, 60)])})
    assert counts(balance.runs[KEY]) == (10, 8, 1, 1)
    assert balance.runs[KEY].missing == [(4, 4)]
    assert (balance.missing, balance.incomplete_run_ids()) == (1, {RUN})


def test_a_run_extends_to_its_last_dead_reading() -> None:
    balance = balance_of(1, 10)
    balance.extend_with_dead(dead_origins(12, 13), whole_runs=True)
    assert counts(balance.runs[KEY]) == (13, 10, 2, 1)
    balance.resolve_stored({KEY: RunSequences(1, 11, [])})
    assert counts(balance.runs[KEY]) == (13, 11, 2, 0)


def test_a_reading_that_is_dead_lettered_later_does_not_extend_the_run() -> None:
    balance = balance_of(1, 10, (4, 5))
    balance.resolve_dead(dead_origins(4, 30))
    assert counts(balance.runs[KEY]) == (10, 8, 1, 1)


def test_a_run_without_stored_readings_starts_at_one_or_at_its_first_dead_reading() -> None:
    for whole, published in ((True, 4), (False, 2)):
        balance = Balance({})
        balance.extend_with_dead(dead_origins(3, 4), whole_runs=whole)
        balance.resolve_stored({})
        assert counts(balance.runs[KEY]) == (published, 0, 2, published - 2)


def test_large_sequences_take_constant_time_and_impossible_sequences_do_not_count() -> None:
    balance = balance_of(1, 10)
    large = 10**11
    balance.extend_with_dead(dead_origins(large, MAX_INTEGER), whole_runs=True)
    balance.resolve_stored({KEY: RunSequences(1, 10, [])})
    assert counts(balance.runs[KEY]) == (large, 10, 1, large - 11)
