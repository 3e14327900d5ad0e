"""The broker's nodes, the members of its quorum queues, and its feature flags, by the management API."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

QUORUM = "quorum"
# The states of a member that is running, whatever the version of the broker calls the others.
WORKING_STATES = frozenset({"leader", "follower"})
EXPERIMENTAL = "experimental"
BYTES_PER_MB = 1e6


class BrokerNode(NamedTuple):
    """A node of the broker, its alarms with their figures, and the nodes that it is partitioned from."""

    name: str
    is_running: bool
    alarms: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()


class QueueMembers(NamedTuple):
    """The nodes that hold a quorum queue, those of them that run, and its leader's."""

    queue: str
    members: tuple[str, ...]
    online: tuple[str, ...]
    leader: str | None

    @property
    def has_quorum(self) -> bool:
        """Whether more than half of the members run."""
        return 2 * len(self.online) > len(self.members)


class MemberState(NamedTuple):
    """A member of a quorum queue: its state, and the newest version of the state machine its node has."""

    node: str
    state: str
    machine_version: int | None

    @property
    def is_working(self) -> bool:
        """Whether it takes part in the replication."""
        return self.state in WORKING_STATES


def to_nodes(found: Iterable[dict[str, Any]]) -> tuple[BrokerNode, ...]:
    """Return the nodes of `/api/nodes`, by name."""
    nodes = (
        BrokerNode(
            node["name"],
            bool(node.get("running")),
            tuple(_alarms(node)),
            tuple(node.get("partitions") or ()),
        )
        for node in found
    )
    return tuple(sorted(nodes))


def _alarms(node: dict[str, Any]) -> Iterator[str]:
    if node.get("mem_alarm"):
        yield "memory alarm" + _figures(node, mem_used="{} used", mem_limit="the limit is {}")
    if node.get("disk_free_alarm"):
        yield "disk alarm" + _figures(node, disk_free="{} free", disk_free_limit="at least {} are required")


def _figures(node: dict[str, Any], **texts: str) -> str:
    """Return the sizes of the fields in parentheses; nothing if the broker does not report them all."""
    if not all(isinstance(node.get(field), int) for field in texts):
        return ""
    sizes = (text.format(f"{node[field] / BYTES_PER_MB:,.0f} MB") for field, text in texts.items())
    return f" ({', '.join(sizes)})"


def to_members(queue: dict[str, Any]) -> QueueMembers | None:
    """Return the members of an object of `/api/queues`; None if its type has none."""
    if queue.get("type") != QUORUM or "members" not in queue:
        return None
    return QueueMembers(
        queue["name"],
        tuple(sorted(queue["members"])),
        tuple(sorted(queue.get("online") or ())),
        queue.get("leader") or None,
    )


def to_member_states(status: Iterable[dict[str, Any]]) -> tuple[MemberState, ...]:
    """Return the members of `/api/queues/quorum/VHOST/QUEUE/status`."""
    return tuple(
        MemberState(
            str(member["Node Name"]),
            str(member["Raft State"]),
            version if isinstance(version := member.get("Machine Version"), int) else None,
        )
        for member in status
    )


def disabled_flags(flags: Iterable[dict[str, Any]]) -> list[str]:
    """Return the feature flags of `/api/feature-flags` that are neither enabled nor experimental."""
    return sorted(
        flag["name"] for flag in flags if flag["state"] != "enabled" and flag.get("stability") != EXPERIMENTAL
    )
