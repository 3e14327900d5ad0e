"""All workers share the rate at which a source may be requested."""

from collections.abc import Iterator

import pytest

from db.queries.statements import Statements
from db.roles import AccessLevel
from db.workflows.sources import Sources
from tests.database import Database, Roles


@pytest.fixture
def workers(database: Database, roles: Roles) -> Iterator[list[Sources]]:
    """Return what two workers use; the sources `slow` and `fast` are defined."""
    manager = Statements(database.settings_as(roles[AccessLevel.MANAGER]), "test manager")
    for name, rate in (("slow", 6), ("fast", 60)):
        Sources(manager).put("test", name, {"kind": "influxdb", "requests_per_minute": rate})
    settings = database.settings_as(roles[AccessLevel.WORKER])
    statements = [manager, *(Statements(settings, f"test worker {number}") for number in range(2))]
    yield [Sources(each) for each in statements[1:]]
    for each in statements:
        each.close()


def test_ten_seconds_of_requests_are_sent_at_once_and_then_in_turn(workers: list[Sources]) -> None:
    at_once = [workers[number % 2].reserve_request("fast") for number in range(10)]
    waits = [workers[number % 2].reserve_request("fast") for number in range(4)]

    assert at_once == [0] * 10
    # The time that has passed meanwhile has filled the bucket a little.
    assert [wait + 1 for wait in waits[:-1]] == pytest.approx(waits[1:], abs=0.5)


def test_a_rate_below_one_in_ten_seconds_has_no_burst(workers: list[Sources]) -> None:
    first, second = workers[0].reserve_request("slow"), workers[1].reserve_request("slow")

    assert first == 0
    assert second == pytest.approx(10, abs=1)


def test_a_source_that_requires_a_wait_gets_no_request_from_any_worker(workers: list[Sources]) -> None:
    workers[0].defer_requests("fast", 120)
    workers[0].defer_requests("fast", 30)

    assert workers[1].reserve_request("fast") == pytest.approx(120, abs=5)
    assert workers[1].reserve_request("slow") == 0


def test_a_source_that_was_removed_is_not_waited_for(workers: list[Sources]) -> None:
    workers[0].defer_requests("gone", 120)

    assert workers[0].reserve_request("gone") == 0
