"""Random faults of a whole cluster, for a long time."""

import time
from collections import Counter
from collections.abc import Callable

from tests.faults.bodies import mixed
from tests.faults.cluster import NODES
from tests.faults.environment import DATABASE
from tests.faults.experiment import Experiment
from tests.faults.scenarios.cluster_broker import cluster_of

MAX_DOWN_SECONDS = 40.0
# Between these, faults may add up, so that the quorum is lost for a while.
RECOVERY_PROBABILITY = 0.3
Fault = Callable[[Experiment], None]


def killed_at_random(
    experiment: Experiment, *, seconds: float, between: tuple[float, float], rate: float = 100
) -> None:
    """Row 37. Brokers, databases and consumers are killed, stopped and cut off, in random order."""
    cluster = cluster_of(experiment)
    workers = experiment.start_workers()

    def kill_consumer(_: Experiment) -> None:
        workers.kill(experiment.random.randrange(workers.count))

    faults: dict[str, Fault] = {**SERVER_FAULTS, "consumer killed": kill_consumer}
    counts: Counter[str] = Counter()
    deadline = time.monotonic() + seconds
    with experiment.load(rate, mixed(0.02)):
        experiment.wait_for_recovery()
        while (remaining := deadline - time.monotonic()) > 0:
            name = experiment.random.choice(sorted(faults))
            experiment.show_progress(f"{name}; {remaining:.0f} s remain")
            faults[name](experiment)
            counts[name] += 1
            experiment.run_load_for(experiment.random.uniform(*between))
            if experiment.random.random() < RECOVERY_PROBABILITY:
                experiment.wait_for_recovery()
        cluster.wait_until_complete()
        experiment.wait_for_recovery()
    experiment.notes += [f"{name} {number} times" for name, number in sorted(counts.items())]


def _kill_broker(experiment: Experiment) -> None:
    cluster_of(experiment).kill(experiment.random.choice(NODES))


def _crash_broker(experiment: Experiment) -> None:
    with cluster_of(experiment).down(experiment.random.choice(NODES)):
        experiment.run_load_for(experiment.random.uniform(1, MAX_DOWN_SECONDS))


def _cut_broker_off(experiment: Experiment) -> None:
    with cluster_of(experiment).cut_off(experiment.random.choice(NODES)):
        experiment.run_load_for(experiment.random.uniform(1, MAX_DOWN_SECONDS))


def _kill_database(experiment: Experiment) -> None:
    cluster_of(experiment).kill(DATABASE)


SERVER_FAULTS: dict[str, Fault] = {
    "broker killed": _kill_broker,
    "broker down": _crash_broker,
    "broker cut off": _cut_broker_off,
    "database killed": _kill_database,
}
