"""`sensorctl workflow answer`: the question of a workflow, and the answer to it."""

import pytest

from tests.unit.fakes import RunCommand
from tests.unit.sensorctl.workflows.fakes import FakeWorkflows
from tests.unit.sensorctl.workflows.rows import WORKFLOW_ID, job, workflow

ID = str(WORKFLOW_ID)
READING = {"sensor_id": "hall", "measured_at": "2026-03-02T09:00:00Z", "temperature": 4.5}
QUESTION = {
    "question": "Is 02/03/2026 the second of March?",
    "options": [
        {"label": "day first", "options": {"time_format": "%d/%m/%Y"}, "readings": [READING]},
        {"label": "month first", "options": {"time_format": "%m/%d/%Y"}, "readings": []},
    ],
}


@pytest.fixture
def asking(workflows: FakeWorkflows) -> FakeWorkflows:
    workflows.rows = [workflow(state="paused")]
    workflows.jobs_read = [job(kind="test", state="paused", question=QUESTION, spec={})]
    return workflows


@pytest.mark.parametrize("command", ["show", "answer"])
def test_a_question_is_shown_with_its_options(
    sensorctl: RunCommand, asking: FakeWorkflows, command: str
) -> None:
    code, out, err = sensorctl("workflow", command, ID)

    assert code == 0
    for text in ("Is 02/03/2026 the second of March?", "day first", "time_format=%d/%m/%Y", "4.5 °C"):
        assert text in out
    assert f"To answer: sensorctl workflow answer {ID} N, or --option NAME=VALUE." in out + err
    assert asking.answers == []


@pytest.mark.parametrize("command", ["show", "answer"])
def test_a_question_without_numbered_options_is_answered_by_an_option(
    sensorctl: RunCommand, asking: FakeWorkflows, command: str
) -> None:
    question = {"question": "Which sensor is it? (the answer is the option sensors)", "options": []}
    asking.jobs_read = [job(kind="test", state="paused", question=question, spec={})]

    code, out, err = sensorctl("workflow", command, ID)

    assert code == 0
    assert f"To answer: sensorctl workflow answer {ID} --option NAME=VALUE." in out + err


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["2"], {"time_format": "%m/%d/%Y"}),
        (["--option", "sensor=17", "--option", "unit=kelvin"], {"sensor": 17, "unit": "kelvin"}),
    ],
)
@pytest.mark.parametrize("command", ["workflow", "report"])
def test_an_answer_is_given(
    sensorctl: RunCommand,
    asking: FakeWorkflows,
    arguments: list[str],
    answer: dict[str, object],
    command: str,
) -> None:
    code, out, _ = sensorctl(command, "answer", ID, *arguments)

    assert (code, asking.answers) == (0, [answer])
    assert out == f"Answered: the workflow {ID} is paused.\n"


def test_a_workflow_that_asks_nothing_cannot_be_answered(
    sensorctl: RunCommand, workflows: FakeWorkflows
) -> None:
    code, _, err = sensorctl("workflow", "answer", ID, "1")

    assert code != 0
    assert "asks nothing: there is nothing to answer" in err
    assert workflows.answers == []
