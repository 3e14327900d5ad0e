"""The fault matrix: a scenario for each row."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.faults.experiment import Experiment
from tests.faults.scenarios import (
    analysis,
    broker,
    cluster_broker,
    cluster_database,
    cluster_random,
    cluster_upgrade,
    content,
    database,
    file_races,
    files,
    links,
    processes,
    sources,
    swarm,
    volume,
    workflows,
)
from tests.modes import AUTO, BATCHES, PREFETCH_20, SINGLE, Mode

Function = Callable[..., None]


@dataclass(frozen=True)
class Scenario:
    """A fault, the function that causes it, and its parameters; `short` is for CI, None excludes it there.

    With `on_cluster` it runs on the cluster of deploy/cluster, with `on_swarm` in a Docker Swarm; CI starts
    neither.
    """

    number: int
    name: str
    function: Function
    full: Mapping[str, Any]
    short: Mapping[str, Any] | None = None
    modes: tuple[Mode, ...] = (SINGLE,)
    short_modes: tuple[Mode, ...] = (SINGLE,)
    on_cluster: bool = False
    on_swarm: bool = False

    def modes_for(self, *, short: bool) -> tuple[Mode, ...]:
        """Return the modes in which the scenario runs."""
        return self.short_modes if short else self.modes

    def run(self, experiment: Experiment, *, short: bool) -> None:
        """Run the scenario."""
        parameters = self.short if short else self.full
        assert parameters is not None
        self.function(experiment, **parameters)


ALL_MODES = (SINGLE, PREFETCH_20, BATCHES, AUTO)
# fmt: off
SCENARIOS: tuple[Scenario, ...] = (
    Scenario(1, "broker SIGKILL 10 times under load", broker.killed,
        full={"times": 10, "between": (3, 12)}, short={"times": 1, "between": (1, 2)}),
    Scenario(2, "PostgreSQL SIGKILL 10 times, sessions terminated, stopped and started 50 times",
        database.killed,
        full={"kills": 10, "between": (2, 10), "terminations": 100, "restarts": 50},
        short={"kills": 1, "between": (1, 2), "terminations": 20, "restarts": 2}, modes=ALL_MODES),
    Scenario(3, "consumer SIGKILL before store, between commit and ack, after ack", processes.consumer_killed,
        full={"seconds": 25, "every": 60}, short={"seconds": 2, "every": 20, "consumers": 1},
        modes=ALL_MODES, short_modes=(SINGLE, BATCHES)),
    Scenario(4, "sensor SIGKILL between publish and confirm, then the same reading again",
        processes.sensor_killed,
        full={"kills": 20, "between": (0.5, 3)}, short={"kills": 2, "between": (0.2, 0.5)}),
    Scenario(5, "link cut 10 s and 60 s, black hole, reset: broker, database, sensor", links.cut,
        full={"cuts": (10, 60), "black_hole": 60}),
    Scenario(6, "latency 1, 10, 100 ms with jitter", links.latency,
        full={"round_trips": (0.001, 0.01, 0.1), "messages": 2000, "max_seconds": 15},
        modes=(SINGLE, PREFETCH_20)),
    Scenario(7, "database down for 10 minutes", database.down, full={"seconds": 600}, short={"seconds": 10}),
    Scenario(8, "database disk full, broker memory and disk alarm", database.resources_exhausted,
        full={"seconds": 20}),
    Scenario(9, "200,000 messages of backlog, then drain", volume.backlog, full={"messages": 200_000}),
    Scenario(10, "poison: 1 % and 100 % invalid", content.poison,
        full={"messages": 2000}, short={"messages": 300}, modes=ALL_MODES, short_modes=(PREFETCH_20,)),
    Scenario(11, "every message twice, and shuffled", content.duplicates,
        full={"messages": 3000}, short={"messages": 500}, modes=ALL_MODES, short_modes=(BATCHES,)),
    Scenario(12, "clocks an hour ahead and behind", content.clock_skew, full={"messages": 100}),
    Scenario(13, "SIGTERM and scale 1 → 3 → 1 under load", processes.scaled,
        full={"rounds": 5, "seconds": 5}, short={"rounds": 1, "seconds": 2}, modes=ALL_MODES),
    Scenario(14, "queue deleted, purged; connections closed by an operator", broker.operator,
        full={"times": 5}, short={"times": 1}, modes=ALL_MODES),
    Scenario(15, "1,000,000 mutated and random bodies", volume.fuzzed_bodies,
        full={"in_process": 1_000_000, "queued": 20_000}),
    Scenario(16, "analysis and PostgreSQL SIGKILL 10 times: the anomalies of an uninterrupted analysis",
        analysis.killed, full={"kills": 10, "between": (3, 12)}),
    Scenario(17, "worker SIGKILL at the claim, while publishing, before and after checkpoint and finish",
        workflows.killed_at_points, full={"jobs": 30, "readings": 100}),
    Scenario(18, "1,000 jobs, workers SIGKILL at random, PostgreSQL once",
        workflows.killed_at_random, full={"jobs": 1000, "between": (2, 6)}),
    Scenario(19, "worker frozen until another has its job, 3 times; a stalled job cancelled",
        workflows.lease_lost, full={"rounds": 3}),
    Scenario(20, "broker and PostgreSQL SIGKILL in turn, 10 times, while jobs publish",
        workflows.servers_killed,
        full={"jobs": 12, "readings": 3000, "kills": 10, "between": (2, 6)}),
    Scenario(21, "source slow, cut off, repeated, back in time, and 500 for a minute; worker SIGKILL",
        sources.faulty, full={"days": 4, "refused_seconds": 60, "between": (4, 8)}),
    Scenario(22, "workflows SIGKILL before and after it requests what a schedule has missed, 120 times",
        sources.manager_killed, full={"times": 120, "between": (2, 4)}),
    Scenario(23, "files of twelve makers, reporter SIGKILL after GET, PUT and MOVE", files.killed,
        full={"seconds": 900}),
    Scenario(24, "WebDAV server slow, cut off, 423, 507, 500, answers lost, down; reporter SIGKILL",
        files.faulty, full={"seconds": 1500, "down_seconds": 20}),
    Scenario(25, "1,000 files, 10 truncated, some changed while they are read; reporter SIGKILL at random",
        files.many, full={"files": 1000, "seconds": 3600, "between": (5, 15)}),
    Scenario(26, "cluster: leader of the queue SIGKILL 10 times under load", cluster_broker.leader_killed,
        full={"times": 10, "between": (3, 12)}, short={"times": 2, "between": (1, 2)}, on_cluster=True),
    Scenario(27, "cluster: each broker down for 3 minutes", cluster_broker.node_down,
        full={"seconds": 180}, short={"seconds": 15}, on_cluster=True),
    Scenario(28, "cluster: each broker cut off by the network for 90 s", cluster_broker.node_cut_off,
        full={"seconds": 90}, short={"seconds": 30}, on_cluster=True),
    Scenario(29, "cluster: brokers restarted in turn, then every feature flag and Khepri enabled under load",
        cluster_upgrade.upgraded, full={"rounds": 2}, short={"rounds": 1}, on_cluster=True),
    Scenario(30, "cluster: two brokers down, no quorum: publishing is refused, the outbox keeps",
        cluster_broker.quorum_lost, full={"rounds": 3, "seconds": 120}, short={"rounds": 1, "seconds": 30},
        on_cluster=True),
    Scenario(31, "cluster: primary of the database SIGKILL 10 times; every second time it stays down",
        cluster_database.primary_killed,
        full={"times": 10, "between": (3, 12)}, short={"times": 2, "between": (1, 2)}, on_cluster=True),
    Scenario(32, "cluster: 10 planned switchovers of the database", cluster_database.switchover,
        full={"times": 10, "between": (3, 12)}, short={"times": 2, "between": (1, 2)}, on_cluster=True),
    Scenario(33, "cluster: standby of the database down for 3 minutes", cluster_database.standby_down,
        full={"seconds": 180}, short={"seconds": 15}, on_cluster=True),
    Scenario(34, "cluster: one node of etcd down, then all, for 2 minutes", cluster_database.etcd_down,
        full={"seconds": 120}, short={"seconds": 30}, on_cluster=True),
    Scenario(35, "cluster: standby, then primary of the database cut off by the network for 90 s",
        cluster_database.network_cut,
        full={"seconds": 90}, short={"seconds": 30}, on_cluster=True),
    Scenario(36, "cluster: disk of the standby full for 2 minutes", cluster_database.standby_disk_full,
        full={"seconds": 120}, short={"seconds": 20}, on_cluster=True),
    Scenario(37, "cluster: half an hour of random SIGKILL, stops and cuts", cluster_random.killed_at_random,
        full={"seconds": 1800, "between": (5, 25)}, short={"seconds": 90, "between": (3, 10)},
        on_cluster=True),
    Scenario(38, "Swarm: node of consumers, then node of both servers drained under load", swarm.drained,
        full={"rounds": 3, "seconds": 20}, short={"rounds": 1, "seconds": 10}, on_swarm=True),
    Scenario(39, "two jobs on one file, files replaced between GET and MOVE, MOVE answers 412",
        file_races.contended, full={"files": 24, "freezes": 2, "seconds": 900}),
)
# fmt: on


def select_scenarios(
    numbers: frozenset[int] | None, *, short: bool, on_cluster: bool = False
) -> list[Scenario]:
    """Return the scenarios with these numbers, or all of the stack; with `short` only those with such a form.

    Those of a Swarm are selected by their numbers only.

    Raises:
        ValueError: When the numbers select scenarios of several stacks, of another stack, or without a short
            form.
    """
    selected = [scenario for scenario in SCENARIOS if _is_selected(scenario, numbers, on_cluster=on_cluster)]
    if short:
        without = [scenario for scenario in selected if scenario.short is None]
        if numbers and without:
            raise ValueError(
                f"rows {_list_numbers(without)} have no short form: leave out --short, or select from rows "
                f"{_list_numbers(scenario for scenario in SCENARIOS if scenario.short is not None)}"
            )
        selected = [scenario for scenario in selected if scenario.short is not None]
    if on_cluster and any(not scenario.on_cluster for scenario in selected):
        others = _list_numbers(scenario for scenario in selected if not scenario.on_cluster)
        raise ValueError(f"rows {others} do not run on the cluster: leave out --cluster")
    if len({scenario.on_cluster for scenario in selected}) > 1:
        clustered = _list_numbers(scenario for scenario in selected if scenario.on_cluster)
        raise ValueError(f"rows {clustered} run on the cluster and the others do not: run them separately")
    if len({scenario.on_swarm for scenario in selected}) > 1:
        in_swarm = _list_numbers(scenario for scenario in selected if scenario.on_swarm)
        raise ValueError(f"rows {in_swarm} run in a Swarm and the others do not: run them separately")
    return selected


def select_runs(
    scenarios: Iterable[Scenario], modes: frozenset[str] | None, *, short: bool
) -> list[tuple[Scenario, Mode]]:
    """Return each scenario with each of its modes, or with those of them that have these keys.

    Raises:
        ValueError: When no scenario has such a mode.
    """
    runs = [(scenario, mode) for scenario in scenarios for mode in scenario.modes_for(short=short)]
    selected = [(scenario, mode) for scenario, mode in runs if modes is None or mode.key in modes]
    if modes and not selected:
        possible = {mode.key: None for _, mode in runs}
        form = "short form" if short else "row"
        raise ValueError(
            f"no selected {form} has the mode {', '.join(sorted(modes))}: select from {', '.join(possible)}"
        )
    return selected


def _list_numbers(scenarios: Iterable[Scenario]) -> str:
    return ", ".join(str(scenario.number) for scenario in scenarios)


def _is_selected(scenario: Scenario, numbers: frozenset[int] | None, *, on_cluster: bool) -> bool:
    if numbers is None:
        return scenario.on_cluster == on_cluster and not scenario.on_swarm
    return scenario.number in numbers
