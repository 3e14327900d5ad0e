"""The options that define a source, and their parsers."""

from typing import Annotated, Any

import typer

from jobs.source_kinds import SourceKind
from sensorctl.workflows.options import parse_assignment

Name = Annotated[str, typer.Argument(metavar="SOURCE", help="The name of the source.")]


def parse_sensor(text: str) -> dict[str, str]:
    """Return the two names of a sensor from `REMOTE=SENSOR`; the remote name may contain equals signs.

    Raises:
        typer.BadParameter: When one of them is missing.
    """
    remote, _, sensor_id = text.rpartition("=")
    if not remote.strip() or not sensor_id.strip():
        raise typer.BadParameter(
            f"{text!r} must be REMOTE=SENSOR: its name there, and the ID of the sensor here, for example "
            "sensor.attic_temperature=attic"
        )
    return {"remote": remote.strip(), "sensor_id": sensor_id.strip()}


Kind = Annotated[SourceKind | None, typer.Option(help="What it is; required for a new source.")]
Address = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Its URL, without a path of its API and without a password."),
]
SecretName = Annotated[
    str | None,
    typer.Option(
        "--secret",
        metavar="VARIABLE",
        help="Name of the worker's variable with the token or password, such as SOURCE_ATTIC_TOKEN; never "
        "the secret itself. An empty text removes it.",
    ),
]
Sensors = Annotated[
    list[Any] | None,
    typer.Option(
        "--sensor",
        parser=parse_sensor,
        metavar="REMOTE=SENSOR",
        help="A sensor: its name there, and its ID here. Repeatable; in place of those it had.",
    ),
]
UnitOption = Annotated[
    str | None,
    typer.Option("--unit", metavar="UNIT", help="Unit of its values, if its kind does not fix it."),
]
Zone = Annotated[
    str | None,
    typer.Option(
        "--time-zone",
        metavar="ZONE",
        help="Zone of times without an offset, which are refused otherwise. An empty text removes it.",
    ),
]
RequestsPerMinute = Annotated[
    int | None, typer.Option("--requests-per-minute", help="At most so many requests per minute.")
]
Lag = Annotated[
    int | None,
    typer.Option(
        "--lag", metavar="SECONDS", help="How far before the last value it is read again, for late values."
    ),
]
Options = Annotated[
    list[Any] | None,
    typer.Option(
        "--option",
        parser=parse_assignment,
        metavar="NAME=VALUE",
        help="What else its kind requires, such as database=home. Repeatable; in place of those it had.",
    ),
]
