"""`sensorctl excursion` and `sensorctl silence`."""

from datetime import datetime
from typing import Annotated

import typer

from db.queries.limits import ExcursionFilter
from limits.definition import define_silence
from readings.ids import sensor_id_forms
from sensorctl.actor import current_actor
from sensorctl.limits.options import MAX_ID, Location, Pattern, Sensor, manager, reader
from sensorctl.limits.views import describe_target, excursion_table, silence_table
from sensorctl.output import JsonOption, note_if_cut, show, show_json
from sensorctl.time_options import parse_time_or_age

app = typer.Typer(help="Show and acknowledge excursions beyond limits.", no_args_is_help=True)
silences = typer.Typer(
    help="Manage silences: receivers are not notified of excursions and anomalies.", no_args_is_help=True
)

MAX_EXCURSIONS = 10_000
Note = Annotated[str, typer.Option("--note", help="What you know about it.")]


@app.command("list")
def list_excursions(
    sensor: Annotated[
        list[str] | None, typer.Option("--sensor", metavar="ID", help="Of this sensor; can be repeated.")
    ] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only ongoing excursions.")] = False,
    since: Annotated[
        datetime | None,
        typer.Option("--since", parser=parse_time_or_age, metavar="TIME", help="That ended later, or last."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show excursions, the ongoing first."""
    sensors = sensor_id_forms(sensor) if sensor else None
    selection = ExcursionFilter(sensors=sensors, is_open=open_only, since=since)
    with reader() as limits:
        rows = limits.excursions(selection, MAX_EXCURSIONS)
    note_if_cut(rows, MAX_EXCURSIONS, "excursions", "see --sensor, --open and --since")
    if as_json:
        show_json(rows)
    elif rows:
        show(excursion_table(rows))
    else:
        print("No excursions.")


@app.command()
def acknowledge(
    excursion_id: Annotated[
        int, typer.Argument(metavar="EXCURSION", min=1, max=MAX_ID, help="The number of the excursion.")
    ],
    note: Note = "",
    as_json: JsonOption = False,
) -> None:
    """Acknowledge an excursion: receivers are not notified of it again until it ends."""
    with manager() as limits:
        row = limits.acknowledge(current_actor(), excursion_id, note)
    if as_json:
        show_json(row)
    else:
        print(f"Acknowledged excursion {excursion_id} as {row['acknowledged_by']}.")


@silences.command("add")
def add_silence(
    duration: Annotated[str, typer.Option("--for", metavar="TIME", help="How long, such as 2h.")],
    sensor: Sensor = None,
    location: Location = None,
    pattern: Pattern = None,
    note: Note = "",
    as_json: JsonOption = False,
) -> None:
    """Silence the excursions and anomalies of a sensor or a group for some time."""
    definition = define_silence(
        **{"sensor_id": sensor, "location": location, "pattern": pattern, "for": duration, "note": note}
    )
    with manager() as limits:
        row = limits.silence(current_actor(), definition)
    if as_json:
        show_json(row)
    else:
        end = f"{row['ends_at']:%Y-%m-%d %H:%M} UTC"
        print(f"Silence {row['silence_id']} of {describe_target(row)} until {end}.")


@silences.command("list")
def list_silences(as_json: JsonOption = False) -> None:
    """Show the silences that have not ended."""
    with reader() as limits:
        rows = limits.silences()
    if as_json:
        show_json(rows)
    elif rows:
        show(silence_table(rows))
    else:
        print("No silences.")


@silences.command("end")
def end_silence(
    silence_id: Annotated[
        int, typer.Argument(metavar="SILENCE", min=1, max=MAX_ID, help="The number of the silence.")
    ],
    as_json: JsonOption = False,
) -> None:
    """End a silence now."""
    with manager() as limits:
        row = limits.end_silence(current_actor(), silence_id)
    if as_json:
        show_json(row)
    else:
        print(f"Ended silence {silence_id} of {describe_target(row)}.")
