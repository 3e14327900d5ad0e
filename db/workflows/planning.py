"""Plans the jobs of workflows, also of those that depend on what was read of a source before."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from db.queries.statements import Statements
from db.workflows.gaps import Gaps
from db.workflows.sources import Sources
from jobs.backfills import (
    BackfillPlan,
    BackfillSpec,
    SourceHistory,
    backfill_jobs,
    plan_backfill,
    plan_gaps,
)
from jobs.gaps import GapsSpec
from jobs.kinds import BACKFILL, GAPS, dump_spec, parse_spec, plan_jobs
from jobs.reports import REPORT
from jobs.source_kinds import KINDS as SOURCE_KINDS
from jobs.source_kinds import SourceKind
from jobs.spans import Span, intersection
from jobs.spec import JobSpec
from jobs.states import State
from readings.ids import sensor_id_forms
from runtime.errors import InvalidInput
from runtime.text import quote_name

# The chunks of a source that jobs have still to fetch, or could not fetch.
CHUNKS = """
SELECT state, spec ->> 'from' AS start, spec ->> 'to' AS end
FROM job
WHERE kind = 'rest' AND spec ->> 'source' = :source AND spec ->> 'from' IS NOT NULL
  AND state NOT IN ('succeeded', 'cancelled')
"""
KNOWN_SENSORS = "SELECT sensor_id FROM sensor_settings WHERE sensor_id = ANY(:sensors)"
KNOWN_PRESETS = "SELECT name FROM report_preset ORDER BY name"


class Plan(NamedTuple):
    """The checked spec of a workflow with every field, and its jobs in order; there may be none to do."""

    spec: dict[str, Any]
    jobs: list[JobSpec]
    max_running: int | None = None
    backfill: BackfillPlan | None = None


class Planner:
    """Plans workflows for the API, the command line and schedules.

    Every method raises StoreUnavailable if the database does not answer in time.
    """

    def __init__(
        self, statements: Statements, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._statements = statements
        self._sources = Sources(statements)
        self._gaps = Gaps(statements)
        self._clock = clock

    def check(self, kind: str, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Return the spec with every field.

        Raises:
            InvalidInput: There is no such kind, source, sensor or preset, or a field of the spec is refused.
        """
        checked = dump_spec(parse_spec(kind, spec))
        source = checked.get("source")
        if source is not None and self._sources.read(source) is None:
            raise InvalidInput(
                f"there is no source {quote_name(source)}: define it first, or see `sensorctl source list`",
                "spec.source",
            )
        if kind == REPORT:
            self._check_report(checked)
        return checked

    def plan(self, kind: str, spec: Mapping[str, Any]) -> Plan:
        """Return the plan of a workflow.

        Raises:
            InvalidInput: There is no such kind or source, or a field of the spec is refused.
        """
        checked = self.check(kind, spec)
        if kind == BACKFILL:
            return self._plan_backfill(checked)
        if kind == GAPS:
            return self._plan_gaps(checked)
        return Plan(checked, plan_jobs(kind, checked))

    def history(self, source: str) -> SourceHistory:
        """Return what was fetched of a source, and what jobs have still to fetch or could not fetch."""
        active: list[Span] = []
        failed: list[Span] = []
        for row in self._statements.rows(CHUNKS, source=source):
            span = Span(datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]))
            (failed if row["state"] == State.FAILED else active).append(span)
        covered = [Span(start, end) for start, end in self._sources.covered(source)]
        return SourceHistory(covered, active, failed)

    def _check_report(self, checked: dict[str, Any]) -> None:
        sensors = checked.get("sensors", [])
        rows = self._statements.rows(KNOWN_SENSORS, sensors=sensor_id_forms(sensors)) if sensors else []
        known = {row["sensor_id"] for row in rows}
        for sensor in sensors:
            if known.isdisjoint(sensor_id_forms([sensor])):
                raise InvalidInput(
                    f"there is no sensor {quote_name(sensor)}: see `sensorctl sensor list --all`",
                    "spec.sensors",
                )
        preset = checked.get("preset")
        presets = [row["name"] for row in self._statements.rows(KNOWN_PRESETS)] if preset else []
        if preset and preset not in presets:
            raise InvalidInput(
                f"there is no preset {quote_name(preset)}; the presets are {', '.join(presets)}",
                "spec.preset",
            )

    def _plan_backfill(self, checked: dict[str, Any]) -> Plan:
        spec = BackfillSpec.model_validate(checked)
        plan = plan_backfill(spec, self.history(spec.source), self._clock())
        jobs = backfill_jobs(spec.source, plan.chunks, revise=spec.revise)
        return Plan(checked, jobs, spec.max_running, plan)

    def _plan_gaps(self, checked: dict[str, Any]) -> Plan:
        """Plan the jobs that fetch exactly what is missing; there are none if nothing is.

        Raises:
            InvalidInput: The source keeps no history, or the chunks are too short.
        """
        spec = GapsSpec.model_validate(checked)
        source = self._sources.read(spec.source)
        assert source is not None  # checked
        if not SOURCE_KINDS[SourceKind(source["kind"])].has_history:
            raise InvalidInput(
                f"{quote_name(spec.source)} is of the kind {source['kind']}, which keeps no history: its "
                "gaps cannot be fetched",
                "spec.source",
            )
        found = self._gaps.find(
            source, self._clock(), start=spec.start, end=spec.end, min_length=spec.min_length
        )
        gaps = [Span(gap.start, gap.end) for gap in found]
        history = self.history(spec.source)
        chunks = plan_gaps(gaps, history, spec.chunk, newest_first=spec.newest_first)
        active = intersection(gaps, history.active)
        plan = BackfillPlan(chunks, covered=[], active=active, failed=[])
        return Plan(checked, backfill_jobs(spec.source, chunks), spec.max_running, plan)
