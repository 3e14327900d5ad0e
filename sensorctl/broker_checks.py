"""The checks of the broker's nodes, of the members of its queues, and of its feature flags."""

from collections.abc import Iterable, Sequence

from messaging.management.client import Management
from messaging.management.cluster import BrokerNode, MemberState, QueueMembers
from messaging.management.machine_versions import versions_in_use
from runtime.text import quantity
from sensorctl.checks import Check, CheckResult
from sensorctl.settings import OperatorSettings

NODE_HINT = (
    "start the node, or check its log and its network; queues work while more than half of their members run"
)
ALARM_HINT = "free memory or disk space of the node, or raise its limit: the alarm blocks all publishers"
START_HINT = "start the nodes that are down, or check their logs: more than half of the members must run"
GROW_HINT = (
    "the clusters of this project add a member within a minute by themselves; in any other, run on a node: "
    "`rabbitmq-queues grow {node} all`"
)
SHRINK_HINT = (
    "run on a node: `rabbitmq-queues shrink {node}`; then a queue can get a member on another "
    "node with `rabbitmq-queues grow NODE all`"
)
LEADER_HINT = "it elects one within seconds; if it does not, the log of its nodes says why"
VERSIONS_HINT = (
    "do not enable feature flags yet: a queue keeps the oldest version of its members, and has lost "
    "confirmed messages when a flag was enabled before. Upgrade or start the other nodes first"
)
FLAGS_HINT = (
    "when every node runs the new version, run `rabbitmqctl enable_feature_flag all` on one of them; the "
    "next version may not start without them"
)
# With three members a queue survives the loss of a node; in a larger cluster, too, three are enough.
MEMBERS = 3
MAX_NAMES = 5


def check_nodes(settings: OperatorSettings) -> CheckResult:
    """Check that each node runs, reaches the others and has no alarm."""
    management = Management(settings)
    nodes = management.nodes()
    version = f"RabbitMQ {management.version()}"
    problems = [problem for node in nodes for problem in node_problems(node)]
    if problems:
        hints = dict.fromkeys(hint for _, hint in problems)
        status = "; ".join(text for text, _ in problems)
        return CheckResult("nodes", f"{status}; {version}", "; ".join(hints))
    return CheckResult("nodes", f"{quantity(len(nodes), 'node')} without an alarm, {version}")


def node_problems(node: BrokerNode) -> list[tuple[str, str]]:
    """Return what is wrong with a node, each with a hint."""
    if not node.is_running:
        return [(f"{node.name} is down", NODE_HINT)]
    alarms = [(f"{node.name} has a {alarm}", ALARM_HINT) for alarm in node.alarms]
    return [*alarms, *((f"{node.name} cannot reach {other}", NODE_HINT) for other in node.unreachable)]


def check_members(settings: OperatorSettings) -> CheckResult:
    """Check that each quorum queue has all members, a leader, and the same version on each member."""
    management = Management(settings)
    queues = management.quorum_members()
    if not queues:
        return CheckResult("queue members", "no quorum queue: see the line `queue` for their type")
    nodes = management.nodes()
    if incomplete := [problem for queue in queues for problem in member_problems(queue, nodes)]:
        hints = dict.fromkeys(hint for _, hint in incomplete)
        return CheckResult("queue members", shorten([text for text, _ in incomplete]), "; ".join(hints))
    states = {queue.queue: management.member_states(queue.queue) for queue in queues}
    used = versions_in_use(settings, management.virtual_host)
    if problems := [problem for name in states for problem in version_problems(name, states[name], used)]:
        return CheckResult("queue members", shorten(problems), VERSIONS_HINT)
    members = min(len(queue.members) for queue in queues)
    versions = describe_versions(states.values(), used)
    status = f"{quantity(len(queues), 'quorum queue')} with {quantity(members, 'member')}, {versions}"
    return CheckResult("queue members", status)


def member_problems(queue: QueueMembers, nodes: Sequence[BrokerNode]) -> list[tuple[str, str]]:
    """Return what is wrong with the members of a queue, each with a hint."""
    down = [name for name in queue.members if name not in queue.online]
    running = f"{len(queue.online)} of {len(queue.members)} members run, not {', '.join(down)}"
    if not queue.has_quorum:
        return [(f"{queue.queue} has no majority and accepts no message: {running}", START_HINT)]
    if queue.leader is None:
        return [(f"{queue.queue} has no leader", LEADER_HINT)]
    if gone := [name for name in down if name not in {node.name for node in nodes}]:
        text = f"{queue.queue} has a member on {gone[0]}, which is no node of the broker: {running}"
        return [(text, SHRINK_HINT.format(node=gone[0]))]
    if down:
        return [(f"{queue.queue}: {running}", START_HINT)]
    return missing_members(queue, nodes)


def missing_members(queue: QueueMembers, nodes: Sequence[BrokerNode]) -> list[tuple[str, str]]:
    """Return that a queue has too few members, and how another node gets one."""
    expected = min(len(nodes), MEMBERS)
    if len(queue.members) >= expected:
        return []
    others = [node for node in nodes if node.name not in queue.members]
    names = ", ".join(node.name for node in others)
    text = f"{queue.queue} has {len(queue.members)} instead of {expected} members: none on {names}"
    running = [node.name for node in others if node.is_running]
    return [(text, GROW_HINT.format(node=running[0]) if running else START_HINT)]


def version_problems(queue: str, states: Iterable[MemberState], used: dict[str, int]) -> list[str]:
    """Return what keeps a queue at an old version of its state machine; `used` has those in use, if known."""
    states = list(states)
    silent = [f"{queue}: {state.node} is {state.state}" for state in states if not state.is_working]
    supported = {state.node: state.machine_version for state in states if state.machine_version is not None}
    if len(set(supported.values())) > 1:
        versions = ", ".join(f"{version} on {node}" for node, version in supported.items())
        silent.append(f"{queue}: its members support different machine versions: {versions}")
    newest = max(supported.values(), default=0)
    if used.get(queue, newest) < newest:
        silent.append(f"{queue} works at machine version {used[queue]} instead of {newest}")
    return silent


def describe_versions(states: Iterable[Iterable[MemberState]], used: dict[str, int]) -> str:
    """Name the versions of the state machine that the members of queues support."""
    reported = {state.machine_version for members in states for state in members} - {None}
    supported = ", ".join(map(str, sorted(filter(None, reported))))
    if not supported:
        return "machine version not reported by this broker"
    return f"machine version {supported}" + ("" if used else " (supported; the one in use is not known)")


def check_flags(settings: OperatorSettings) -> CheckResult:
    """Check that the feature flags are enabled which a later version requires."""
    names = Management(settings).disabled_flags()
    if names is None:
        return CheckResult("feature flags", "not known: this broker shows them to administrators only")
    if names:
        return CheckResult("feature flags", f"not enabled: {shorten(names, ', ')}", FLAGS_HINT)
    return CheckResult("feature flags", "all are enabled")


def shorten(texts: list[str], separator: str = "; ") -> str:
    """Join the first texts, and say how many more there are."""
    rest = len(texts) - MAX_NAMES
    more = [f"{rest} more"] if rest > 0 else []
    return separator.join([*texts[:MAX_NAMES], *more])


BROKER_CHECKS: tuple[tuple[str, Check], ...] = (
    ("nodes", check_nodes),
    ("queue members", check_members),
    ("feature flags", check_flags),
)
