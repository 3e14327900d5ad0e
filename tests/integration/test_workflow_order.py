"""The order in which jobs are claimed."""

import pytest

from tests.database import Database
from tests.integration.workflow_rows import Workflows


@pytest.mark.parametrize("how", ["lost", "released"])
def test_a_job_that_was_interrupted_does_not_wait_behind_all_others(
    workflows: Workflows, database: Database, how: str
) -> None:
    # given three jobs that were requested a while ago
    workflows.request(3)
    database.query("UPDATE job SET available_at = clock_timestamp() - interval '1 hour'")
    first = workflows.claim("one")
    # when
    if how == "lost":
        workflows.expire(first.job_id)
    else:
        assert workflows.store.release(first.job_id, first.attempt, "shutdown")
    # then
    again = workflows.claim("two")
    assert (again.job_id, again.attempt) == (first.job_id, 2)
    assert workflows.claim("three").job_id != first.job_id
