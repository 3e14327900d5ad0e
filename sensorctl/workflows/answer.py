"""`sensorctl workflow answer`: the question of a workflow, and the answer to it."""

from typing import Annotated, Any

import typer

from jobs.questions import require_asking, resolve_answer
from jobs.states import State
from sensorctl.actor import current_actor
from sensorctl.output import JsonOption, show_json
from sensorctl.questions import answer_hint, show_question
from sensorctl.workflows.options import (
    WorkflowId,
    merge_spec,
    parse_assignment,
    reader,
    requester,
    require_workflow,
)

MAX_JOBS = 10_000
Number = Annotated[int | None, typer.Argument(metavar="[N]", min=1, help="The number of an option.")]
Options = Annotated[
    list[Any] | None,
    typer.Option(
        "--option",
        parser=parse_assignment,
        metavar="NAME=VALUE",
        help="An option by its name, such as sensor=hall. Repeatable.",
    ),
]


def answer(
    workflow_id: WorkflowId, number: Number = None, options: Options = None, as_json: JsonOption = False
) -> None:
    """Answer the question of a workflow, which then continues; without an answer, show the question."""
    with reader() as queries:
        row = require_workflow(queries, workflow_id)
        job = require_asking(row, queries.jobs(workflow_id, MAX_JOBS, states=[State.PAUSED]))
    if number is None and not options:
        if as_json:
            show_json(job["question"])
        else:
            show_question(job["question"])
            print(answer_hint(workflow_id, job["question"]))
        return
    answered = resolve_answer(job, number, merge_spec({}, options))
    with requester() as requests:
        changed = requests.answer(current_actor(), workflow_id, answered)
    if as_json:
        show_json(changed)
    else:
        print(f"Answered: the workflow {workflow_id} is {changed['state']}.")
