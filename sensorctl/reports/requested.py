"""A report that the reporter makes, because this machine lacks what it takes."""

import time
from contextlib import closing
from uuid import UUID

from db.queries.statements import Statements
from db.reports.report_store import Reports
from jobs.kinds import dump_spec
from jobs.reports import REPORT, ReportFormat, ReportSpec
from jobs.states import ENDED, State
from sensorctl.output import fail, print_message
from sensorctl.settings import OperatorSettings
from sensorctl.workflows.options import planner, reader, require_workflow
from sensorctl.workflows.request import request_plan
from sensorctl.workflows.workers import seen_workers

POLL_INTERVAL_SECONDS = 0.5
START_HINT = (
    "set COMPOSE_PROFILES=reports in .env and run `make up`, or install `typst` here; --format xlsx, csv and "
    "json need neither"
)


def request_file(
    settings: OperatorSettings, spec: ReportSpec, file_format: ReportFormat
) -> tuple[str, bytes]:
    """Request the report as a workflow, wait until it is made, and return its name and its bytes.

    Raises:
        typer.Exit: When no reporter runs, or it failed.
    """
    with reader() as queries:
        if not any(REPORT in worker["kinds"] for worker in seen_workers(queries.workers())):
            fail(f"This machine cannot make a {file_format}, and no reporter runs that could: {START_HINT}.")
    with planner() as plans:
        plan = plans.plan(REPORT, dump_spec(spec))
    workflow_id = request_plan(REPORT, plan).workflow_id
    print_message(
        f"This machine cannot make a {file_format}: the reporter makes it, as workflow {workflow_id}."
    )
    _wait(workflow_id)
    with closing(Statements(settings, "report")) as statements:
        reports = Reports(statements, settings)
        rows = reports.read_all(1, workflow_id=workflow_id)
        content = reports.content(rows[0]["report_id"]) if rows else None
    if content is None:
        fail("The report was deleted meanwhile: request it again.")
    return rows[0]["name"], content


def _wait(workflow_id: UUID) -> None:
    """Wait until a workflow has ended.

    Raises:
        typer.Exit: When it did not succeed.
    """
    with reader() as queries:
        while True:
            row = require_workflow(queries, workflow_id)
            if row["state"] in ENDED:
                break
            time.sleep(POLL_INTERVAL_SECONDS)
    if row["state"] != State.SUCCEEDED:
        fail(f"The workflow {workflow_id} is {row['state']}: {row['error'] or 'it was cancelled'}.")
