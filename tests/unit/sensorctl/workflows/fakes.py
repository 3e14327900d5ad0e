"""Workflows in memory, as the commands read and change them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from db.queries.statements import Statements
from db.workflows import planning
from db.workflows.gaps import PRESENT, RETAINED, Gaps
from db.workflows.planning import Planner
from db.workflows.requests import Requested, RequestOptions
from db.workflows.sources import COVERED, Sources
from runtime.errors import InvalidInput
from sensorctl.workflows import (
    answer,
    backfill,
    commands,
    connectivity,
    dummy,
    gaps,
    options,
    request,
    schedules,
    sources,
)
from tests.unit.sensorctl.workflows.rows import AT, WORKFLOW_ID, job, workflow

ACTOR = "sensorctl:ann"


class FakeWorkflows:
    """One workflow, whose states and events come from lists, and what was requested or changed."""

    def __init__(self) -> None:
        self.rows = [workflow()]
        self.jobs_read = [job()]
        self.batches: list[list[dict[str, Any]]] = []
        self.workers_read: list[dict[str, Any]] = []
        self.requests: list[tuple[Any, ...]] = []
        self.changes: list[tuple[str, str, UUID]] = []
        self.selections: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []

    def read_all(self, most: int, **selection: Any) -> list[dict[str, Any]]:
        self.selections.append(selection | {"most": most})
        return self.rows

    def read(self, workflow_id: UUID) -> dict[str, Any] | None:
        if workflow_id != WORKFLOW_ID:
            return None
        return self.rows.pop(0) if len(self.rows) > 1 else self.rows[0]

    def jobs(self, _: UUID, most: int, **selection: Any) -> list[dict[str, Any]]:
        self.selections.append(selection)
        return self.jobs_read[:most]

    def events(self, _: UUID, most: int, *, after: int = 0) -> list[dict[str, Any]]:
        events = self.batches.pop(0) if self.batches else []
        return [event for event in events if event["event_id"] > after][:most]

    def workers(self) -> list[dict[str, Any]]:
        return self.workers_read

    def request(
        self,
        actor: str,
        kind: str,
        spec: Mapping[str, Any],
        jobs: Sequence[Any],
        options: RequestOptions,
    ) -> Requested:
        self.requests.append((actor, kind, dict(spec), list(jobs), options))
        return Requested(WORKFLOW_ID, created=len(self.requests) == 1)

    def change(self, name: str, actor: str, workflow_id: UUID) -> dict[str, Any]:
        if workflow_id != WORKFLOW_ID:
            raise InvalidInput(f"There is no workflow {workflow_id}.", "workflow_id")
        self.changes.append((name, actor, workflow_id))
        return self.rows[0]

    def answer(self, actor: str, workflow_id: UUID, options: Mapping[str, Any]) -> dict[str, Any]:
        self.answers.append(dict(options))
        return self.change("answer", actor, workflow_id)

    def __getattr__(self, name: str) -> Any:
        return lambda actor, workflow_id: self.change(name, actor, workflow_id)


ATTIC = {
    "name": "attic", "kind": "influxdb", "lag_seconds": 0.0,
    "sensors": [{"remote": "temperature value", "sensor_id": "attic"}],
}  # fmt: skip


class FakeHistory(Statements):
    """What the database knows of the source `attic`: which periods were fetched, and the chunks of jobs."""

    def __init__(self) -> None:
        self.covered: list[dict[str, Any]] = []
        self.chunks: list[dict[str, Any]] = []
        self.present: list[dict[str, Any]] = [{"tolerance": timedelta(hours=1), "start": None, "end": None}]

    def rows(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        if statement == planning.CHUNKS:
            return self.chunks
        if statement in (COVERED, PRESENT, RETAINED):
            return {COVERED: self.covered, PRESENT: self.present, RETAINED: [{"since": None}]}[statement]
        return [ATTIC] if parameters["name"] in (None, "attic") else []


@pytest.fixture
def history(monkeypatch: pytest.MonkeyPatch) -> FakeHistory:
    """Return the history of the source `attic`, from which workflows are planned."""
    fake = FakeHistory()

    @contextmanager
    def opened() -> Iterator[Planner]:
        yield Planner(cast("Statements", fake), clock=lambda: AT)

    @contextmanager
    def read() -> Iterator[tuple[Sources, Gaps]]:
        statements = cast("Statements", fake)
        yield Sources(statements), Gaps(statements)

    for module in (backfill, request, schedules):
        monkeypatch.setattr(module, "planner", opened)
    monkeypatch.setattr(gaps, "reader", read)
    return fake


@pytest.fixture
def workflows(monkeypatch: pytest.MonkeyPatch) -> FakeWorkflows:
    """Return workflows in memory, which the commands use."""
    fake = FakeWorkflows()

    @contextmanager
    def opened() -> Iterator[FakeWorkflows]:
        yield fake

    for module in (answer, commands, connectivity, dummy, options, request):
        for name in ("reader", "requester"):
            monkeypatch.setattr(module, name, opened, raising=False)
    monkeypatch.setattr(sources, "workflow_reader", opened)
    for module in (answer, commands, request):
        monkeypatch.setattr(module, "current_actor", lambda: ACTOR)
    return fake
