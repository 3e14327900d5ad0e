"""Several hosts of the database: one primary, and standbys that could take its place."""

from collections.abc import Iterator

import pytest

from db.queries.hosts import HostState
from db.settings import DatabaseSettings
from monitoring.database_hosts import INTERVAL_SECONDS, DatabaseHostsProbe
from monitoring.problems import ProblemKind
from monitoring.thresholds import MAX_STANDBY_LAG_BYTES
from sensorctl.database_hosts import NO_PRIMARY_HINT, describe_hosts, hosts_hint
from tests.unit.fakes import FakeClock
from tests.unit.monitoring.observations import keys, observation, only_problem_after, problems_after
from tests.unit.monitoring.samples import REFUSED

PRIMARY = HostState("db-1", position=MAX_STANDBY_LAG_BYTES + 100, synchronous_standbys="db-2")
STANDBY = HostState("db-2", is_standby=True, is_streaming=True, position=100)
WITHOUT_PRIMARY = [HostState("db-1", REFUSED), STANDBY._replace(is_streaming=False)]


def test_a_primary_with_a_standby_that_streams_is_healthy() -> None:
    hosts = [PRIMARY, STANDBY]

    assert problems_after(observation(database_hosts=hosts)) == []
    assert hosts_hint(hosts) is None
    assert list(describe_hosts(hosts)) == [
        "db-1 is the primary, commits wait for db-2",
        f"db-2 is a standby, {MAX_STANDBY_LAG_BYTES} bytes behind",
    ]


def test_one_host_has_no_problem_and_no_hint() -> None:
    assert problems_after(observation(database_hosts=[])) == []
    assert hosts_hint([]) is None


@pytest.mark.parametrize(
    ("standby", "reason"),
    [
        (HostState("db-2", REFUSED), f"does not respond: {REFUSED}"),
        (STANDBY._replace(is_streaming=False), "receives nothing from the primary"),
        (STANDBY._replace(position=99), "64 MiB behind"),
    ],
)
def test_a_host_that_could_not_take_the_place_of_the_primary_is_a_problem(
    standby: HostState, reason: str
) -> None:
    problem = only_problem_after(observation(database_hosts=[PRIMARY, standby]))

    assert (problem.kind, problem.subject) == (ProblemKind.STANDBY_DOWN, "db-2")
    assert reason in problem.message
    assert hosts_hint([PRIMARY, standby]) == problem.hint


def test_several_primaries_are_a_problem_of_their_own() -> None:
    hosts = [PRIMARY, PRIMARY._replace(address="db-2")]

    problem = only_problem_after(observation(database_hosts=hosts))

    assert problem.kind is ProblemKind.SEVERAL_PRIMARIES
    assert "db-1 and db-2 are primaries at the same time" in problem.message
    assert hosts_hint(hosts) == problem.hint


def test_without_a_primary_only_the_database_is_down() -> None:
    problems = problems_after(
        observation(database_hosts=WITHOUT_PRIMARY, sensors=None, database_error=REFUSED)
    )

    assert keys(problems) == [(ProblemKind.DATABASE_DOWN, "database")]
    assert hosts_hint(WITHOUT_PRIMARY) == NO_PRIMARY_HINT
    assert list(describe_hosts(WITHOUT_PRIMARY)) == [
        f"db-1 does not respond: {REFUSED}",
        "db-2 is a standby that receives nothing",
    ]


def test_the_hosts_are_read_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, states = FakeClock(), iter(([PRIMARY], [STANDBY]))

    def read(_settings: DatabaseSettings, states: Iterator[list[HostState]] = states) -> list[HostState]:
        return next(states)

    monkeypatch.setattr("monitoring.database_hosts.time.monotonic", clock)
    monkeypatch.setattr("monitoring.database_hosts.read_hosts", read)
    probe = DatabaseHostsProbe(DatabaseSettings())
    clock.now += INTERVAL_SECONDS

    for _ in range(2):
        probe()
        assert probe.hosts == [PRIMARY]
    clock.now += INTERVAL_SECONDS
    probe()

    assert probe.hosts == [STANDBY]
