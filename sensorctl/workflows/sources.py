"""`sensorctl source`: other systems from which readings are fetched."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from db.queries.statements import Row, Statements
from db.workflows.sources import Sources
from jobs.kinds import SOURCE_TEST
from jobs.source import Source
from runtime.errors import InvalidInput
from runtime.text import escape_unprintable
from runtime.validation_messages import to_invalid_input
from sensorctl.actor import current_actor
from sensorctl.output import JsonOption, fail, show, show_json
from sensorctl.settings import discover_manager_settings, discover_settings
from sensorctl.workflows.options import NAME
from sensorctl.workflows.options import reader as workflow_reader
from sensorctl.workflows.request import request
from sensorctl.workflows.source_options import (
    Address,
    Kind,
    Lag,
    Name,
    Options,
    RequestsPerMinute,
    SecretName,
    Sensors,
    UnitOption,
    Zone,
)
from sensorctl.workflows.source_views import reading_table, source_details, source_table

app = typer.Typer(help="Manage other systems from which readings are fetched.", no_args_is_help=True)

SET_HINT = "`sensorctl source set NAME --kind influxdb --address URL --sensor REMOTE=SENSOR` defines one"


@contextmanager
def reader() -> Iterator[Sources]:
    """Open what reads sources."""
    with closing(Statements(discover_settings(), NAME)) as statements:
        yield Sources(statements)


@contextmanager
def manager() -> Iterator[Sources]:
    """Open what changes sources."""
    with closing(Statements(discover_manager_settings(), NAME)) as statements:
        yield Sources(statements)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Show the sources."""
    with reader() as sources:
        rows = sources.read_all()
    if as_json:
        show_json(rows)
    elif rows:
        show(source_table(rows))
    else:
        print(f"No sources. {SET_HINT}.")


@app.command("show")
def show_source(name: Name, as_json: JsonOption = False) -> None:
    """Show a source: its sensors, up to when it was read, and which times were read completely."""
    with reader() as sources:
        row = require_source(sources, name)
        covered = sources.covered(name)
    if as_json:
        show_json(row | {"covered": [{"start": start, "end": end} for start, end in covered]})
    else:
        show(source_details(row, covered))


@app.command("set")
def set_source(
    name: Name,
    kind: Kind = None,
    address: Address = None,
    secret_name: SecretName = None,
    sensors: Sensors = None,
    unit: UnitOption = None,
    time_zone: Zone = None,
    requests_per_minute: RequestsPerMinute = None,
    lag_seconds: Lag = None,
    options: Options = None,
    as_json: JsonOption = False,
) -> None:
    """Define a source, or change what is given of it."""
    given = {
        "kind": kind,
        "address": address,
        "secret_name": secret_name,
        "sensors": sensors or None,
        "unit": unit,
        "time_zone": time_zone,
        "requests_per_minute": requests_per_minute,
        "lag_seconds": lag_seconds,
        "options": dict(options) if options else None,
    }
    with manager() as sources:
        fields = define_source(name, given, sources.read(name))
        row = sources.put(current_actor(), name, fields)
    if as_json:
        show_json(row)
    else:
        print(f"Set the source {name}. `sensorctl source test {name}` tries it without storing anything.")


@app.command()
def remove(name: Name, as_json: JsonOption = False) -> None:
    """Remove a source; its readings remain."""
    with manager() as sources:
        row = sources.remove(current_actor(), name)
    if as_json:
        show_json(row)
    else:
        print(escape_unprintable(f"Removed the source {name}."))


@app.command("test")
def try_(
    name: Name,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")] = False,
) -> None:
    """Let a worker read a source, and show what would be stored. Nothing is stored."""
    with reader() as sources:
        require_source(sources, name)
    requested = request(SOURCE_TEST, {"source": name}, follows=True, as_json=as_json)
    if as_json:
        return
    with workflow_reader() as queries:
        [job] = queries.jobs(requested.workflow_id, 1)
    if readings := job["counts"].get("readings"):
        show(reading_table(readings))


def require_source(sources: Sources, name: str) -> Row:
    """Return a source.

    Raises:
        typer.Exit: When there is none of this name.
    """
    row = sources.read(name)
    if row is None:
        fail(escape_unprintable(f"There is no source {name}: see `sensorctl source list`."))
    return row


def define_source(name: str, given: dict[str, Any], existing: Row | None) -> dict[str, Any]:
    """Return the fields of a source: what is given, and for the rest what it was; checked all together.

    An empty text removes the field.

    Raises:
        InvalidInput: When that is not a source.
    """
    fields = {field: value for field, value in given.items() if value is not None}
    if existing is not None and fields.get("kind", existing["kind"]) == existing["kind"]:
        fields = {field: existing[field] for field in given} | fields
    fields = {field: value for field, value in fields.items() if value not in (None, "")}
    try:
        source = Source.model_validate(fields | {"name": name})
    except ValidationError as error:
        invalid = to_invalid_input(error)
        raise InvalidInput(invalid.message, invalid.field) from None
    return source.model_dump(mode="json", include=set(given))
