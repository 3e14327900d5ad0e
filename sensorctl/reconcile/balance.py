"""The books of the runs: published = stored + dead + missing, sequence by sequence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from db.queries.sequences import RunKey, RunSequences
from messaging.dead_letters.dead_letter import Origin
from readings.payload import MAX_INTEGER
from sensorctl.reconcile.ranges import Range, common, size, without


@dataclass
class Run:
    """One run from its `first` sequence to its `last`; what is neither missing nor dead is stored."""

    key: RunKey
    first: int
    last: int
    missing: list[Range]
    dead: int = 0

    @property
    def published(self) -> int:
        """As many as its sequences say."""
        return self.last - self.first + 1

    @property
    def stored(self) -> int:
        """What is in the table."""
        return self.published - self.dead - size(self.missing)


class Balance:
    """Begins with what the table says; what turns up elsewhere is no longer missing."""

    def __init__(self, stored: Mapping[RunKey, RunSequences]) -> None:
        self.runs = {key: Run(key, run.first, run.last, list(run.gaps)) for key, run in stored.items()}

    @property
    def missing(self) -> int:
        """How many readings are neither stored nor dead, as far as is known."""
        return sum(size(run.missing) for run in self.runs.values())

    def missing_runs(self) -> set[UUID]:
        """The runs in which something is missing."""
        return {run.key.run_id for run in self.runs.values() if run.missing}

    def add_dead(self, origins: Iterable[Origin], *, whole_runs: bool) -> None:
        """Dead messages are published too: a run reaches to its last dead one.

        A run of which nothing is stored begins at 1, or at its first dead one if only a part of the runs
        is looked at.
        """
        for key, sequences in _by_run(origins).items():
            if key not in self.runs:
                first = 1 if whole_runs else min(sequences)
                self.runs[key] = Run(key, first, first - 1, [])
            run = self.runs[key]
            if max(sequences) > run.last:
                run.missing = _joined(run.missing, (run.last + 1, max(sequences)))
                run.last = max(sequences)
        self.find_dead(origins)

    def find_dead(self, origins: Iterable[Origin]) -> None:
        """What is missing and dead is no longer missing."""
        for key, sequences in _by_run(origins).items():
            if run := self.runs.get(key):
                before = size(run.missing)
                run.missing = without(run.missing, sequences)
                run.dead += before - size(run.missing)

    def find_stored(self, stored: Mapping[RunKey, RunSequences]) -> None:
        """What is missing and stored by now is no longer missing; `stored` has whole runs."""
        for run in self.runs.values():
            if run.missing:
                now = stored.get(run.key, RunSequences(1, 0, []))
                run.missing = common(run.missing, [*now.gaps, (now.last + 1, MAX_INTEGER)])


def _by_run(origins: Iterable[Origin]) -> dict[RunKey, set[int]]:
    runs: dict[RunKey, set[int]] = defaultdict(set)
    for origin in origins:
        runs[RunKey(origin.sensor_id, origin.run_id)].add(origin.sequence)
    return runs


def _joined(ranges: list[Range], behind: Range) -> list[Range]:
    if ranges and ranges[-1][1] + 1 == behind[0]:
        return [*ranges[:-1], (ranges[-1][0], behind[1])]
    return [*ranges, behind]
