"""The types of the options of `sensorctl import`, with their parsers."""

from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from readings.csv_columns import parse_number
from readings.files.text import check_encoding
from readings.model import Unit
from readings.units import UnknownUnit, parse_unit
from sensorctl.history.time_option_parsers import parse_time_format, parse_zone
from sensorctl.time_options import parse_local_time_or_age

MIN_FACTOR, MAX_FACTOR = Decimal("1e-12"), 10**12
MAX_SKIPPED_LINES = 1_000_000
DELIMITER_NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " "}


def parse_unit_option(name: str) -> Unit:
    """Return the unit of this name.

    Raises:
        typer.BadParameter: When it is none.
    """
    try:
        return parse_unit(name)
    except UnknownUnit as error:
        raise typer.BadParameter(f"{name!r} is not a unit: {error}") from None


def parse_delimiter(text: str) -> str:
    """Return the character that separates fields.

    Raises:
        typer.BadParameter: When it is not one character, or cannot separate fields.
    """
    delimiter = DELIMITER_NAMES.get(text.casefold(), text)
    if len(delimiter) != 1 or delimiter in '"\r\n\0' or delimiter.isalnum():
        raise typer.BadParameter(f"{text!r} must be one character such as ; or the word tab")
    return delimiter


def parse_decimal_sign(text: str) -> str:
    """Return the decimal sign.

    Raises:
        typer.BadParameter: When it is neither a point nor a comma.
    """
    if text not in (".", ","):
        raise typer.BadParameter(f"{text!r} must be a point or a comma")
    return text


def parse_encoding(text: str) -> str:
    """Return the name of a text encoding.

    Raises:
        typer.BadParameter: When there is none of this name.
    """
    try:
        return check_encoding(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} {error}") from None


def parse_scale(text: str) -> Decimal:
    """Return the factor of the values.

    Raises:
        typer.BadParameter: When it is not a positive number.
    """
    try:
        scale = Decimal(text.strip())
    except InvalidOperation:
        scale = Decimal(0)
    if not scale.is_finite() or not MIN_FACTOR <= scale <= MAX_FACTOR:
        raise typer.BadParameter(f"{text!r} must be a positive number such as 0.1, at most {MAX_FACTOR}")
    return scale


def parse_kept_number(text: str) -> float:
    """Return the number, with a point or a comma as its decimal sign.

    Raises:
        typer.BadParameter: When it is none.
    """
    try:
        return parse_number(text.replace(",", "."))
    except ValueError:
        raise typer.BadParameter(f"{text!r} must be a number such as 85 or 999.9") from None


def parse_condition(text: str) -> tuple[str, str]:
    """Return the column and the text of a condition `COLUMN=TEXT`.

    Raises:
        typer.BadParameter: When it has no column or no equals sign.
    """
    column, sign, value = text.partition("=")
    if not sign or not column.strip():
        raise typer.BadParameter(
            f"{text!r} must be COLUMN=TEXT, for example field=temp", param_hint="--where"
        )
    return column.strip(), value.strip()


def parse_step(text: str) -> float:
    """Return the seconds per unit of times that are numbers.

    Raises:
        typer.BadParameter: When it is not a positive number.
    """
    return float(parse_scale(text))


Sensors = Annotated[
    list[str] | None,
    typer.Option("--sensor", help="The sensor of all readings; with several value columns, one for each."),
]
SensorColumn = Annotated[str | None, typer.Option(help="Column of the sensor. Default: sensor_id or id.")]
TimeColumn = Annotated[
    str | None, typer.Option(help="Column of the time. Default: measured_at, timestamp, data or time.")
]
TimeOfDayColumn = Annotated[
    str | None, typer.Option(help="Column of the time of day, if the time's column has only the date.")
]
ValueColumns = Annotated[
    list[str] | None,
    typer.Option(
        "--value-column", help="Column of the temperature. Repeatable. Default: temperature or temperatura."
    ),
]
Units = Annotated[
    list[Unit] | None,
    typer.Option(
        "--unit",
        parser=parse_unit_option,
        metavar="UNIT",
        help="Unit of rows without one; with several value columns, one for each. Default: the unit in the "
        "column's name, else celsius, unless half of the temperatures are above 30: then it is required.",
    ),
]
UnitColumn = Annotated[
    str | None, typer.Option(help="Column of the unit. Default: unit, or another usual name.")
]
Zone = Annotated[
    tzinfo | None,
    typer.Option(
        "--time-zone",
        parser=parse_zone,
        metavar="ZONE",
        help="Time zone, or offset such as +05:00, of times without an offset. Default: NAIVE_TIME_ZONE.",
    ),
]
TimeFormat = Annotated[
    str | None,
    typer.Option(
        parser=parse_time_format,
        metavar="FORMAT",
        help="Format of times that are not ISO 8601, as for strptime: %d/%m/%Y %H:%M.",
    ),
]
TimeOrigin = Annotated[
    datetime | None,
    typer.Option(
        parser=parse_local_time_or_age, metavar="TIME", help="Origin of numeric times. Default: 1970."
    ),
]
TimeStep = Annotated[
    float | None,
    typer.Option(
        parser=parse_step,
        metavar="SECONDS",
        help="Seconds per unit of such times. Default: 1; milliseconds: 0.001.",
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        parser=parse_encoding,
        metavar="ENCODING",
        help="Encoding of the text. Default: UTF-8, or UTF-16 or UTF-32 if the file is.",
    ),
]
Delimiter = Annotated[
    str | None,
    typer.Option(
        parser=parse_delimiter,
        metavar="CHARACTER",
        help="Separator of fields. Default: the one of , ; tab | with which the columns are found.",
    ),
]
DecimalSign = Annotated[
    str | None,
    typer.Option("--decimal", parser=parse_decimal_sign, metavar="SIGN", help="Decimal sign: . or ,"),
]
Scale = Annotated[
    Decimal | None,
    typer.Option(
        parser=parse_scale, metavar="FACTOR", help="Factor of all values, such as 0.1 for tenths of a degree."
    ),
]
SkipLines = Annotated[
    int | None, typer.Option(min=0, max=MAX_SKIPPED_LINES, help="Leave out this many lines at the start.")
]
NoHeader = Annotated[
    bool, typer.Option("--no-header", help="The first line is a row; columns are given by number.")
]
Missing = Annotated[
    list[str] | None,
    typer.Option(metavar="TEXT", help="Leave out values with this text or number, such as NA. Repeatable."),
]
Keep = Annotated[
    list[float] | None,
    typer.Option(
        "--keep",
        parser=parse_kept_number,
        metavar="NUMBER",
        help="Store this number although it looks like that of a missing value, such as 999. Repeatable.",
    ),
]
Sheet = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The sheet of a workbook, by name or number; by default the only one with readings.",
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="COLUMN=TEXT",
        help="Leave out rows without this text in the column, such as field=temp. Repeatable: of one "
        "column, any of the texts.",
    ),
]
