"""`sensorctl backfill`: fetch the history of a source in chunks, or exactly what is missing."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from db.workflows.planning import Plan
from jobs.backfills import Again
from jobs.kinds import BACKFILL
from runtime.errors import InvalidInput
from sensorctl.output import print_message, show, show_json
from sensorctl.time_options import parse_length, parse_time_or_age
from sensorctl.workflows.backfill_views import describe_plan, plan_table, plan_to_json
from sensorctl.workflows.options import Follow, JsonLinesOption, planner
from sensorctl.workflows.request import report_request, request_plan
from sensorctl.workflows.source_options import Name


def backfill(
    source: Name,
    start: Annotated[
        datetime | None,
        typer.Option(
            "--from", parser=parse_time_or_age, metavar="TIME", help="From this time on, such as 365d."
        ),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", parser=parse_time_or_age, metavar="TIME", help="To before it; now if unset."),
    ] = None,
    chunk: Annotated[
        timedelta | None,
        typer.Option(
            parser=parse_length, metavar="LENGTH", help="Length of a chunk, which is one job: 7d if unset."
        ),
    ] = None,
    newest_first: Annotated[
        bool, typer.Option("--newest-first", help="Start with the newest chunk.")
    ] = False,
    again: Annotated[
        Again,
        typer.Option(help="What is fetched again: none, what failed, or also what was fetched completely."),
    ] = "none",
    max_running: Annotated[
        int | None, typer.Option(min=1, max=1000, help="How many chunks at the same time; all if unset.")
    ] = None,
    revise: Annotated[
        bool, typer.Option("--revise", help="A newer value replaces a stored one that differs.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the chunks, and request nothing.")] = False,
    follow: Follow = False,
    as_json: JsonLinesOption = False,
) -> None:
    """Fetch the history of a source in chunks, without what was fetched before.

    Each chunk is done once all of its readings are confirmed, and another backfill leaves it out. Readings
    are marked with the ID of the workflow: `sensorctl import undo` removes them.

    Raises:
        InvalidInput: When the options contradict each other, or there is no such source.
        typer.Exit: When it is followed, and does not succeed.
    """
    given = {
        "source": source,
        "from": start,
        "to": end or datetime.now(UTC),
        "chunk": chunk,
        "newest_first": newest_first,
        "again": again,
        "max_running": max_running,
        "revise": revise,
    }
    if start is None:
        raise InvalidInput("is missing: give the time from which on to fetch, such as 365d", "--from")
    with planner() as plans:
        plan = plans.plan(BACKFILL, {name: value for name, value in given.items() if value is not None})
    if dry_run or not plan.jobs:
        _show(plan, as_json=as_json)
        return
    if not as_json:
        print_message(describe_plan(plan))
    report_request(request_plan(BACKFILL, plan), follows=follow, as_json=as_json)


def _show(plan: Plan, *, as_json: bool) -> None:
    """Show what would be fetched; nothing is requested."""
    if as_json:
        show_json(plan_to_json(plan))
        return
    if plan.jobs:
        show(plan_table(plan))
    print_message(f"{describe_plan(plan)} Nothing was requested.")
