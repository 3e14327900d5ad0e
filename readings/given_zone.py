"""The time zone that the fields of a body give for a time without an offset."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any

from readings.errors import InvalidField
from readings.meanings import Fields, compact
from readings.posix_zones import parse_posix_zone
from readings.zone_names import is_offset_of, is_offset_text, is_zone_name, parse_fixed_offset
from runtime.text import quote_name, quote_value

_UTC_FLAGS = ("utc", "isutc", "timeisutc", "timeutc", "utctime", "gmt", "isgmt")
_SUMMER_FLAGS = ("dst", "isdst", "summertime", "daylightsaving", "daylightsavings", "daylightsavingtime")


def find_given_zone(fields: Fields, local: datetime, zone: tzinfo) -> tzinfo | None:
    """Return the offset that a field gives; None if none does, or gives that of `zone` in another way.

    Raises:
        InvalidField: When a field gives a zone in another way, and it is not `zone`, or two give two.
    """
    found: tuple[str, Any, tzinfo] | None = None
    for name, value in zone_fields(fields):
        offset = parse_fixed_offset(value) if isinstance(value, str) else None
        if found and not is_offset_of(value, local, found[2]):
            raise InvalidField(
                f"{quote_name(found[0])} is {quote_value(found[1])} and {quote_name(name)} is "
                f"{quote_value(value)}: two time zones; send one"
            )
        if offset:
            found = found or (name, value, offset)
        elif not found and not is_offset_of(value, local, zone):
            posix = parse_posix_zone(value) if isinstance(value, str) else None
            raise InvalidField(
                f"{quote_name(name)} is {quote_value(value)}, and the time has no offset: send it with one, "
                f'as in "2026-11-22T06:28:37+01:00"; without one, it is in NAIVE_TIME_ZONE ({zone})'
                + (
                    f"; for {value}, set NAIVE_TIME_ZONE={posix.zone_name}"
                    if posix and posix.zone_name
                    else ""
                )
            )
    _check_summer_time(fields, local, found[2] if found else zone)
    return found[2] if found else None


def _check_summer_time(fields: Fields, local: datetime, zone: tzinfo) -> None:
    """Reject `"dst": true` next to a time at which the zone has no daylight saving time.

    Raises:
        InvalidField: When there is such a field.
    """
    has_summer_time = bool(local.replace(tzinfo=zone).dst())
    for name, value in fields:
        if compact(name) in _SUMMER_FLAGS and value in (True, 1) and not has_summer_time:
            raise InvalidField(
                f"{quote_name(name)} is {quote_value(value)}, and the time has no offset, and is in {zone}, "
                "which has no daylight saving time then: send the time with its offset"
            )


def zone_fields(fields: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, str | int | float]]:
    """Yield the fields that give a time zone or an offset."""
    for name, value in fields:
        if compact(name) in _UTC_FLAGS and value in (True, "true", "1", "yes"):
            yield name, "UTC"
        elif is_zone_name(name) and isinstance(value, dict | list):
            yield name, json.dumps(value, ensure_ascii=False)
        elif is_offset_text(name, value) or (
            is_zone_name(name) and isinstance(value, str | int | float) and value != ""
        ):
            yield name, value
