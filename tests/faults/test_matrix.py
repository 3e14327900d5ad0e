"""The selection of rows."""

import pytest

from tests.faults.__main__ import parse_options
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


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("--short --modes auto", "no selected short form has the mode auto: select from 1, batches, 20"),
        ("--rows 1 --modes 20,auto", "no selected row has the mode 20, auto: select from 1"),
        ("--short --rows 1,5", "rows 5 have no short form: leave out --short, or select from rows 1, 2, 3,"),
        ("--rows 26,1 --cluster", "rows 1 do not run on the cluster: leave out --cluster"),
        ("--rows one", "there is no row 'one': select from 1, 2, 3,"),
        ("--modes auto,batch", "there is no mode 'batch': select from 1, 20, batches, auto"),
        ("--cluster --environment native", "--environment: the rows of the cluster"),
        ("--rows 38 --write", "--write: the rows of a Swarm have no page"),
    ],
)
def test_a_selection_that_cannot_run_is_refused_before_anything_starts(
    arguments: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        parse_options(arguments.split())
    assert refused.value.code == 2
    assert reason in " ".join(capsys.readouterr().err.split())


def test_modes_select_the_runs_of_the_rows_that_have_them() -> None:
    selected = parse_options(["--rows", "1,2", "--modes", "auto, 20"])
    assert [(row.number, mode.key) for row, mode in selected.runs] == [(2, "20"), (2, "auto")]
    assert {mode.key for _, mode in parse_options(["--short"]).runs} == {"1", "20", "batches"}


def test_a_url_of_several_hosts_is_a_url_per_host() -> None:
    assert single_urls("amqp://u:p@a:1,b:2/%2F") == ["amqp://u:p@a:1/%2F", "amqp://u:p@b:2/%2F"]
