"""Requests the workflows of schedules whose time has come."""

from collections.abc import Callable
from datetime import datetime

from db.errors import InvalidData, StoreTimeout
from db.queries.statements import Row, Statements
from db.settings import DatabaseSettings
from db.workflows.planning import Planner
from db.workflows.schedules import Schedules
from jobs.schedules import ScheduleDefinition, decide
from jobs.spec import JobSpec
from runtime.errors import InvalidInput
from workflows.telemetry import WorkflowsTelemetry

QUEUED, MOVED = "queued", "moved"


class ReportingStatements(Statements):
    """Reports progress before each statement: a plan of gaps has one for each sensor of a source."""

    def __init__(
        self, settings: DatabaseSettings, progress: Callable[[], None], *, statement_timeout_seconds: float
    ) -> None:
        super().__init__(settings, "schedules", statement_timeout_seconds=statement_timeout_seconds)
        self._progress = progress

    def rows(self, statement: str, **parameters: object) -> list[Row]:
        """Execute a statement, as `Statements` does."""
        self._progress()
        return super().rows(statement, **parameters)


class Scheduler:
    """Fires schedules. Any number of instances may run: each time fires once.

    What is due is decided by the database's clock. The instance that fires first moves the schedule's next
    time, which the others expect to be unmoved; that and the request, with a key for the time, are one
    transaction.
    """

    def __init__(self, schedules: Schedules, planner: Planner, telemetry: WorkflowsTelemetry) -> None:
        self._schedules = schedules
        self._planner = planner
        self._telemetry = telemetry
        self._waiting: dict[str, datetime] = {}
        self._refused: dict[str, tuple[datetime, str]] = {}

    def fire_due(self) -> None:
        """Fire each schedule that is due, once. One that cannot be fired does not keep the others from it.

        Raises:
            StoreTimeout: When a schedule took too long, as a plan of gaps may; it is still due.
            StoreUnavailable: When the database does not answer.
        """
        timeouts: list[StoreTimeout] = []
        for row in self._schedules.due():
            try:
                self._fire(row)
            except (InvalidInput, InvalidData, ValueError) as error:
                self._report_refused(row, str(error))
            except StoreTimeout as error:
                timeouts.append(StoreTimeout(f"schedule {row['name']}: {error}"))
        if timeouts:
            raise timeouts[0]

    def _fire(self, row: Row) -> None:
        fields = {name: row[name] for name in ScheduleDefinition.model_fields}
        firing = decide(
            ScheduleDefinition(**fields), row["next_at"], row["now"], last_ended_at=row["last_ended_at"]
        )
        outcome = self._schedules.fire(
            row["name"],
            expected_next=row["next_at"],
            next_at=firing.next_at,
            due=firing.due,
            kind=row["kind"],
            jobs=self._plan(row) if firing.due else [],
        )
        is_known = outcome == QUEUED and self._waiting.get(row["name"]) == firing.due
        if outcome == QUEUED and firing.due:
            self._waiting[row["name"]] = firing.due
        if outcome != MOVED and not is_known:
            self._telemetry.schedule_fired(row["name"], outcome, firing.due, firing.next_at)

    def _plan(self, row: Row) -> list[JobSpec]:
        """Return the jobs; none if they cannot be planned any more, so that the schedule goes on."""
        try:
            return self._planner.plan(row["kind"], row["spec"]).jobs
        except InvalidInput as error:
            self._report_refused(row, str(error))
            return []

    def _report_refused(self, row: Row, reason: str) -> None:
        """Report it once: a schedule that stays due is refused again every second."""
        refused = row["next_at"], reason
        if self._refused.get(row["name"]) != refused:
            self._refused[row["name"]] = refused
            self._telemetry.schedule_refused(row["name"], reason)
