"""Gaps that are no losses: invented numbers, runs of other clients, and readings past the retention."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from db.queries.sequences import GapEnds, RunKey, RunSequences
from messaging.dead_letters.dead_letter import Origin
from readings.payload import MAX_INTEGER
from sensorctl.reconcile.balance import Balance
from sensorctl.reconcile.exclusion import Exclusion, exclusion, id_time
from sensorctl.reconcile.ranges import size

NOW = datetime(2026, 11, 22, 5, 28, 37, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# The example of docs/guides/sending-readings.md in 0.1.0: its IDs are two years older than its measurement.
EXAMPLE_RUN = UUID("019309a1-0000-7cc3-98c4-dc0c0c07398f")
EXAMPLE_READING = UUID("019309a1-7c5e-7cc3-98c4-dc0c0c07398f")


def uuid7_at(moment: datetime) -> UUID:
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0x2 << 62)


def ends(
    previous_at: datetime | None = None, next_at: datetime = NOW, reading: UUID | None = None
) -> GapEnds:
    return GapEnds(previous_at, next_at, reading or uuid7_at(next_at))


OURS = uuid7_at(NOW - HOUR)


@pytest.mark.parametrize("run_id", [OURS, uuid4()])
@pytest.mark.parametrize("previous_at", [None, NOW - HOUR, NOW + HOUR])
@pytest.mark.parametrize("last", [MAX_INTEGER - 1, 2**62, 10**12])
def test_a_jump_that_no_sensor_can_have_measured_is_no_loss(
    run_id: UUID, previous_at: datetime | None, last: int
) -> None:
    found = exclusion(run_id, 2, last, ends=ends(previous_at), stored=1, retained_since=None)

    assert found is Exclusion.IMPOSSIBLE


@pytest.mark.parametrize(
    ("run_id", "reading"), [(EXAMPLE_RUN, EXAMPLE_READING), (uuid4(), uuid7_at(NOW)), (OURS, uuid4())]
)
def test_a_run_of_another_client_that_does_not_start_at_one_has_no_loss_at_its_start(
    run_id: UUID, reading: UUID
) -> None:
    found = exclusion(run_id, 1, 1841, ends=ends(reading=reading), stored=1, retained_since=None)

    assert found is Exclusion.FOREIGN


@pytest.mark.parametrize(
    ("run_id", "gap", "previous_at", "stored"),
    [
        (OURS, (1, 1841), None, 1),  # a sensor of ours, whose outbox overflowed
        (uuid4(), (1, 1), None, 29),
        (uuid4(), (1, 4), None, 1),  # the others may be in flight
        (uuid4(), (1, 500), None, 400),
        (uuid4(), (5, 900), NOW - HOUR, 5),
        (OURS, (5, 5), NOW + HOUR, 5),  # the clock was set back
    ],
)
def test_what_a_sensor_can_have_measured_is_a_loss(
    run_id: UUID, gap: tuple[int, int], previous_at: datetime | None, stored: int
) -> None:
    assert (
        exclusion(run_id, *gap, ends=ends(previous_at), stored=stored, retained_since=NOW - 30 * DAY) is None
    )


@pytest.mark.parametrize(
    ("run_id", "next_at"), [(uuid7_at(NOW - 60 * DAY), NOW), (uuid4(), NOW - 30 * DAY + HOUR)]
)
def test_the_start_of_a_run_that_is_older_than_the_retention_is_no_loss(
    run_id: UUID, next_at: datetime
) -> None:
    def found(retained_since: datetime | None) -> Exclusion | None:
        return exclusion(
            run_id, 1, 90, ends=ends(next_at=next_at), stored=5000, retained_since=retained_since
        )

    assert found(NOW - 30 * DAY) is Exclusion.EXPIRED
    assert found(None) is None


def test_a_gap_between_imported_readings_is_no_loss() -> None:
    found = exclusion(OURS, 1, 4999, ends=ends()._replace(imported=True), stored=1000, retained_since=None)

    assert found is Exclusion.IMPORTED


def test_a_replay_of_old_measurements_is_of_this_project() -> None:
    old = ends(next_at=NOW - 900 * DAY, reading=uuid7_at(NOW))

    assert exclusion(OURS, 1, 500, ends=old, stored=3, retained_since=None) is None


def test_an_invented_time_in_an_id_is_no_time() -> None:
    assert id_time(UUID("ffffffff-ffff-7fff-bfff-ffffffffffff")) is None


def test_the_balance_is_not_spoilt_by_an_invented_number() -> None:
    key = RunKey("1", OURS)
    found = RunSequences(1, MAX_INTEGER, [(3, 3), (11, MAX_INTEGER - 1)], {
        3: ends(NOW - HOUR), MAX_INTEGER - 1: ends(NOW - HOUR),
    })  # fmt: skip

    run = Balance({key: found}).runs[key]

    assert (run.published, run.stored, run.missing) == (11, 10, [(3, 3)])
    assert list(run.excluded) == [(11, MAX_INTEGER - 1)]


@pytest.mark.parametrize("sequence", [MAX_INTEGER, 10**13])
def test_a_dead_letter_with_an_invented_number_neither_makes_nor_extends_a_run(sequence: int) -> None:
    key = RunKey("1", uuid4())
    for stored in ({}, {key: RunSequences(1, 10, [])}):
        balance = Balance(stored)

        balance.extend_with_dead([Origin(*key, sequence)], whole_runs=True)

        assert balance.missing == 0
        assert balance.runs.keys() == stored.keys()


def test_known_losses_are_acknowledged_and_others_are_not() -> None:
    key = RunKey("1", OURS)
    balance = Balance({key: RunSequences(1, 20, [(3, 5), (9, 9)])})

    balance.acknowledge({key: [(1, 4), (9, 9)], RunKey("2", OURS): [(1, 9)]})

    run = balance.runs[key]
    assert (run.acknowledged, run.missing, run.stored) == (3, [(5, 5)], 16)
    assert size(run.missing) == balance.missing
