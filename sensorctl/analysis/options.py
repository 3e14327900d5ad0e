"""The options that several commands of the analysis have, and what the commands work with."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer

from db.queries.sensors import read_sensor
from db.queries.statements import Statements
from readings.ids import normalise_sensor_id
from readings.ranges import check_order
from runtime.text import escape_unprintable
from sensorctl.output import fail
from sensorctl.settings import discover_manager_settings, discover_settings
from sensorctl.time_options import parse_time_or_age

Sensor = Annotated[str, typer.Argument(metavar="SENSOR", help="The sensor.")]
OptionalSensor = Annotated[str | None, typer.Argument(metavar="[SENSOR]", help="The sensor; all if unset.")]
Kind = Annotated[str, typer.Argument(metavar="KIND", help="The kind of the model.")]
Since = Annotated[
    datetime | None,
    typer.Option("--since", parser=parse_time_or_age, metavar="TIME", help="From this time on."),
]
MAX_VERSION = 2**31 - 1


def reader() -> closing[Statements]:
    """Open what reads."""
    return closing(Statements(discover_settings(), "sensorctl"))


def manager() -> closing[Statements]:
    """Open what changes something."""
    return closing(Statements(discover_manager_settings(), "sensorctl"))


def check_past(since: datetime | None) -> None:
    """Check that a time is not in the future.

    Raises:
        InvalidInput: When it is.
    """
    check_order(since, datetime.now(UTC), start_field="--since", end_field="now")


def stored_form(sensor_id: str | None) -> str | None:
    """Return the ID of a sensor as it is stored."""
    return None if sensor_id is None else normalise_sensor_id(sensor_id)


def require_sensor(sensor_id: str) -> None:
    """End the command if there is no such sensor.

    Raises:
        typer.Exit: When there is none.
    """
    if read_sensor(discover_settings(), sensor_id) is None:
        fail(f"There is no sensor {escape_unprintable(sensor_id)}: see `sensorctl sensor list --all`.")
