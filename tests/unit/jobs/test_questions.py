"""The answers to the questions of jobs."""

from typing import Any

import pytest

from jobs.questions import find_asking, resolve_answer
from runtime.errors import InvalidInput

OFFERED = [{"label": name, "options": {"sensor": name}} for name in ("hall", "attic")]
JOB: dict[str, Any] = {
    "kind": "test", "state": "paused", "spec": {}, "question": {"question": "Which?", "options": OFFERED},
}  # fmt: skip


def test_only_a_paused_job_with_a_question_asks() -> None:
    others = [JOB | {"question": None}, JOB | {"state": "succeeded"}]

    assert find_asking([*others, JOB]) is JOB
    assert find_asking(others) is None


@pytest.mark.parametrize(
    ("number", "options", "answer"),
    [
        (2, {}, {"sensor": "attic"}),
        (None, {"sensor": "cellar"}, {"sensor": "cellar"}),
        (1, {"unit": "kelvin"}, {"sensor": "hall", "unit": "kelvin"}),
    ],
)
def test_an_answer_is_an_option_of_the_question_or_options_by_name(
    number: int | None, options: dict[str, str], answer: dict[str, str]
) -> None:
    assert resolve_answer(JOB, number, options) == answer


@pytest.mark.parametrize(
    ("job", "number", "message"),
    [
        (JOB, 3, "there is no option 3; the options are 1 to 2"),
        (JOB | {"question": {"question": "?"}}, 1, "the question has no numbered options"),
        (JOB, None, "an answer is the number of an option"),
        (JOB | {"kind": "dummy"}, 1, "options"),
    ],
)
def test_another_answer_is_refused(job: dict[str, Any], number: int | None, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        resolve_answer(job, number, {})

    assert message in f"{refused.value.field} {refused.value.message}"
