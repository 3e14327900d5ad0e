"""The options that several commands of limits have, and what the commands work with."""

from contextlib import closing
from typing import Annotated

import typer

from db.queries.limits import Limits
from db.queries.statements import Row
from readings.ids import normalise_sensor_id
from sensorctl.settings import discover_manager_settings, discover_settings

MAX_ID = 2**63 - 1
Sensor = Annotated[str | None, typer.Option("--sensor", metavar="ID", help="One sensor.")]
Location = Annotated[str | None, typer.Option("--location", help="All sensors of this location.")]
Pattern = Annotated[
    str | None,
    typer.Option("--pattern", help="All sensors whose ID matches: * is any text, ? one character."),
]
High = Annotated[float | None, typer.Option("--high", metavar="C", help="Temperatures above it, in °C.")]
Low = Annotated[float | None, typer.Option("--low", metavar="C", help="Temperatures below it, in °C.")]
Rate = Annotated[
    float | None, typer.Option("--rate", metavar="K", help="A change by more than K, with --within.")
]
Within = Annotated[
    str | None, typer.Option("--within", metavar="TIME", help="The time of --rate, such as 5m.")
]
Stale = Annotated[
    str | None, typer.Option("--stale", metavar="TIME", help="No reading for longer, such as 15m.")
]
For = Annotated[str, typer.Option("--for", metavar="TIME", help="How long it must last, such as 10m.")]
Hysteresis = Annotated[
    float, typer.Option("--hysteresis", metavar="K", help="By how many K the value must come back.")
]
Severity = Annotated[str, typer.Option("--severity", help="warning or critical.")]
Schedule = Annotated[
    str | None, typer.Option("--schedule", help="When it holds, such as 'mon-fri 08:00-18:00'.")
]
TimeZone = Annotated[
    str | None, typer.Option("--time-zone", metavar="ZONE", help="Time zone of the schedule; UTC if unset.")
]


def manager() -> closing[Limits]:
    """Open what changes limits."""
    return closing(Limits(discover_manager_settings(), "sensorctl"))


def reader() -> closing[Limits]:
    """Open what reads limits."""
    return closing(Limits(discover_settings(), "sensorctl"))


def read_limits(sensor_id: str | None = None) -> list[Row]:
    """Return the limits, or those that hold for a sensor."""
    with reader() as limits:
        return limits.read(None if sensor_id is None else normalise_sensor_id(sensor_id))
