"""Faults of a Docker Swarm."""

from tests.faults.bodies import mixed
from tests.faults.experiment import CONSUMERS, Experiment
from tests.faults.swarm import CONSUMER, SwarmStack
from tests.faults.swarm_nodes import Node

SECONDS = 120.0


def drained(experiment: Experiment, *, rounds: int, seconds: float, rate: float = 100) -> None:
    """Row 38. A node that has consumers, and then the one of both servers, is drained and comes back."""
    stack = experiment.environment
    assert isinstance(stack, SwarmStack)
    manager, other = stack.nodes
    experiment.start_workers(CONSUMERS)
    with experiment.load(rate, mixed(0.02)):
        experiment.wait_for_recovery()
        for number in range(rounds):
            for node in (other, manager):
                experiment.show_progress(f"draining {node.name}, round {number + 1} of {rounds}")
                _drain(experiment, stack, node, seconds)


def _drain(experiment: Experiment, stack: SwarmStack, node: Node, seconds: float) -> None:
    stack.replace_tasks(CONSUMER)
    experiment.wait_until(lambda: node.containers(CONSUMER), SECONDS, f"{node.name} has a consumer")
    stack.drain(node)
    experiment.wait_until(lambda: not node.containers(CONSUMER), SECONDS, f"{node.name} has no consumer")
    experiment.run_load_for(seconds)
    if node is not stack.manager:  # the other node has both servers
        experiment.wait_for_recovery()
    stack.activate(node)
    experiment.wait_for_recovery()
    # Both the update and the drain replace tasks, and the surplus runs until the update is over.
    experiment.wait_until(lambda: stack.update_state(CONSUMER) != "updating", SECONDS, "the update ends")
    experiment.wait_until(lambda: experiment.depth()[1] == CONSUMERS, SECONDS, f"{CONSUMERS} consumers")
