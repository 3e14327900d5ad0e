"""Schedules: reading and changing them, and requesting their workflows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from db.queries.statements import Row, Statements
from jobs.spec import JobSpec
from runtime.json_values import dump_json

# Whether a queued time waits for the last workflow shows next_at, which is in the past then.
LIST = """
SELECT schedule.*, last.workflow_id AS last_workflow_id, last.state AS last_state
FROM schedule
LEFT JOIN LATERAL (
    SELECT workflow_id, state FROM workflow WHERE workflow.schedule = schedule.name
    ORDER BY scheduled_for DESC LIMIT 1
) AS last ON true
WHERE CAST(:name AS text) IS NULL OR name = :name
ORDER BY name
"""
DUE = """
SELECT schedule.*, clock_timestamp() AS now, last.ended_at AS last_ended_at
FROM schedule
LEFT JOIN LATERAL (
    SELECT ended_at FROM workflow WHERE workflow.schedule = schedule.name
    ORDER BY scheduled_for DESC LIMIT 1
) AS last ON true
WHERE enabled AND next_at <= clock_timestamp() ORDER BY next_at
"""
PUT = "SELECT * FROM put_schedule(:actor, :name, CAST(:fields AS jsonb), CAST(:next AS timestamptz))"
ENABLE = "SELECT * FROM enable_schedule(:actor, :name, :enable, CAST(:next AS timestamptz))"
REMOVE = "SELECT * FROM remove_schedule(:actor, :name)"
FIRE = """
SELECT fire_schedule(:name, :expected_next, CAST(:next AS timestamptz), CAST(:due AS timestamptz), :kind,
                     CAST(:jobs AS jsonb)) AS outcome
"""


class Schedules:
    """Reads and changes schedules.

    Every method raises StoreUnavailable if the database does not answer in time.
    """

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def read_all(self) -> list[Row]:
        """Return all schedules, each with its last workflow."""
        return self._statements.rows(LIST, name=None)

    def read(self, name: str) -> Row | None:
        """Return a schedule with its last workflow; None if there is no such schedule."""
        return self._statements.first(LIST, name=name)

    def due(self) -> list[Row]:
        """Return the enabled schedules whose next time has come.

        Each has the database's time as `now`, and when its last workflow ended as `last_ended_at`.
        """
        return self._statements.rows(DUE)

    def put(self, actor: str, name: str, fields: Mapping[str, Any], next_at: datetime | None) -> Row:
        """Create a schedule, or change the fields that are given, and return it."""
        [row] = self._statements.rows(
            PUT, actor=actor, name=name, fields=dump_json(dict(fields)), next=next_at
        )
        return row

    def enable(self, actor: str, name: str, *, enable: bool, next_at: datetime | None) -> Row:
        """Enable a schedule from its next time on, or disable it, and return it.

        Raises:
            InvalidInput: When there is no such schedule (`name`).
        """
        return self._statements.rows(ENABLE, actor=actor, name=name, enable=enable, next=next_at)[0]

    def remove(self, actor: str, name: str) -> Row:
        """Remove a schedule, and return what it was.

        Raises:
            InvalidInput: When there is no such schedule (`name`).
        """
        return self._statements.rows(REMOVE, actor=actor, name=name)[0]

    def fire(
        self,
        name: str,
        *,
        expected_next: datetime,
        next_at: datetime | None,
        due: datetime | None,
        kind: str,
        jobs: Sequence[JobSpec],
    ) -> str:
        """Request the workflow of a schedule that is due, once, and set its next time.

        `due` None passes a time that was missed. Return `fired`, `replaced`, `skipped`, `nothing`, `queued`
        or `moved`, as the function fire_schedule explains them.
        """
        [row] = self._statements.rows(
            FIRE,
            name=name,
            expected_next=expected_next,
            next=next_at,
            due=due,
            kind=kind,
            jobs=dump_json([job._asdict() for job in jobs]),
        )
        return str(row["outcome"])
