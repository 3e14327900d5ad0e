"""The tables of workflows in memory, as far as the API reads and changes them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from db.errors import StoreUnavailable
from db.queries.statements import Row, Statements
from db.workflows import planning, sources
from db.workflows.planning import Planner
from db.workflows.requests import Requested, RequestOptions
from db.workflows.sources import Sources
from jobs.gaps import Gap
from jobs.report_presets import PresetDefinition
from jobs.spec import JobSpec
from runtime.errors import InvalidInput
from tests.unit.sensorctl.workflows.rows import AT, event, job, worker, workflow
from workflow_api.resources import WorkflowResources

SOURCE = {
    "kind": "influxdb", "address": "http://influx.example:8086", "secret_name": None,
    "sensors": [{"remote": "temperature,room=attic value", "sensor_id": "attic"}], "unit": "celsius",
    "time_zone": None, "cursor": None,
    "requests_per_minute": 60, "lag_seconds": 0, "options": {"database": "home"},
}  # fmt: skip


class FakeSourceStatements(Statements):
    """Runs the statements of `db.workflows.sources` and of the planner."""

    def __init__(self) -> None:
        self.sources: dict[str, Row] = {}
        self.covered: list[Row] = []
        self.chunks: list[Row] = []
        self.is_down = False

    def rows(self, statement: str, **values: Any) -> list[Row]:
        if self.is_down:
            raise StoreUnavailable("connection refused")
        match statement:
            case sources.LIST:
                return [row for name, row in self.sources.items() if values["name"] in (None, name)]
            case sources.PUT:
                fields = json.loads(values["fields"])
                old = self.sources.get(values["name"], {"cursor": None, "created_by": values["actor"]})
                row = old | fields | {"name": values["name"], "created_at": AT, "changed_at": AT}
                self.sources[values["name"]] = row
                return [row]
            case sources.REMOVE:
                return [self.sources.pop(values["name"])]
            case sources.COVERED:
                return self.covered
        known = {
            planning.CHUNKS: self.chunks,
            planning.KNOWN_SENSORS: [{"sensor_id": "fridge"}],
            planning.KNOWN_PRESETS: [{"name": "2-8"}, {"name": "freezer"}],
        }
        if statement in known:
            return known[statement]
        raise AssertionError(statement)


class FakeRequests:
    """Like `db.workflows.requests.WorkflowRequests`."""

    def __init__(self, rows: dict[UUID, Row], jobs: dict[UUID, list[Row]]) -> None:
        self.rows, self.jobs = rows, jobs
        self.options: list[RequestOptions] = []
        self.changes: list[tuple[str, str, UUID]] = []
        self.answers: list[dict[str, Any]] = []
        self.is_down = False

    def request(
        self, actor: str, kind: str, spec: Mapping[str, Any], jobs: Sequence[JobSpec], options: RequestOptions
    ) -> Requested:
        if self.is_down:
            raise StoreUnavailable("connection lost")
        self.options.append(options)
        for row in self.rows.values():
            if options.idempotency_key and row["idempotency_key"] == options.idempotency_key:
                if row["request_digest"] != options.request_digest:
                    raise InvalidInput("The idempotency key was used before.", "idempotency_key")
                return Requested(row["workflow_id"], created=False)
        workflow_id = uuid4()
        given = {name: value for name, value in options._asdict().items() if name in workflow()}
        self.rows[workflow_id] = workflow(
            workflow_id=workflow_id, kind=kind, spec=dict(spec), requested_by=actor, state="ready", **given
        )
        self.jobs[workflow_id] = [
            job()
            | {
                "job_id": uuid4(),
                "workflow_id": workflow_id,
                "position": number,
                "kind": each.kind,
                "spec": dict(each.spec),
            }
            for number, each in enumerate(jobs)
        ]
        return Requested(workflow_id, created=True)

    def cancel(self, actor: str, workflow_id: UUID) -> Row:
        return self._change("cancel", actor, workflow_id, "cancelling")

    def pause(self, actor: str, workflow_id: UUID) -> Row:
        return self._change("pause", actor, workflow_id, "paused")

    def resume(self, actor: str, workflow_id: UUID) -> Row:
        return self._change("resume", actor, workflow_id, "ready")

    def retry(self, actor: str, workflow_id: UUID) -> Row:
        return self._change("retry", actor, workflow_id, "ready")

    def answer(self, actor: str, workflow_id: UUID, options: Mapping[str, Any]) -> Row:
        self.answers.append(dict(options))
        return self._change("answer", actor, workflow_id, "ready")

    def close(self) -> None: ...

    def _change(self, change: str, actor: str, workflow_id: UUID, state: str) -> Row:
        if workflow_id not in self.rows:
            raise InvalidInput(f"There is no workflow {workflow_id}.", "workflow_id")
        if self.rows[workflow_id]["state"] == "succeeded":
            raise InvalidInput(f"Workflow {workflow_id} has ended already (succeeded).", "state")
        self.changes.append((change, actor, workflow_id))
        self.rows[workflow_id] |= {"state": state}
        return self.rows[workflow_id]


class FakeQueries:
    """Like `db.workflows.queries.WorkflowQueries`."""

    def __init__(self, rows: dict[UUID, Row], jobs: dict[UUID, list[Row]]) -> None:
        self.rows, self._jobs = rows, jobs
        self.happened: list[Row] = [event(1, "claimed", "running", 0), event(2, "progress", None, 1)]

    def read_all(self, most: int, **selection: Any) -> list[Row]:
        states, kinds, before = selection["states"], selection["kinds"], selection["before"]
        newest = list(self.rows.values())[::-1]
        if before:
            ids = [row["workflow_id"] for row in newest]
            newest = newest[ids.index(before) + 1 :]
        return [
            row
            for row in newest
            if (not states or row["state"] in states) and (not kinds or row["kind"] in kinds)
        ][:most]

    def read(self, workflow_id: UUID) -> Row | None:
        return self.rows.get(workflow_id)

    def jobs(
        self, workflow_id: UUID, most: int, *, after: int = -1, states: Sequence[str] | None = None
    ) -> list[Row]:
        found = [row for row in self._jobs[workflow_id] if row["position"] > after]
        return [row for row in found if not states or row["state"] in states][:most]

    def events(self, _workflow_id: UUID, most: int, *, after: int = 0) -> list[Row]:
        return [row for row in self.happened if row["event_id"] > after][:most]

    def find(self, actor: str, key: str) -> Row | None:
        found = (row for row in self.rows.values() if row["idempotency_key"] == key)
        return next((row for row in found if row["requested_by"] == actor), None)

    def workers(self) -> list[Row]:
        return [worker()]


class FakeSchedules:
    """Like `db.workflows.schedules.Schedules`."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    def read_all(self) -> list[Row]:
        return list(self.rows.values())

    def read(self, name: str) -> Row | None:
        return self.rows.get(name)

    def put(self, actor: str, name: str, fields: Mapping[str, Any], next_at: Any) -> Row:
        unset = dict.fromkeys(("fired_at", "outcome", "last_workflow_id", "last_state"))
        self.rows[name] = dict(fields) | unset | {
            "name": name, "next_at": next_at, "created_by": actor, "created_at": AT, "changed_at": AT,
        }  # fmt: skip
        return self.rows[name]

    def remove(self, _actor: str, name: str) -> Row:
        return self.rows.pop(name)


class FakeGaps:
    """Like `db.workflows.gaps.Gaps`, with one gap of an hour."""

    def find_all(self, _now: datetime, *, source: str | None = None, sensor: str | None = None) -> list[Gap]:
        gap = Gap("attic", "attic", AT, AT + timedelta(hours=1))
        return [gap] if source in (None, "attic") and sensor in (None, "attic") else []


REPORT_ID = UUID(int=7)
CONTENT = b"%PDF- a report"


def report_row() -> Row:
    """Return a row of the view `report`."""
    return {
        "report_id": REPORT_ID, "workflow_id": UUID(int=1), "job_id": UUID(int=2), "format": "pdf",
        "name": "report-fridge-2026-10-01.pdf", "title": "Fridge", "period_start": AT, "period_end": AT,
        "sensors": ["fridge"], "summary": {"sensors": []}, "bytes": len(CONTENT), "sha256": "ab",
        "document_sha256": "cd", "requested_by": "key:ann", "made_at": AT,
    }  # fmt: skip


class FakeReports:
    """Like `db.reports.report_store.Reports`, with one report."""

    def __init__(self) -> None:
        self.rows = [report_row()]
        self.presets_by_name: dict[str, Row] = {}
        self.selections: list[dict[str, Any]] = []
        self.deleted: list[tuple[str, UUID]] = []

    def read_all(self, most: int, **selection: Any) -> list[Row]:
        self.selections.append(selection)
        return self.rows[:most]

    def read(self, report_id: UUID) -> Row | None:
        return next((row for row in self.rows if row["report_id"] == report_id), None)

    def parts(self, _report_id: UUID, size: int) -> Iterator[bytes]:
        yield CONTENT[:5]
        yield CONTENT[5:size]

    def delete(self, actor: str, report_id: UUID) -> None:
        self.deleted.append((actor, report_id))

    def presets(self) -> list[Row]:
        return [self.presets_by_name[name] for name in sorted(self.presets_by_name)]

    def preset(self, name: str) -> Row | None:
        return self.presets_by_name.get(name)

    def put_preset(self, actor: str, name: str, definition: PresetDefinition) -> Row:
        fields = {"name": name, "created_by": actor, "created_at": AT, "changed_at": AT}
        self.presets_by_name[name] = definition.model_dump() | fields
        return self.presets_by_name[name]

    def remove_preset(self, _actor: str, name: str) -> Row:
        return self.presets_by_name.pop(name)


class FakeWorkflows:
    """The resources of the API, with the workflow of `rows.workflow` and the source `attic`."""

    def __init__(self) -> None:
        first = workflow()
        rows, jobs = {first["workflow_id"]: first}, {first["workflow_id"]: [job()]}
        self.requests, self.queries = FakeRequests(rows, jobs), FakeQueries(rows, jobs)
        self.schedules, self.statements = FakeSchedules(), FakeSourceStatements()
        self.reports = FakeReports()
        sources_store = Sources(self.statements)
        sources_store.put("key:ann", "attic", SOURCE)
        self.resources = WorkflowResources(
            self.requests,  # type: ignore[arg-type]
            self.queries,  # type: ignore[arg-type]
            Planner(self.statements, lambda: AT),
            self.schedules,  # type: ignore[arg-type]
            sources_store,
            FakeGaps(),  # type: ignore[arg-type]
            self.reports,  # type: ignore[arg-type]
        )
