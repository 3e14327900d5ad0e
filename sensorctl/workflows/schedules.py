"""`sensorctl schedule`: request workflows at given times."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError

from db.queries.statements import Statements
from db.workflows.schedules import Schedules
from jobs.schedules import CatchUp, Overlap, ScheduleDefinition, first_time, next_time
from runtime.errors import InvalidInput
from runtime.text import escape_unprintable
from runtime.validation_messages import to_invalid_input
from sensorctl.actor import current_actor
from sensorctl.output import JsonOption, fail, print_message, show, show_json
from sensorctl.settings import discover_manager_settings, discover_settings
from sensorctl.time_options import parse_time_or_age
from sensorctl.workflows.options import NAME, Assignments, Kind, Spec, merge_spec, planner
from sensorctl.workflows.schedule_views import describe_time, next_table, schedule_table

app = typer.Typer(help="Request workflows at given times.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="SCHEDULE", help="The name of the schedule.")]
MAX_TIMES = 1_000
SET_HINT = "`sensorctl schedule set nightly rest --cron '0 3 * * *' --set source=NAME`"


@contextmanager
def reader() -> Iterator[Schedules]:
    """Open what reads schedules."""
    with closing(Statements(discover_settings(), NAME)) as statements:
        yield Schedules(statements)


@contextmanager
def manager() -> Iterator[Schedules]:
    """Open what changes schedules."""
    with closing(Statements(discover_manager_settings(), NAME)) as statements:
        yield Schedules(statements)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Show the schedules, and when each is next."""
    with reader() as schedules:
        rows = schedules.read_all()
    if as_json:
        show_json(rows)
    elif rows:
        show(schedule_table(rows))
    else:
        print(f"No schedules. {SET_HINT} sets one.")


@app.command("set")
def set_schedule(
    name: Name,
    kind: Kind,
    cron: Annotated[
        str,
        typer.Option(metavar="CRON", help="When: minute, hour, day, month and weekday, such as '0 3 * * *'."),
    ],
    spec: Spec = None,
    assignments: Assignments = None,
    time_zone: Annotated[str, typer.Option(metavar="ZONE", help="Time zone of the times.")] = "UTC",
    overlap: Annotated[
        Overlap,
        typer.Option(help="A time that comes before the last workflow has ended: skip, queue or replace."),
    ] = "skip",
    catch_up: Annotated[
        CatchUp, typer.Option(help="Which of the times that were missed, as in an outage, are made up for.")
    ] = "last",
    as_json: JsonOption = False,
) -> None:
    """Set a schedule, in place of one of the same name: a workflow of a kind at each time."""
    definition = define_schedule(
        kind=kind,
        spec=merge_spec(spec, assignments),
        cron=cron,
        time_zone=time_zone,
        overlap=overlap,
        catch_up=catch_up,
    )
    store_schedule(name, definition, as_json=as_json)


@app.command("next")
def show_next(
    name: Name,
    count: Annotated[int, typer.Option(min=1, max=MAX_TIMES, help="How many times.")] = 5,
    since: Annotated[
        datetime | None,
        typer.Option("--since", parser=parse_time_or_age, metavar="TIME", help="After it; else now."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the coming times of a schedule with their offsets, also across changes of the clocks."""
    with reader() as schedules:
        row = schedules.read(name)
    if row is None:
        fail(escape_unprintable(f"There is no schedule {name}: see `sensorctl schedule list`."))
    now = datetime.now(UTC)
    times = list(coming_times(row["cron"], row["time_zone"], since or now, count))
    if as_json:
        show_json(times)
        return
    if times:
        show(next_table(name, times, now))
    else:
        print("It has no time within 50 years.")
    if not row["enabled"]:
        print_message(f"It is disabled: `sensorctl schedule enable {name}` enables it.")


@app.command()
def remove(name: Name, as_json: JsonOption = False) -> None:
    """Remove a schedule; the workflows that it requested remain."""
    with manager() as schedules:
        row = schedules.remove(current_actor(), name)
    if as_json:
        show_json(row)
    else:
        print(escape_unprintable(f"Removed the schedule {name}."))


@app.command()
def enable(name: Name, as_json: JsonOption = False) -> None:
    """Enable a schedule, from its next time on."""
    _enable(name, is_enabled=True, as_json=as_json)


@app.command()
def disable(name: Name, as_json: JsonOption = False) -> None:
    """Disable a schedule; it requests nothing until it is enabled again."""
    _enable(name, is_enabled=False, as_json=as_json)


def define_schedule(**fields: Any) -> ScheduleDefinition:
    """Return the definition of a schedule, with every field of its spec.

    Raises:
        InvalidInput: When a field, or the spec for this kind, is refused, or there is no such source.
    """
    try:
        definition = ScheduleDefinition(**fields)
    except ValidationError as error:
        invalid = to_invalid_input(error)
        raise InvalidInput(invalid.message, invalid.field) from None
    with planner() as plans:
        spec = plans.check(definition.kind, definition.spec)
    return definition.model_copy(update={"spec": spec})


def store_schedule(name: str, definition: ScheduleDefinition, *, as_json: bool) -> None:
    """Set a schedule from its first time on, and show it.

    Raises:
        InvalidInput: When it never occurs.
    """
    first = first_time(definition.cron, definition.time_zone, datetime.now(UTC))
    with manager() as schedules:
        row = schedules.put(current_actor(), name, definition.model_dump(mode="json"), first)
    if as_json:
        show_json(row)
    else:
        next_time_text = describe_time(first, definition.time_zone)
        print(escape_unprintable(f"Set the schedule {name}: next {next_time_text}."))


def coming_times(cron: str, zone: str, after: datetime, count: int) -> Iterator[datetime]:
    """Yield the next times after a moment, in the time zone."""
    for _ in range(count):
        found = next_time(cron, zone, after)
        if found is None:
            return
        yield found.astimezone(ZoneInfo(zone))
        after = found


def _enable(name: str, *, is_enabled: bool, as_json: bool) -> None:
    with manager() as schedules:
        known = schedules.read(name) if is_enabled else None
        first = first_time(known["cron"], known["time_zone"], datetime.now(UTC)) if known else None
        row = schedules.enable(current_actor(), name, enable=is_enabled, next_at=first)
    if as_json:
        show_json(row)
    elif first is None:
        print(escape_unprintable(f"Disabled the schedule {name}."))
    else:
        print(f"Enabled the schedule {name}: next {describe_time(first, row['time_zone'])}.")
