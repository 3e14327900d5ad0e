"""Run scenarios in an environment."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults import cluster, containers, native, swarm
from tests.faults.environment import Environment
from tests.faults.experiment import Experiment
from tests.faults.ledger import Ledger
from tests.faults.matrix import Scenario
from tests.faults.oracle import Outcome, Verdict
from tests.modes import Mode

# pytest's exception is not a subclass of Exception.
FAILURES = (Exception, pytest.fail.Exception)
AUTO = "auto"
KINDS = (AUTO, containers.Containers.name, native.Native.name)
ShowProgress = Callable[[str], None]


@dataclass
class Result:
    """The result of a scenario in one mode."""

    scenario: Scenario
    mode: Mode
    outcome: Outcome
    short: bool

    @property
    def title(self) -> str:
        """The name of the fault; in the short form with its parameters, which are less than the name says."""
        if not self.short or not self.scenario.short:
            return self.scenario.name
        parameters = ", ".join(f"{name} {value}" for name, value in self.scenario.short.items())
        return f"{self.scenario.name} (short form: {parameters})"


@contextmanager
def start_environment(
    kind: str = AUTO, *, on_cluster: bool = False, on_swarm: bool = False
) -> Iterator[Environment]:
    """Start containers where Docker is available, otherwise native processes; or the requested kind.

    The cluster and the Swarm are always in containers.
    """
    make = _factory(kind, on_cluster=on_cluster, on_swarm=on_swarm)
    with (
        TemporaryDirectory(prefix="sensors-faults-", ignore_cleanup_errors=True) as folder,
        make(Path(folder)) as environment,
    ):
        yield environment


def _factory(
    kind: str, *, on_cluster: bool, on_swarm: bool
) -> Callable[[Path], AbstractContextManager[Environment]]:
    if on_swarm:
        return swarm.swarm_stack
    if on_cluster:
        return cluster.cluster
    in_containers = containers.docker_is_available() if kind == AUTO else kind == containers.Containers.name
    return containers.containers if in_containers else native.native


def run_scenario(
    environment: Environment,
    scenario: Scenario,
    mode: Mode,
    *,
    seed: int,
    short: bool,
    show_progress: ShowProgress,
) -> Result:
    """Run a scenario once; an exception in it is a problem of its outcome."""
    name = f"{seed}/{scenario.number}/{mode.key}"
    with Ledger(environment.directory / f"ledger-{scenario.number}-{mode.key}.jsonl") as ledger:
        experiment = Experiment(environment, ledger, seed=name, mode=mode, show_progress=show_progress)
        try:
            return Result(scenario, mode, _outcome(experiment, scenario, short=short), short)
        finally:
            experiment.close()


def _outcome(experiment: Experiment, scenario: Scenario, *, short: bool) -> Outcome:
    started_at = time.monotonic()
    try:
        experiment.reset()
        with _record_problems(experiment):
            scenario.run(experiment, short=short)
        return experiment.drain_and_judge()
    except FAILURES as error:  # the scenario has failed, and the next scenario runs
        problems = [*experiment.problems, f"{type(error).__name__}: {error}"]
        verdict = Verdict(experiment.ledger.attempts, experiment.ledger.confirmed, 0, 0)
        return Outcome(verdict, 0, None, time.monotonic() - started_at, problems, experiment.notes)


@contextmanager
def _record_problems(experiment: Experiment) -> Iterator[None]:
    try:
        yield
    except FAILURES as error:  # the confirmed messages are compared nevertheless
        experiment.problems.append(f"{type(error).__name__}: {error}")
