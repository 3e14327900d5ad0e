"""`sensorctl report preset`: limits that a report can have by name."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from db.queries.statements import Statements
from db.reports.report_store import Reports
from jobs.report_presets import NAME, PresetDefinition
from runtime.text import escape_unprintable
from runtime.validation_messages import to_invalid_input
from sensorctl.actor import current_actor
from sensorctl.output import JsonOption, show, show_json
from sensorctl.reports.views import preset_table
from sensorctl.settings import discover_manager_settings, discover_settings

app = typer.Typer(help="Manage limits that a report can have by name.", no_args_is_help=True)


def parse_name(name: str) -> str:
    """Return the name of a preset.

    Raises:
        typer.BadParameter: When it cannot be one.
    """
    if not NAME.fullmatch(name):
        raise typer.BadParameter(f"{name!r} cannot name a preset: use up to 50 letters, digits and . _ -")
    return name


Name = Annotated[str, typer.Argument(metavar="PRESET", parser=parse_name, help="The name of the preset.")]


@contextmanager
def reports(*, manages: bool = False) -> Iterator[Reports]:
    """Open what reads reports and presets, or changes them."""
    settings = discover_manager_settings() if manages else discover_settings()
    with closing(Statements(settings, "sensorctl")) as statements:
        yield Reports(statements, settings)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Show the presets."""
    with reports() as store:
        rows = store.presets()
    if as_json:
        show_json(rows)
    elif rows:
        show(preset_table(rows))
    else:
        print("No presets. `sensorctl report preset set NAME --title T --high C --source S` sets one.")


@app.command("set")
def set_preset(
    name: Name,
    title: Annotated[str, typer.Option("--title", help="What it stands for.")],
    source: Annotated[str, typer.Option("--source", help="Where its limits come from; reports print it.")],
    low: Annotated[float | None, typer.Option("--low", metavar="C", help="Lowest temperature.")] = None,
    high: Annotated[float | None, typer.Option("--high", metavar="C", help="Highest temperature.")] = None,
    excursion_low: Annotated[
        float | None, typer.Option("--excursion-low", metavar="C", help="Lowest for a short time.")
    ] = None,
    excursion_high: Annotated[
        float | None, typer.Option("--excursion-high", metavar="C", help="Highest for a short time.")
    ] = None,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="For frozen storage: without mean kinetic temperature.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Set a preset, in place of one of the same name. Reports that were made keep their limits."""
    definition = _define(
        title=title,
        source=source,
        low=low,
        high=high,
        excursion_low=excursion_low,
        excursion_high=excursion_high,
        is_frozen=frozen,
    )
    with reports(manages=True) as store:
        row = store.put_preset(current_actor(), name, definition)
    if as_json:
        show_json(row)
    else:
        show(preset_table([row]))


def _define(**fields: Any) -> PresetDefinition:
    try:
        return PresetDefinition(**fields)
    except ValidationError as error:
        raise to_invalid_input(error) from None


@app.command()
def remove(name: Name, as_json: JsonOption = False) -> None:
    """Remove a preset that no schedule uses. Reports that were made with it stay."""
    with reports(manages=True) as store:
        row = store.remove_preset(current_actor(), name)
    if as_json:
        show_json(row)
    else:
        print(escape_unprintable(f"Removed the preset {name}."))
