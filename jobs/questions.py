"""What a job asks, and the answers: options that are added to those of its spec."""

from collections.abc import Iterable, Mapping
from typing import Any

from jobs.kinds import WORKFLOW_KINDS, parse_spec
from jobs.states import State
from readings.files.option_values import EXTENDED_OPTIONS
from runtime.errors import InvalidInput

Row = Mapping[str, Any]


def find_asking(jobs: Iterable[Row]) -> Row | None:
    """Return the first job that waits for an answer; None if none does."""
    return next((job for job in jobs if job["question"] and job["state"] == State.PAUSED), None)


def require_asking(workflow: Row, jobs: Iterable[Row]) -> Row:
    """Return the job of a workflow that waits for an answer.

    Raises:
        InvalidInput: When none does.
    """
    job = find_asking(jobs)
    if job is None:
        identity, state = workflow["workflow_id"], workflow["state"]
        raise InvalidInput(
            f"Workflow {identity} is {state}, and asks nothing: there is nothing to answer.", "state"
        )
    return job


def resolve_answer(job: Row, number: int | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of an answer: those of the question's option with a number from 1, and others.

    Raises:
        InvalidInput: When there is no such option (`option`), none is given, or the job's kind refuses it.
    """
    offered = job["question"].get("options", [])
    if number is not None and not 1 <= number <= len(offered):
        known = f"the options are 1 to {len(offered)}" if offered else "the question has no numbered options"
        raise InvalidInput(f"there is no option {number}; {known}", "option")
    selected = dict(offered[number - 1]["options"]) if number is not None else {}
    answer = selected | dict(options)
    earlier = job["spec"].get("options") or {}
    for name in EXTENDED_OPTIONS:
        if isinstance(answer.get(name), list):
            answer[name] = [*earlier.get(name, []), *answer[name]]
    if not answer:
        raise InvalidInput("an answer is the number of an option, or options with their values", "options")
    if job["kind"] in WORKFLOW_KINDS:
        spec = dict(job["spec"])
        parse_spec(job["kind"], spec | {"options": dict(spec.get("options") or {}) | answer})
    return answer
