"""The rules for the broker's nodes: an alarm, a node that is down, a queue without a majority."""

from collections.abc import Iterator

from messaging.management.cluster import BrokerNode, QueueMembers
from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.problems import ProblemKind


def node_problems(observation: Observation) -> Iterator[Problem]:
    """Find alarms, nodes that are down or cut off, and queues of which too few members run.

    A broker of one node is either up or down, which other rules find.
    """
    cluster = observation.cluster
    if cluster is None:
        return
    running = sum(node.is_running for node in cluster.nodes)
    for node in cluster.nodes:
        if cluster.has_several_nodes and (not node.is_running or node.unreachable):
            yield _node_down(node, running, len(cluster.nodes))
        for alarm in node.alarms:
            yield _alarm(node, alarm)
    for queue in cluster.queues:
        if not queue.has_quorum:
            yield _without_quorum(queue)


def _node_down(node: BrokerNode, running: int, nodes: int) -> Problem:
    state = f"cannot reach {', '.join(node.unreachable)}" if node.unreachable else "is down"
    return Problem(
        kind=ProblemKind.BROKER_NODE_DOWN,
        subject=node.name,
        started_at=None,
        message=f"The broker's node {node.name} {state}; {running} of {nodes} nodes run.",
        hint="Start it, or check its log and its network. Queues accept and deliver messages while more than "
        "half of their members run, and the node catches up by itself.",
    )


def _alarm(node: BrokerNode, alarm: str) -> Problem:
    return Problem(
        kind=ProblemKind.BROKER_RESOURCE_ALARM,
        subject=node.name,
        started_at=None,
        message=f"The broker's node {node.name} has a {alarm}, which blocks all publishers.",
        hint="Free memory or disk space of the node, or raise its limit. The sensors keep their readings "
        "meanwhile.",
    )


def _without_quorum(queue: QueueMembers) -> Problem:
    return Problem(
        kind=ProblemKind.QUEUE_WITHOUT_QUORUM,
        subject=queue.queue,
        started_at=None,
        message=f"The queue {queue.queue} accepts no messages: {len(queue.online)} of its "
        f"{len(queue.members)} members run.",
        hint="Start the nodes that are down: more than half of the members must run. The sensors keep their "
        "readings meanwhile, and nothing is lost.",
    )
