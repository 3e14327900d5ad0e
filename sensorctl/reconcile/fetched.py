"""The balance of each workflow that fetched readings: published = stored + dead + not found."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from db.queries.fetched import Fetched


@dataclass(frozen=True, kw_only=True)
class FetchedBalance:
    """What became of the readings of a workflow that no earlier one had stored."""

    fetched: Fetched
    dead: int = 0

    @property
    def not_found(self) -> int:
        """Return how many of its readings are neither stored under its ID nor dead.

        A workflow that runs counts what it has published at its checkpoints, so more may be stored already.
        """
        return max(0, self.fetched.published - self.fetched.stored - self.dead)


def balance_fetched(fetched: Iterable[Fetched], dead: Mapping[UUID, int]) -> list[FetchedBalance]:
    """Return the balance of each workflow, without those whose readings a rerun has compared since.

    A rerun fetches each value again and publishes what is not stored, so after one that is complete nothing
    of the workflow that it repeats can be missing.
    """
    balances = [FetchedBalance(fetched=each, dead=dead.get(each.workflow_id, 0)) for each in fetched]
    # The newest first: a rerun may itself have been repeated.
    settled: set[UUID | None] = set()
    for balance in reversed(balances):
        workflow = balance.fetched
        is_complete = workflow.has_succeeded and balance.not_found == 0
        if is_complete or workflow.workflow_id in settled:
            settled.add(workflow.rerun_of)
    return [balance for balance in balances if balance.fetched.workflow_id not in settled]


def count_dead(imports: Iterable[UUID | None]) -> Mapping[UUID, int]:
    """Return the number of dead-lettered readings of each import."""
    return Counter(each for each in imports if each is not None)
