"""The kinds of workflows: specs, and the jobs that follow from them."""

from typing import Any

import pytest

from jobs.kinds import plan_jobs
from jobs.spec import JobSpec
from runtime.errors import InvalidInput


def test_a_simulated_workflow_is_one_job_with_every_field_of_its_spec() -> None:
    (job,) = plan_jobs("dummy", {"seconds": 2})

    assert job == JobSpec(
        "dummy",
        {"seconds": 2.0, "steps": 10},
        max_failures=5,
    )


def test_a_number_is_the_name_of_a_source() -> None:
    (job,) = plan_jobs("rest", {"source": 2024})

    assert job.spec["source"] == "2024"


@pytest.mark.parametrize(
    ("kind", "spec", "field", "message"),
    [
        ("dumy", {}, "kind", "there is no kind of workflow dumy; the kinds are dummy, rest, live"),
        ("dummy", {"seconds": -1}, "spec.seconds", "must be at least 0"),
        ("dummy", {"seconds": float("inf")}, "spec.seconds", "must be a finite number"),
        ("dummy", {"steps": 0}, "spec.steps", "must be at least 1"),
        ("rest", {"source": "attic", "from": "2026-01-01T00:00:00Z"}, "spec", "has one of from and to"),
        ("live", {}, "spec.source", "is missing"),
        ("backfill", {"source": "attic", "from": 0, "to": 1}, "kind", "the jobs of a backfill depend on"),
        ("dummy", {"second": 1}, "spec.second", "is not known"),
    ],
)
def test_an_invalid_request_names_the_field_and_what_is_accepted(
    kind: str, spec: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        plan_jobs(kind, spec)

    assert raised.value.field == field
    assert raised.value.message.startswith(message)
