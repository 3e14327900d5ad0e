"""The selection of rows."""

import pytest

from tests.faults.load import single_urls
from tests.faults.matrix import SCENARIOS, select_scenarios


def test_a_run_without_rows_is_of_one_stack() -> None:
    single = select_scenarios(None, short=False)
    clustered = select_scenarios(None, short=False, on_cluster=True)

    assert {scenario.on_cluster for scenario in single} == {False}
    assert {scenario.on_cluster for scenario in clustered} == {True}
    in_swarm = [scenario for scenario in SCENARIOS if scenario.on_swarm]
    assert len([*single, *clustered, *in_swarm]) == len(SCENARIOS) == len({row.number for row in SCENARIOS})


def test_rows_of_both_stacks_are_refused() -> None:
    with pytest.raises(ValueError, match=r"rows 26, 30 run on the cluster and the others do not"):
        select_scenarios(frozenset({1, 26, 30}), short=False)
    with pytest.raises(ValueError, match=r"rows 38 run in a Swarm and the others do not"):
        select_scenarios(frozenset({1, 38}), short=False)


def test_a_url_of_several_hosts_is_a_url_per_host() -> None:
    assert single_urls("amqp://u:p@a:1,b:2/%2F") == ["amqp://u:p@a:1/%2F", "amqp://u:p@b:2/%2F"]
