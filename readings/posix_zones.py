"""Time zones in POSIX's notation: `EST5`, `UTC0`, `<+0530>-5:30` and `CET-1CEST,M3.5.0,M10.5.0/3`."""

import re
from datetime import timedelta, timezone, tzinfo
from typing import NamedTuple

MAX_OFFSET = timedelta(hours=14)  # of a zone from UTC
_HOURS = r"[+-]?\d{1,2}(?::[0-5]\d){0,2}"
_NAME = r"[A-Za-z]{3,}|<[+-]?\w+>"
_NOTATION = re.compile(rf"({_NAME})({_HOURS})(?:({_NAME})(?:{_HOURS})?(?:,.*)?)?")
_OFFSET_NAME = re.compile(r"<?([+-])(\d{2}):?(\d{2})?>?")
# Hours east of Greenwich. The sign of POSIX's offset is reversed, so that many write it the wrong way: only
# an offset that its name confirms is used.
_HOURS_BY_NAME = {
    "UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "MEZ": 1, "EET": 2, "SAST": 2, "MSK": 3, "IST": 5.5, "WIB": 7,
    "AWST": 8, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "NZST": 12, "BRT": -3,
    "ART": -3, "AST": -4, "EST": -5, "CST": -6, "MST": -7, "PST": -8, "AKST": -9, "HST": -10,
}  # fmt: skip
_ZONE_BY_NAMES = {
    ("WET", "WEST"): "Europe/Lisbon", ("GMT", "BST"): "Europe/London", ("GMT", "IST"): "Europe/Dublin",
    ("CET", "CEST"): "Europe/Berlin", ("MEZ", "MESZ"): "Europe/Berlin", ("EET", "EEST"): "Europe/Athens",
    ("AST", "ADT"): "America/Halifax", ("EST", "EDT"): "America/New_York", ("CST", "CDT"): "America/Chicago",
    ("MST", "MDT"): "America/Denver", ("PST", "PDT"): "America/Los_Angeles",
    ("AKST", "AKDT"): "America/Anchorage", ("ACST", "ACDT"): "Australia/Adelaide",
    ("AEST", "AEDT"): "Australia/Sydney", ("NZST", "NZDT"): "Pacific/Auckland",
}  # fmt: skip


class PosixZone(NamedTuple):
    """The fixed offset, or with daylight saving time the name of the zone with these rules, if known."""

    offset: tzinfo | None
    zone_name: str | None


def parse_posix_zone(text: str) -> PosixZone | None:
    """Return the zone that the text is in POSIX's notation; None if it is not certain or impossible."""
    match = _NOTATION.fullmatch(text.strip())
    if match is None:
        return None
    name, hours, daylight = match.groups()
    offset = _parse_offset(hours)
    if offset != _offset_of(name) or abs(offset) > MAX_OFFSET:
        return None
    if daylight:
        return PosixZone(None, _ZONE_BY_NAMES.get((name.upper(), daylight.upper())))
    return PosixZone(timezone(offset), None)


def _parse_offset(text: str) -> timedelta:
    hours, minutes, seconds = (int(part) for part in f"{text.lstrip('+-')}:0:0".split(":")[:3])
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return offset if text.startswith("-") else -offset


def _offset_of(name: str) -> timedelta | None:
    if match := _OFFSET_NAME.fullmatch(name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return -offset if match[1] == "-" else offset
    hours = _HOURS_BY_NAME.get(name.strip("<>").upper())
    return None if hours is None else timedelta(hours=hours)
