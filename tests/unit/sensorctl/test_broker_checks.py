"""What the doctor says about the broker's nodes, the members of its queues and its feature flags.

The answers are those of a broker of three nodes, with the nodes' names shortened.
"""

from typing import Any

import pytest

from messaging.management.cluster import to_member_states, to_members, to_nodes
from messaging.management.machine_versions import lowest_versions
from sensorctl import broker_checks
from sensorctl.broker_checks import check_flags, check_members, check_nodes
from sensorctl.settings import OperatorSettings

SETTINGS = OperatorSettings()
NODES = ("rabbit@a", "rabbit@b", "rabbit@c")
METRICS = """\
rabbitmq_detailed_raft_effective_machine_version{module="rabbit_khepri",ra_system="coordination"} 3.0
rabbitmq_detailed_raft_effective_machine_version{queue="heat",vhost="/"} 8.0
rabbitmq_detailed_raft_effective_machine_version{queue="heat.dead",vhost="/"} 8.0
"""


def node(name: str, **changes: Any) -> dict[str, Any]:
    healthy = {"running": True, "partitions": [], "mem_alarm": False, "disk_free_alarm": False}
    return {"name": name, "type": "disc", **healthy, **changes}


def member(name: str, state: str = "follower", version: int | str = 8) -> dict[str, Any]:
    return {"Node Name": name, "Raft State": state, "Membership": "voter", "Machine Version": version}


class Broker:
    """The answers of the management API; a test changes some."""

    def __init__(self) -> None:
        self.nodes = [node(name) for name in NODES]
        queue = {"type": "quorum", "members": list(NODES), "online": list(NODES), "leader": NODES[0]}
        self.queues: list[dict[str, Any]] = [
            {"name": "heat", **queue}, {"name": "heat.dead", **queue},
            {"name": "replies", "type": "classic", "node": NODES[1]},
        ]  # fmt: skip
        self.states = [member(NODES[0], "leader"), member(NODES[1]), member(NODES[2])]
        self.metrics = METRICS
        self.flags: list[str] | None = []


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    broker = Broker()

    class FakeManagement:
        virtual_host = "/"

        def __init__(self, _settings: OperatorSettings) -> None: ...

        def version(self) -> str:
            return "4.3.6"

        def nodes(self) -> Any:
            return to_nodes(broker.nodes)

        def quorum_members(self) -> Any:
            return [members for queue in broker.queues if (members := to_members(queue))]

        def member_states(self, _queue: str) -> Any:
            return to_member_states(broker.states)

        def disabled_flags(self) -> list[str] | None:
            return broker.flags

    monkeypatch.setattr(broker_checks, "Management", FakeManagement)
    monkeypatch.setattr(broker_checks, "versions_in_use", lambda *_: lowest_versions([broker.metrics]))
    return broker


def test_a_healthy_cluster_passes(broker: Broker) -> None:
    assert broker.flags == []
    assert check_nodes(SETTINGS) == ("nodes", "3 nodes without an alarm, RabbitMQ 4.3.6", None)
    members = "2 quorum queues with 3 members, machine version 8"
    assert check_members(SETTINGS) == ("queue members", members, None)
    assert check_flags(SETTINGS) == ("feature flags", "all are enabled", None)


@pytest.mark.parametrize(
    ("changes", "status", "hint"),
    [
        ({"running": False}, "rabbit@c is down", "start the node"),
        ({"mem_alarm": True}, "rabbit@c has a memory alarm", "free memory or disk space"),
        ({"disk_free_alarm": True}, "rabbit@c has a disk alarm", "free memory or disk space"),
        (
            {"disk_free_alarm": True, "disk_free": 254_900_000, "disk_free_limit": 1_000_000_000},
            "rabbit@c has a disk alarm (255 MB free, at least 1,000 MB are required)",
            "free memory or disk space",
        ),
        (
            {"mem_alarm": True, "mem_used": 700_000_000, "mem_limit": 644_245_094},
            "rabbit@c has a memory alarm (700 MB used, the limit is 644 MB)",
            "free memory or disk space",
        ),
        ({"partitions": ["rabbit@a"]}, "rabbit@c cannot reach rabbit@a", "its network"),
    ],
)
def test_a_node_that_is_down_separated_or_has_an_alarm_fails(
    broker: Broker, changes: dict[str, Any], status: str, hint: str
) -> None:
    broker.nodes[2] |= changes

    result = check_nodes(SETTINGS)

    assert result.status == f"{status}; RabbitMQ 4.3.6"
    assert hint in (result.hint or "")


@pytest.mark.parametrize(
    ("changes", "status", "hint"),
    [
        ({"online": NODES[:2]}, "heat: 2 of 3 members run, not rabbit@c", "start the nodes"),
        (
            {"online": NODES[:1]},
            "heat has no majority and accepts no message: 1 of 3 members run, not rabbit@b, rabbit@c",
            "start the nodes",
        ),
        ({"leader": ""}, "heat has no leader", "elects one"),
        (
            {"members": NODES[:2], "online": NODES[:2]},
            "heat has 2 instead of 3 members: none on rabbit@c",
            "`rabbitmq-queues grow rabbit@c all`",
        ),
        (
            {"members": NODES[:1], "online": NODES[:1]},
            "heat has 1 instead of 3 members: none on rabbit@b, rabbit@c",
            "`rabbitmq-queues grow rabbit@b all`",
        ),
        (
            {"members": (*NODES[:2], "rabbit@x"), "online": NODES[:2]},
            "heat has a member on rabbit@x, which is no node of the broker: 2 of 3 members run, not rabbit@x",
            "`rabbitmq-queues shrink rabbit@x`",
        ),
    ],
)
def test_a_queue_without_all_its_members_fails(
    broker: Broker, changes: dict[str, Any], status: str, hint: str
) -> None:
    broker.queues[0] |= changes

    result = check_members(SETTINGS)

    assert result.status == status
    assert hint in (result.hint or "")


def test_a_node_that_is_down_cannot_get_a_member(broker: Broker) -> None:
    broker.nodes[2]["running"] = False
    for queue in broker.queues[:2]:
        queue |= {"members": NODES[:2], "online": NODES[:2]}

    result = check_members(SETTINGS)

    # The hint of both queues is the same, and is there once.
    assert result.status.count("none on rabbit@c") == 2
    assert (result.hint or "").count("start the nodes that are down") == 1
    assert "grow" not in (result.hint or "")


def test_members_that_support_different_versions_or_do_not_answer_fail(broker: Broker) -> None:
    broker.queues = broker.queues[:1]
    silent = member(NODES[2], "noconnection", "")
    broker.states = [member(NODES[0], "leader"), member(NODES[1], version=7), silent]

    result = check_members(SETTINGS)

    different = "its members support different machine versions: 8 on rabbit@a, 7 on rabbit@b"
    assert result.status == f"heat: rabbit@c is noconnection; heat: {different}"
    assert "do not enable feature flags yet" in (result.hint or "")


def test_a_queue_that_works_at_an_old_version_fails_though_all_members_support_the_new_one(
    broker: Broker,
) -> None:
    broker.metrics = METRICS.replace('queue="heat",vhost="/"} 8', 'queue="heat",vhost="/"} 3')

    result = check_members(SETTINGS)

    assert result.status == "heat works at machine version 3 instead of 8"
    assert "do not enable feature flags yet" in (result.hint or "")


def test_without_metrics_the_version_in_use_is_not_known(broker: Broker) -> None:
    broker.metrics = ""

    result = check_members(SETTINGS)

    assert result.status.endswith("machine version 8 (supported; the one in use is not known)")
    assert result.hint is None


def test_an_old_broker_that_reports_neither_versions_nor_flags_passes(broker: Broker) -> None:
    broker.states, broker.metrics, broker.flags = [], "", None

    members = "2 quorum queues with 3 members, machine version not reported by this broker"
    assert check_members(SETTINGS) == ("queue members", members, None)
    flags = "not known: this broker shows them to administrators only"
    assert check_flags(SETTINGS) == ("feature flags", flags, None)


def test_flags_that_are_not_enabled_fail_and_many_are_shortened(broker: Broker) -> None:
    broker.flags = [f"flag_{number}" for number in range(7)]

    result = check_flags(SETTINGS)

    assert result.status == "not enabled: flag_0, flag_1, flag_2, flag_3, flag_4, 2 more"
    assert "enable_feature_flag all" in (result.hint or "")
