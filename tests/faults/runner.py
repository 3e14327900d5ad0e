"""Runs rows on a site."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults import containers, native
from tests.faults.experiment import Experiment
from tests.faults.ledger import Ledger
from tests.faults.oracle import Outcome, Verdict
from tests.faults.site import Site
from tests.faults.table import Row
from tests.modes import Mode

# pytest's own is no Exception.
FAILURES = (Exception, pytest.fail.Exception)
AUTO = "auto"
KINDS = (AUTO, containers.Containers.name, native.Native.name)
Say = Callable[[str], None]


@dataclass
class Result:
    """A row in one mode."""

    row: Row
    mode: Mode
    outcome: Outcome
    short: bool

    @property
    def title(self) -> str:
        """The fault; in the short form with what was really done, which is less than the name says."""
        if not self.short or not self.row.short:
            return self.row.name
        told = ", ".join(f"{name} {value}" for name, value in self.row.short.items())
        return f"{self.row.name} (short form: {told})"


@contextmanager
def site(kind: str = AUTO) -> Iterator[Site]:
    """Containers where a Docker engine answers, else native; or the one that is asked for."""
    with TemporaryDirectory(prefix="sensors-faults-", ignore_cleanup_errors=True) as folder:
        in_containers = containers.engine_answers() if kind == AUTO else kind == containers.Containers.name
        make = containers.containers if in_containers else native.native
        with make(Path(folder)) as made:
            yield made


def run_row(site: Site, row: Row, mode: Mode, *, seed: int, short: bool, say: Say) -> Result:
    """Run it once and judge; an exception of the row is a problem of its outcome."""
    name = f"{seed}/{row.number}/{mode.key}"
    with Ledger(site.directory / f"ledger-{row.number}-{mode.key}.jsonl") as ledger:
        experiment = Experiment(site, ledger, seed=name, mode=mode, say=say)
        try:
            return Result(row, mode, _outcome(experiment, row, short=short), short)
        finally:
            experiment.close()


def _outcome(experiment: Experiment, row: Row, *, short: bool) -> Outcome:
    began = time.monotonic()
    try:
        experiment.wipe()
        with _problems_of(experiment):
            row.run(experiment, short=short)
        return experiment.settle()
    except FAILURES as error:  # a row that breaks has failed, and the next one begins
        problems = [*experiment.problems, f"{type(error).__name__}: {error}"]
        seen = Verdict(experiment.ledger.attempts, experiment.ledger.confirmed, 0, 0)
        return Outcome(seen, 0, None, time.monotonic() - began, problems, experiment.notes)


@contextmanager
def _problems_of(experiment: Experiment) -> Iterator[None]:
    try:
        yield
    except FAILURES as error:  # what was confirmed is judged all the same
        experiment.problems.append(f"{type(error).__name__}: {error}")
