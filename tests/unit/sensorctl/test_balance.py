"""The books of the runs, and the ranges that they are kept in."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from db.queries.sequences import RunKey, RunSequences
from messaging.dead_letters.dead_letter import Origin
from readings.payload import MAX_INTEGER
from sensorctl.reconcile.balance import Balance, Run
from sensorctl.reconcile.ranges import Range, common, size, without

RUN = uuid4()
KEY = RunKey("1", RUN)
points = st.sets(st.integers(1, 60))


def ranges_of(numbers: set[int]) -> list[Range]:
    ranges: list[Range] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges


@given(points, points)
def test_ranges_behave_as_sets(some: set[int], others: set[int]) -> None:
    assert without(ranges_of(some), others) == ranges_of(some - others)
    assert common(ranges_of(some), ranges_of(others)) == ranges_of(some & others)
    assert size(ranges_of(some)) == len(some)


def dead(*sequences: int) -> list[Origin]:
    return [Origin(*KEY, sequence) for sequence in sequences]


def books(first: int, last: int, *gaps: Range) -> Balance:
    return Balance({KEY: RunSequences(first, last, list(gaps))})


def numbers(run: Run) -> tuple[int, int, int, int]:
    return run.published, run.stored, run.dead, size(run.missing)


def test_what_is_missing_is_dead_or_was_stored_meanwhile_or_stays_missing() -> None:
    balance = books(1, 10, (2, 4), (8, 8))
    balance.add_dead(dead(3, 5), whole_runs=True)
    assert numbers(balance.runs[KEY]) == (10, 6, 1, 3)
    balance.find_stored({KEY: RunSequences(1, 90, [(4, 4), (50, 60)])})
    assert numbers(balance.runs[KEY]) == (10, 8, 1, 1)
    assert balance.runs[KEY].missing == [(4, 4)]
    assert (balance.missing, balance.missing_runs()) == (1, {RUN})


def test_a_run_reaches_to_its_last_dead_reading() -> None:
    balance = books(1, 10)
    balance.add_dead(dead(12, 13), whole_runs=True)
    assert numbers(balance.runs[KEY]) == (13, 10, 2, 1)
    balance.find_stored({KEY: RunSequences(1, 11, [])})
    assert numbers(balance.runs[KEY]) == (13, 11, 2, 0)


def test_what_dies_later_does_not_lengthen_the_run() -> None:
    balance = books(1, 10, (4, 5))
    balance.find_dead(dead(4, 30))
    assert numbers(balance.runs[KEY]) == (10, 8, 1, 1)


def test_a_run_of_which_nothing_is_stored_begins_at_one_or_with_its_first_dead_one() -> None:
    for whole, published in ((True, 4), (False, 2)):
        balance = Balance({})
        balance.add_dead(dead(3, 4), whole_runs=whole)
        balance.find_stored({})
        assert numbers(balance.runs[KEY]) == (published, 0, 2, published - 2)


def test_absurd_sequences_cost_nothing() -> None:
    balance = books(1, 10)
    balance.add_dead(dead(MAX_INTEGER), whole_runs=True)
    balance.find_stored({KEY: RunSequences(1, 10, [])})
    assert numbers(balance.runs[KEY]) == (MAX_INTEGER, 10, 1, MAX_INTEGER - 11)
