"""`sensorctl backfill`: fetch the history of a source in chunks, or exactly what is missing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from db.workflows.planning import Plan
from jobs.backfills import Again
from jobs.kinds import BACKFILL, GAPS
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
    gaps: Annotated[
        bool, typer.Option("--gaps", help="Exactly what is missing, as `sensorctl gaps` shows it.")
    ] = False,
    min_length: Annotated[
        timedelta | None,
        typer.Option(parser=parse_length, metavar="LENGTH", help="With --gaps: only those that are so long."),
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
        Again | None,
        typer.Option(help="What is fetched again: none (if unset), failed, or also what was completed."),
    ] = None,
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
    kind = GAPS if gaps else BACKFILL
    given = {
        "source": source,
        # Two ages have each its own present: without its fraction, their distance is a whole length.
        "from": start and start.replace(microsecond=0),
        "to": None if gaps and not end else (end or datetime.now(UTC)).replace(microsecond=0),
        "chunk": chunk,
        "min_length": min_length,
        "newest_first": newest_first,
        "again": again,
        "max_running": max_running,
        "revise": revise or None,
    }
    _check_options(given, gaps=gaps)
    with planner() as plans:
        plan = plans.plan(kind, {name: value for name, value in given.items() if value is not None})
    if dry_run or not plan.jobs:
        _show(plan, as_json=as_json)
        return
    if not as_json:
        print_message(describe_plan(plan))
    report_request(request_plan(kind, plan), follows=follow, as_json=as_json)


def _check_options(given: Mapping[str, Any], *, gaps: bool) -> None:
    """Refuse options that have no meaning together.

    Raises:
        InvalidInput: When there are such.
    """
    if gaps:
        for name in ("again", "revise"):
            if given[name]:
                raise InvalidInput("has no meaning with --gaps, which fetches what is missing", f"--{name}")
    elif given["min_length"]:
        raise InvalidInput("has a meaning with --gaps only", "--min-length")
    elif given["from"] is None:
        message = "is missing: give the time from which on to fetch, such as 365d, or --gaps"
        raise InvalidInput(message, "--from")


def _show(plan: Plan, *, as_json: bool) -> None:
    """Show what would be fetched; nothing is requested."""
    if as_json:
        show_json(plan_to_json(plan))
        return
    if plan.jobs:
        show(plan_table(plan))
    print_message(f"{describe_plan(plan)} Nothing was requested.")
