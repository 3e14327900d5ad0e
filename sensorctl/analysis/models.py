"""`sensorctl model`: list, show, roll back and rebuild the models of sensors."""

from typing import Annotated

import typer

from db.queries.models import Models
from db.queries.statements import Row
from runtime.text import escape_unprintable, quantity
from sensorctl.actor import current_actor
from sensorctl.analysis.options import (
    MAX_VERSION,
    Kind,
    OptionalSensor,
    Sensor,
    Since,
    check_past,
    manager,
    reader,
    require_sensor,
    stored_form,
)
from sensorctl.analysis.views import evaluation_table, model_table, version_table
from sensorctl.output import JsonOption, fail, note_if_cut, print_message, show, show_json

app = typer.Typer(help="Show, roll back and rebuild the models of sensors.", no_args_is_help=True)

MAX_VERSIONS = 10_000


@app.command("list")
def list_(sensor: OptionalSensor = None, as_json: JsonOption = False) -> None:
    """Show the versions of the models, of each sensor and kind the newest first."""
    known = stored_form(sensor)
    with reader() as statements:
        models = Models(statements)
        rows, pending = models.read(known, most=MAX_VERSIONS), models.rebuilds(known)
    note_if_cut(rows, MAX_VERSIONS, "versions", "give a sensor")
    if known is not None and not rows:
        require_sensor(known)
    if as_json:
        show_json(rows)
        return
    if rows:
        show(model_table(rows))
    else:
        print("No model has a version yet. The service `analysis` saves them as it learns.")
    if pending["sensors"]:
        are = "is" if pending["sensors"] == 1 else "are"
        print_message(
            f"{quantity(pending['sensors'], 'sensor')} {are} yet to be learned again, requested since "
            f"{pending['requested_at']:%Y-%m-%d %H:%M:%S} UTC."
        )


@app.command("show")
def show_model(
    sensor: Sensor,
    kind: Kind,
    version: Annotated[
        int | None, typer.Option(min=1, max=MAX_VERSION, help="The version; the active one if unset.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show a version of a model, and how well models of its kind forecast the sensor."""
    known = str(stored_form(sensor))
    with reader() as statements:
        models = Models(statements)
        rows = models.read(known, kind, version, most=MAX_VERSIONS)
        evaluations = models.evaluations(known, kind=kind)
    if not rows:
        require_sensor(known)
        selected = kind if version is None else f"{kind} {version}"
        fail(
            f"Sensor {escape_unprintable(known)} has no model {escape_unprintable(selected)}: "
            "see `sensorctl model list`."
        )
    _show(next((row for row in rows if row["active"]), rows[0]), evaluations, as_json=as_json)


@app.command()
def rollback(
    sensor: Sensor,
    kind: Kind,
    version: Annotated[
        int,
        typer.Argument(metavar="VERSION", min=1, max=MAX_VERSION, help="The version to continue from."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Let a model continue from an earlier version. The analysis does so within a minute."""
    known = str(stored_form(sensor))
    with manager() as statements:
        row = Models(statements).roll_back(current_actor(), known, kind, version)
    if as_json:
        show_json(row)
    else:
        print(escape_unprintable(f"The model {kind} of sensor {known} continues from version {version}."))


@app.command()
def rebuild(sensor: OptionalSensor = None, since: Since = None, as_json: JsonOption = False) -> None:
    """Learn a sensor again from its stored readings. Marks of anomalies are kept."""
    check_past(since)
    with manager() as statements:
        number = Models(statements).rebuild(current_actor(), stored_form(sensor), since)
    if as_json:
        show_json({"sensors": number, "since": since})
        return
    start = f", from {since:%Y-%m-%d %H:%M:%S} UTC on" if since else ""
    print(f"Requested to learn {quantity(number, 'sensor')} again{start}.")


def _show(row: Row, evaluations: list[Row], *, as_json: bool) -> None:
    if as_json:
        show_json(row | {"evaluations": evaluations})
        return
    show(version_table(row))
    if evaluations:
        show(evaluation_table(evaluations, "Forecasts, each made before its reading was learned"))
