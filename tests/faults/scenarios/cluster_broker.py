"""Faults of the brokers of a cluster."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from tests.faults.bodies import mixed
from tests.faults.cluster import NODES, Cluster
from tests.faults.experiment import Experiment
from tests.faults.scenarios.processes import SENSOR, check_published, start_sensor, stop_sensor
from tests.faults.tap import Tap

ELECTION_SECONDS = 60
# Confirms of messages that a majority had written before the quorum was lost still arrive.
IN_FLIGHT_SECONDS = 10


def cluster_of(experiment: Experiment) -> Cluster:
    """Return the environment, which is a cluster in all of these scenarios."""
    assert isinstance(experiment.environment, Cluster), "the row requires the cluster"
    return experiment.environment


def leader_killed(
    experiment: Experiment, *, times: int, between: tuple[float, float], rate: float = 100
) -> None:
    """Row 26. The broker that leads the queue is killed, and its supervisor restarts it."""
    cluster = cluster_of(experiment)
    experiment.start_workers()
    with experiment.load(rate, mixed(0.02)):
        experiment.wait_for_recovery()
        for number in range(times):
            cluster.wait_until_complete()
            experiment.run_load_for(experiment.random.uniform(*between))
            leader = cluster.leader()
            experiment.show_progress(f"killing the leader {leader}, {number + 1} of {times}")
            cluster.kill(leader)
            _wait_for_recovery(experiment, f"leader {leader} killed")
            experiment.wait_until(
                lambda leader=leader: cluster.leader() not in ("", leader),  # type: ignore[misc]
                ELECTION_SECONDS,
                "another broker leads the queue",
            )
        cluster.wait_until_complete()


def node_down(experiment: Experiment, *, seconds: float, rate: float = 60) -> None:
    """Row 27. Each broker in turn is down for minutes; the two others continue."""
    _fail_each_node(experiment, cluster_of(experiment).down, "down", seconds, rate)


def node_cut_off(experiment: Experiment, *, seconds: float, rate: float = 60) -> None:
    """Row 28. Each broker in turn is cut off by the network: it is the minority, the others continue."""
    _fail_each_node(experiment, cluster_of(experiment).cut_off, "cut off", seconds, rate)


def _fail_each_node(
    experiment: Experiment,
    failure: Callable[[str], AbstractContextManager[None]],
    state: str,
    seconds: float,
    rate: float,
) -> None:
    """Cause a failure of each broker in turn; the others accept readings and deliver them meanwhile."""
    cluster = cluster_of(experiment)
    experiment.start_workers()
    with experiment.load(rate, mixed(0.02)):
        experiment.wait_for_recovery()
        for node in NODES:
            cluster.wait_until_complete()
            name = _describe(cluster, node)
            with failure(node):
                _wait_for_recovery(experiment, f"{name} {state}")
                _check_publishing(experiment, f"{name} is {state}", seconds)
        cluster.wait_until_complete()
        experiment.wait_for_recovery()


def quorum_lost(experiment: Experiment, *, rounds: int, seconds: float, rate: float = 60) -> None:
    """Row 30. Two brokers are down: nothing is confirmed, the outbox keeps, and all comes back."""
    cluster = cluster_of(experiment)
    experiment.start_workers()
    with Tap(cluster.amqp_url, experiment.ledger, SENSOR) as tap:
        sensor = start_sensor(experiment, cluster.amqp_url)
        with experiment.load(rate, mixed(0.02)):
            experiment.wait_for_recovery()
            for number in range(rounds):
                cluster.wait_until_complete()
                nodes = experiment.random.sample(NODES, 2)
                names = " and ".join(nodes)
                experiment.show_progress(f"{names} down, {number + 1} of {rounds}")
                with cluster.down(*nodes):
                    _check_refused(experiment, names, seconds)
                _wait_for_recovery(experiment, f"{names} started again")
            cluster.wait_until_complete()
        stop_sensor(experiment, tap, sensor)
    check_published(experiment, tap, kills=0)


def _describe(cluster: Cluster, node: str) -> str:
    return f"{node} (the leader)" if cluster.leader() == node else node


def _wait_for_recovery(experiment: Experiment, fault: str) -> None:
    experiment.notes.append(f"{fault}: recovered after {experiment.wait_for_recovery():.1f} s")


def _confirms_within(experiment: Experiment, seconds: float) -> int:
    before = experiment.ledger.confirmed
    experiment.run_load_for(seconds)
    return experiment.ledger.confirmed - before


def _check_publishing(experiment: Experiment, fault: str, seconds: float) -> None:
    """Check that at least one message per second is confirmed while a broker is missing."""
    experiment.show_progress(f"{fault} for {seconds:.0f} s")
    confirmed = _confirms_within(experiment, seconds)
    experiment.notes.append(f"{confirmed} confirmed in {seconds:.0f} s while {fault}")
    if confirmed < seconds:
        experiment.problems.append(
            f"only {confirmed} messages are confirmed in {seconds:.0f} s while {fault}"
        )


def _check_refused(experiment: Experiment, down: str, seconds: float) -> None:
    """Check that nothing is confirmed without a quorum."""
    experiment.run_load_for(IN_FLIGHT_SECONDS)
    if confirmed := _confirms_within(experiment, seconds):
        experiment.problems.append(f"{confirmed} messages are confirmed while {down} are down")
