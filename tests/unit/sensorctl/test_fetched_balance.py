"""The balance of workflows that fetched readings, and what a rerun settles."""

from uuid import UUID

import pytest

from db.queries.fetched import Fetched
from messaging.management.queue_stats import QueueStats
from sensorctl.reconcile import command
from sensorctl.reconcile.balance import Balance
from sensorctl.reconcile.fetched import balance_fetched, count_dead
from sensorctl.reconcile.reconciliation import Reconciliation
from tests.unit.fakes import RunCommand

FIRST, SECOND, THIRD = (UUID(int=number) for number in (1, 2, 3))


def fetched(
    workflow_id: UUID,
    published: int,
    stored: int,
    rerun_of: UUID | None = None,
    *,
    has_succeeded: bool = True,
) -> Fetched:
    return Fetched(
        workflow_id=workflow_id,
        source="home",
        rerun_of=rerun_of,
        has_succeeded=has_succeeded,
        published=published,
        stored=stored,
    )


def not_found(*workflows: Fetched, dead: dict[UUID, int] | None = None) -> dict[UUID, int]:
    return {each.fetched.workflow_id: each.not_found for each in balance_fetched(workflows, dead or {})}


def test_what_is_neither_stored_nor_dead_is_not_found() -> None:
    assert not_found(fetched(FIRST, 10, 7)) == {FIRST: 3}
    assert not_found(fetched(FIRST, 10, 7), dead={FIRST: 2, SECOND: 5}) == {FIRST: 1}


def test_a_workflow_that_has_stored_more_than_it_has_saved_misses_nothing() -> None:
    assert not_found(fetched(FIRST, 10, 12, has_succeeded=False)) == {FIRST: 0}


def test_a_complete_rerun_settles_what_it_repeats_and_a_rerun_of_a_rerun_both() -> None:
    rerun = fetched(SECOND, 3, 3, FIRST)
    assert not_found(fetched(FIRST, 10, 7), rerun) == {SECOND: 0}
    incomplete = fetched(SECOND, 3, 1, FIRST)
    assert not_found(fetched(FIRST, 10, 7), incomplete) == {FIRST: 3, SECOND: 2}
    assert not_found(fetched(FIRST, 10, 7), incomplete, fetched(THIRD, 2, 2, SECOND)) == {THIRD: 0}


def test_a_rerun_that_has_not_succeeded_settles_nothing() -> None:
    assert not_found(fetched(FIRST, 10, 7), fetched(SECOND, 3, 3, FIRST, has_succeeded=False)) == {
        FIRST: 3, SECOND: 0,
    }  # fmt: skip


def test_dead_readings_are_counted_by_the_workflow_that_their_body_names() -> None:
    assert count_dead([FIRST, None, FIRST, SECOND]) == {FIRST: 2, SECOND: 1}


@pytest.mark.parametrize("options", [[], ["--acknowledge", "outbox overflow"]])
@pytest.mark.parametrize(("stored", "exit_code"), [(7, 1), (10, 0)])
def test_the_exit_code_is_1_while_fetched_readings_are_not_found(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch, options: list[str], stored: int, exit_code: int
) -> None:
    balances = balance_fetched([fetched(FIRST, 10, stored)], {})
    result = Reconciliation(Balance({}), QueueStats(0, 0, 0, 0, 0, {}), 0, balances)
    monkeypatch.setattr(command, "run_reconciliation", lambda *_, **__: result)
    monkeypatch.setattr(command, "acknowledge_losses", lambda *_: 0)

    assert sensorctl("reconcile", *options)[0] == exit_code
