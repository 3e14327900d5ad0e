"""Random faults of a whole cluster, for a long time."""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial

from tests.faults.bodies import mixed
from tests.faults.cluster import DATABASES, NODES, Cluster
from tests.faults.database_members import ETCD, DatabaseMembers
from tests.faults.experiment import Experiment
from tests.faults.scenarios.cluster_broker import cluster_of

MAX_DOWN_SECONDS = 40.0
# Between these, faults may add up, so that the quorum is lost for a while.
RECOVERY_PROBABILITY = 0.3
SERVERS = {"broker": NODES, "database": DATABASES, "etcd": ETCD}
Fault = Callable[[], None]


def killed_at_random(
    experiment: Experiment, *, seconds: float, between: tuple[float, float], rate: float = 100
) -> None:
    """Row 37. Brokers, databases, etcd and consumers are killed, stopped and cut off, in random order."""
    cluster = cluster_of(experiment)
    database = DatabaseMembers(cluster)
    database.wait_until_complete()
    faults = _faults_of_servers(experiment, cluster)
    workers = experiment.start_workers()
    faults["consumer killed"] = lambda: workers.kill(experiment.random.randrange(workers.count))
    counts: Counter[str] = Counter()
    deadline = time.monotonic() + seconds
    with experiment.load(rate, mixed(0.02)):
        experiment.wait_for_recovery()
        while (remaining := deadline - time.monotonic()) > 0:
            name = experiment.random.choice(sorted(faults))
            experiment.show_progress(f"{name}; {remaining:.0f} s remain")
            faults[name]()
            counts[name] += 1
            experiment.run_load_for(experiment.random.uniform(*between))
            if experiment.random.random() < RECOVERY_PROBABILITY:
                experiment.wait_for_recovery()
        cluster.wait_until_complete()
        database.wait_until_complete()
        experiment.wait_for_recovery()
    experiment.notes += [f"{name} {number} times" for name, number in sorted(counts.items())]


def _faults_of_servers(experiment: Experiment, cluster: Cluster) -> dict[str, Fault]:
    """Return what may happen to a server of each kind; each time it happens to another one."""

    def run_load() -> None:
        experiment.run_load_for(experiment.random.uniform(1, MAX_DOWN_SECONDS))

    def kill(servers: tuple[str, ...]) -> None:
        cluster.kill(experiment.random.choice(servers))

    def take_down(servers: tuple[str, ...]) -> None:
        with cluster.down(experiment.random.choice(servers)):
            run_load()

    def cut_off(servers: tuple[str, ...]) -> None:
        with cluster.cut_off(experiment.random.choice(servers)):
            run_load()

    faults: dict[str, Fault] = {}
    for kind, servers in SERVERS.items():
        faults[f"{kind} killed"] = partial(kill, servers)
        faults[f"{kind} down"] = partial(take_down, servers)
        faults[f"{kind} cut off"] = partial(cut_off, servers)
    return faults
