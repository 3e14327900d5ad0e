"""The balance of each run: published = stored + dead + missing + acknowledged, per sequence number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from db.queries.sequences import RunKey, RunSequences
from messaging.dead_letters.dead_letter import Origin
from readings.payload import MAX_INTEGER
from sensorctl.reconcile.exclusion import Exclusion, exclusion, id_time, max_readings
from sensorctl.reconcile.ranges import Range, difference, intersection, size, subtract


@dataclass
class Run:
    """A run from its `first` to its `last` sequence; what is in no other part is stored.

    `acknowledged` are known losses. `excluded` numbers were never published; they count nowhere.
    """

    key: RunKey
    first: int
    last: int
    missing: list[Range]
    dead: int = 0
    acknowledged: int = 0
    excluded: dict[Range, Exclusion] = field(default_factory=dict)

    @property
    def published(self) -> int:
        """Return the number of published readings, according to the sequences."""
        return self.last - self.first + 1 - size(list(self.excluded))

    @property
    def stored(self) -> int:
        """Return the number of stored readings."""
        return self.published - self.dead - self.acknowledged - size(self.missing)


class Balance:
    """Starts with the stored sequences; readings found elsewhere or later are no longer missing."""

    def __init__(self, stored: Mapping[RunKey, RunSequences], retained_since: datetime | None = None) -> None:
        self.runs = {key: _run(key, run, retained_since) for key, run in stored.items()}

    @property
    def missing(self) -> int:
        """Return the number of readings that are known to be neither stored nor dead."""
        return sum(size(run.missing) for run in self.runs.values())

    def incomplete_run_ids(self) -> set[UUID]:
        """Return the runs with missing readings."""
        return {run.key.run_id for run in self.runs.values() if run.missing}

    def extend_with_dead(self, origins: Iterable[Origin], *, whole_runs: bool) -> None:
        """Add dead-lettered readings, which extend their run up to the last of them.

        A run without stored readings starts at 1, or at its first dead reading if the balance covers only
        the recent part of each run.
        """
        for key, found in _group_by_run(origins).items():
            sequences = self._plausible(key, found)
            if not sequences:
                continue
            if key not in self.runs:
                first = 1 if whole_runs else min(sequences)
                self.runs[key] = Run(key, first, first - 1, [])
            run = self.runs[key]
            if max(sequences) > run.last:
                run.missing = _append(run.missing, (run.last + 1, max(sequences)))
                run.last = max(sequences)
        self.resolve_dead(origins)

    def _plausible(self, key: RunKey, sequences: set[int]) -> set[int]:
        """Return the numbers that a sensor can have counted to by now; others do not extend the run."""
        last = self.runs[key].last if key in self.runs else 0
        limit = last + max_readings(id_time(key.run_id), datetime.now(UTC))
        return {sequence for sequence in sequences if sequence <= limit}

    def acknowledge(self, losses: Mapping[RunKey, list[Range]]) -> None:
        """Count missing readings that are known losses as acknowledged."""
        for key, ranges in losses.items():
            if run := self.runs.get(key):
                before = size(run.missing)
                run.missing = difference(run.missing, ranges)
                run.acknowledged += before - size(run.missing)

    def resolve_dead(self, origins: Iterable[Origin]) -> None:
        """Count missing readings that are dead-lettered as dead."""
        for key, sequences in _group_by_run(origins).items():
            if run := self.runs.get(key):
                before = size(run.missing)
                run.missing = subtract(run.missing, sequences)
                run.dead += before - size(run.missing)

    def resolve_stored(self, stored: Mapping[RunKey, RunSequences]) -> None:
        """Count missing readings that were stored meanwhile as stored; `stored` contains whole runs."""
        for run in self.runs.values():
            if run.missing:
                current = stored.get(run.key, RunSequences(1, 0, []))
                not_stored = [*current.gaps, (current.last + 1, MAX_INTEGER)]
                run.missing = intersection(run.missing, not_stored)


def _run(key: RunKey, found: RunSequences, retained_since: datetime | None) -> Run:
    run = Run(key, found.first, found.last, [])
    stored = found.last - found.first + 1 - size(found.gaps)
    for first, last in found.gaps:
        ends = found.ends.get(last)
        why = ends and exclusion(
            key.run_id, first, last, ends=ends, stored=stored, retained_since=retained_since
        )
        if why:
            run.excluded[first, last] = why
        else:
            run.missing.append((first, last))
    return run


def _group_by_run(origins: Iterable[Origin]) -> dict[RunKey, set[int]]:
    runs: dict[RunKey, set[int]] = defaultdict(set)
    for origin in origins:
        runs[RunKey(origin.sensor_id, origin.run_id)].add(origin.sequence)
    return runs


def _append(ranges: list[Range], last: Range) -> list[Range]:
    if ranges and ranges[-1][1] + 1 == last[0]:
        return [*ranges[:-1], (ranges[-1][0], last[1])]
    return [*ranges, last]
