"""Parsers of the options of `sensorctl import` about times: the zone, and the format."""

import re
from datetime import UTC, datetime, tzinfo

import typer

from readings.posix_zones import parse_posix_zone
from readings.zone_names import parse_fixed_offset
from runtime.settings import time_zone

UTC_BEFORE_OFFSET = re.compile(r"^(?:UTC|GMT)(?=[+-])", re.IGNORECASE)
# What these yield depends on the locale, or is not a part of a time.
UNSUPPORTED_DIRECTIVES = ("%Z", "%c", "%x", "%X")
SAMPLE_TIME = datetime(2026, 11, 22, 17, 28, 37, tzinfo=UTC)


def parse_zone(name: str) -> tzinfo:
    """Return the time zone of this name, or of an offset such as `+05:00` or POSIX's `EST5`.

    Raises:
        typer.BadParameter: When it is neither.
    """
    if offset := parse_fixed_offset(UTC_BEFORE_OFFSET.sub("", name.strip())):
        return offset
    posix = parse_posix_zone(name)
    try:
        return time_zone(posix.zone_name if posix and posix.zone_name else name)
    except ValueError as error:
        raise typer.BadParameter(f"{name!r}: {error}, or an offset such as +05:00") from None


def parse_time_format(text: str) -> str:
    """Return a format of Python's strptime that has a date with its year.

    Raises:
        typer.BadParameter: When it is none.
    """
    for directive in UNSUPPORTED_DIRECTIVES:
        if directive in text:
            raise typer.BadParameter(f"{text!r} contains {directive}: write its parts, and %z for an offset")
    try:
        parsed = datetime.strptime(SAMPLE_TIME.strftime(text), text)  # noqa: DTZ007 (only its date is compared)
    except (ValueError, re.error) as error:
        raise typer.BadParameter(f"{text!r} is not a format such as %d/%m/%Y %H:%M: {error}") from None
    if parsed.date() != SAMPLE_TIME.date():
        raise typer.BadParameter(f"{text!r} has no day, month and year: write for example %d/%m/%Y %H:%M")
    if "%I" in text and "%p" not in text:
        raise typer.BadParameter(f"{text!r} has hours up to 12 (%I) without AM or PM (%p)")
    return text
