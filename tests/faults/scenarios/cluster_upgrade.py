"""A rolling restart of a cluster, and the end of a rolling upgrade: its feature flags."""

import json

from tests.faults.bodies import mixed
from tests.faults.cluster import NODES, Cluster
from tests.faults.experiment import Experiment
from tests.faults.load import QUEUE
from tests.faults.scenarios.cluster_broker import cluster_of

# As after an upgrade from an older series: only the flags that this version requires are enabled.
OLD_FEATURE_FLAGS = ""
MACHINE_SECONDS = 60


def upgraded(experiment: Experiment, *, rounds: int, rate: float = 100) -> None:
    """Row 29. Brokers with old feature flags restart in turn; then all flags are enabled, under load.

    The brokers have the same version before and after: images of two versions are not at hand.
    """
    cluster = cluster_of(experiment)
    cluster.remove_brokers()
    cluster.start_brokers(OLD_FEATURE_FLAGS)
    experiment.reset()
    old_flags, old_machine = _disabled_flags(cluster), _machine_versions(cluster)
    experiment.start_workers()
    with experiment.load(rate, mixed(0.02)):
        experiment.wait_for_recovery()
        for number in range(rounds):
            for node in NODES:
                experiment.show_progress(f"restarting {node}, round {number + 1} of {rounds}")
                cluster.wait_until_complete()
                cluster.stop(node)
                cluster.start(node)
                experiment.wait_for_recovery()
        cluster.wait_until_complete()
        experiment.show_progress("enabling feature flags")
        cluster.enable_feature_flags()
        experiment.wait_for_recovery()
        experiment.wait_until(
            lambda: len(set(_machine_versions(cluster))) == 1,
            MACHINE_SECONDS,
            "members have one machine version",
        )
    if still := _disabled_flags(cluster):
        experiment.problems.append(f"feature flags that are still disabled: {', '.join(still)}")
    experiment.notes.append(f"enabled under load: {', '.join(old_flags)}")
    experiment.notes.append(
        f"machine version of the members: {old_machine} before, {_machine_versions(cluster)} after"
    )


def _disabled_flags(cluster: Cluster) -> list[str]:
    listed = cluster.rabbitmqctl("list_feature_flags", "name", "state", "--formatter", "json")
    return sorted(flag["name"] for flag in json.loads(listed) if flag["state"] != "enabled")


def _machine_versions(cluster: Cluster) -> list[int]:
    """Return the version of the replicated state machine on each member of the queue."""
    status = cluster.command("rabbitmq-queues", "-q", "quorum_status", QUEUE, "--formatter", "json")
    return [member["Machine Version"] for member in json.loads(status)]
