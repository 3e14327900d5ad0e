"""The problems of the broker's nodes."""

import pytest

from messaging.management.client import ManagementUnavailable
from messaging.management.cluster import BrokerNode, QueueMembers
from messaging.settings import BrokerSettings
from monitoring import broker_nodes
from monitoring.broker_nodes import BrokerCluster, BrokerNodesProbe
from monitoring.problems import ProblemKind
from tests.unit.fakes import FakeClock
from tests.unit.monitoring.observations import PIPELINE, keys, observation, problems_after
from tests.unit.monitoring.samples import ago, not_ready, sensor

NAMES = ("rabbit@a", "rabbit@b", "rabbit@c")
A, B, C = (BrokerNode(name, is_running=True) for name in NAMES)
HEAT = QueueMembers("heat", NAMES, NAMES, NAMES[0])


def test_a_cluster_whose_nodes_run_has_no_problem() -> None:
    assert problems_after(observation(cluster=BrokerCluster((A, B, C), (HEAT,)))) == []


def test_one_node_is_no_node_that_is_down() -> None:
    assert problems_after(observation(cluster=BrokerCluster((A._replace(is_running=False),)))) == []


@pytest.mark.parametrize("others", [(), (B, C)], ids=["one node", "three nodes"])
def test_an_alarm_explains_publishers_that_are_not_ready_and_readings_that_do_not_arrive(
    others: tuple[BrokerNode, ...],
) -> None:
    # given a sensor that is blocked, and a consumer that is not
    blocked = observation(
        not_ready("sensor-1", "broker", ago(40)),
        PIPELINE,
        cluster=BrokerCluster((A._replace(alarms=("disk alarm (255 MB free)",)), *others), (HEAT,)),
        sensors=[sensor("1", ago(45), last_received_at=ago(45))],
    )

    [problem] = problems_after(blocked)

    assert (problem.kind, problem.subject) == (ProblemKind.BROKER_RESOURCE_ALARM, "rabbit@a")
    assert "has a disk alarm (255 MB free), which blocks" in problem.message


def test_a_node_that_is_down_is_one_problem_while_the_queue_has_a_majority() -> None:
    nodes = (A, B._replace(is_running=False), C)
    [problem] = problems_after(
        observation(cluster=BrokerCluster(nodes, (HEAT._replace(online=(NAMES[0], NAMES[2])),)))
    )

    assert (problem.kind, problem.subject) == (ProblemKind.BROKER_NODE_DOWN, "rabbit@b")
    assert problem.message == "The broker's node rabbit@b is down; 2 of 3 nodes run."


def test_without_a_majority_the_queue_accepts_nothing_and_no_sensor_counts_as_offline() -> None:
    nodes = (A, B._replace(is_running=False), C._replace(is_running=False))
    problems = problems_after(observation(cluster=BrokerCluster(nodes, (HEAT._replace(online=NAMES[:1]),))))

    assert keys(problems) == [
        (ProblemKind.BROKER_NODE_DOWN, "rabbit@b"),
        (ProblemKind.BROKER_NODE_DOWN, "rabbit@c"),
        (ProblemKind.QUEUE_WITHOUT_QUORUM, "heat"),
    ]
    assert "1 of its 3 members run" in problems[2].message


def test_an_alarm_and_a_separation_are_named_with_their_node() -> None:
    nodes = (A._replace(alarms=("disk alarm (255 MB free)",)), B, C._replace(unreachable=("rabbit@a",)))
    problems = problems_after(observation(cluster=BrokerCluster(nodes, (HEAT,))))

    assert keys(problems) == [
        (ProblemKind.BROKER_RESOURCE_ALARM, "rabbit@a"),
        (ProblemKind.BROKER_NODE_DOWN, "rabbit@c"),
    ]
    assert "disk alarm" in problems[0].message
    assert "cannot reach rabbit@a" in problems[1].message


def test_the_nodes_are_read_every_few_seconds_and_the_members_only_of_several_nodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requests: list[str] = []
    nodes = [A]

    class FakeManagement:
        def __init__(self, _settings: BrokerSettings, _timeout: float) -> None: ...

        def nodes(self) -> tuple[BrokerNode, ...]:
            requests.append("nodes")
            return tuple(nodes)

        def quorum_members(self) -> list[QueueMembers]:
            requests.append("members")
            if len(nodes) > 2:
                raise ManagementUnavailable("no response in time")
            return [HEAT]

    monkeypatch.setattr(broker_nodes, "Management", FakeManagement)
    clock = FakeClock()
    probe = BrokerNodesProbe(BrokerSettings(), clock)

    assert probe() == probe() == BrokerCluster((A,))
    assert requests == ["nodes"]
    nodes.append(B)
    clock.now += 5
    assert probe() == BrokerCluster((A, B), (HEAT,))
    assert requests == ["nodes", "nodes", "members"]
    # without the members, it is not known which queues have a majority
    nodes.append(C)
    clock.now += 5
    for _ in range(2):
        with pytest.raises(ManagementUnavailable):
            probe()
