"""Time zones in the names of columns, in lines above a header, and in columns and fields of their own."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from readings.meanings import compact
from readings.posix_zones import MAX_OFFSET, parse_posix_zone
from runtime.text import quote_value

MINUS_SIGN = "\u2212"
_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?([0-5]\d))?")
_LONG_OFFSET = re.compile(r"[+\-\u2212]\d{2}:?[0-5]\d")
# After a word or a capital letter that starts one: Time (UTC), time_utc, dateutc, TimeUTC, timeUtc.
_UTC = re.compile(
    r"(?:(?<![^\W_])(?:UTC|GMT|utc|gmt)|(?<=[a-z])(?:UTC|Utc|GMT|Gmt)|(?<=time)(?:utc|gmt)|(?<=date)(?:utc|gmt))"
    r"(?![^\W\d_])(?:\s?([+-]\s?\d[\d:.]*))?"
)
_BARE_OFFSET = re.compile(r"[(\[]\s*([+-]\d{1,2}:?\d{2})\s*[)\]]")
_ZULU = re.compile(r"(?<![^\W_])Z$|[(\[]Z[)\]]")
_ABBREVIATION = re.compile(
    r"(?<![^\W_])(CET|CEST|MEZ|MESZ|WET|WEST|EET|EEST|BST|MSK|IST|JST|KST|SGT|AWST|ACST|ACDT|AEST|AEDT"
    r"|NZST|NZDT|[ECMP][SD]T|AK[SD]T|HST|BRT|(?:Africa|America|Asia|Atlantic"
    r"|Australia|Europe|Indian|Pacific|Etc)/\w+)(?![^\W\d_])"
)
ZONE_FIELD_NAMES = (
    "tz", "tzname", "tzid", "timezone", "timezoneid", "timezonename", "timezoneoffset", "tzoffset",
    "utcoffset", "utcoffsetseconds", "utcoffsetminutes", "gmtoffset", "gmtoff", "zeitzone", "fuseauhoraire",
    "zonahoraria", "timezoneabbreviation", "timezoneabbr", "tzabbr", "fuso", "fusohorario", "tijdzone",
)  # fmt: skip
ZONE_IN_TEXT = re.compile(
    r"time[ _]?zone|utc[ _]?offset|gmt[ _]?offset|zeitzone|fuseau horaire", re.IGNORECASE
)
_SECONDS_PER_STEP = (3600, 60, 1)


def find_zone(name: str) -> tzinfo | None:
    """Return the offset in the name of a column, as in `Time (UTC)` and `Date Time, GMT-08:00`.

    Raises:
        ValueError: When the name gives a time zone in another way.
    """
    text = name.strip().replace(MINUS_SIGN, "-")
    if match := _UTC.search(text) or _BARE_OFFSET.search(text):
        zone = _parse_offset(match[1].replace(" ", "")) if match[1] else UTC
        if zone is None:
            raise ValueError(f"{quote_value(name)} gives an offset from UTC that is not like +05:30")
        return zone
    if _ZULU.search(text):
        return UTC
    if match := _ABBREVIATION.search(text):
        raise ValueError(f"{quote_value(name)} gives the time zone {match[1]}, but no offset")
    return None


def is_offset_text(name: str, value: object) -> bool:
    """Return whether a field such as `offset` has an offset in ISO 8601's notation."""
    return compact(name).endswith("offset") and isinstance(value, str) and bool(_LONG_OFFSET.fullmatch(value))


def is_zone_name(name: str) -> bool:
    """Return whether a column or field with this name has the time zone of a time, or its offset."""
    return compact(name) in ZONE_FIELD_NAMES


def parse_fixed_offset(text: str) -> tzinfo | None:
    """Return the offset that a text certainly is: `+05:30`, `UTC`, `Z`, or `EST5` in POSIX's notation."""
    normalised = text.strip().replace(MINUS_SIGN, "-")
    if normalised.upper() in ("UTC", "GMT", "Z"):
        return UTC
    posix = parse_posix_zone(normalised)
    return _parse_offset(normalised) or (posix.offset if posix else None)


def is_offset_of(value: object, local: datetime, zone: tzinfo) -> bool:
    """Return whether a time zone or an offset (hours, minutes, seconds) is that of `zone` at this time."""
    offset = local.replace(tzinfo=zone).utcoffset()
    if value == local.replace(tzinfo=zone).tzname():
        return True
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = offset.total_seconds() if offset is not None else None
        return any(value * step == seconds for step in _SECONDS_PER_STEP)
    other = _zone_of(str(value).strip().replace(MINUS_SIGN, "-"))
    return other is not None and local.replace(tzinfo=other).utcoffset() == offset


def _zone_of(text: str) -> tzinfo | None:
    posix = parse_posix_zone(text)
    try:
        return (posix.offset if posix else None) or _parse_offset(text) or find_zone(text)
    except ValueError:
        pass
    try:
        return ZoneInfo(posix.zone_name if posix and posix.zone_name else text)
    except (ValueError, OSError, LookupError):
        return None


def _parse_offset(text: str) -> tzinfo | None:
    match = _OFFSET.fullmatch(text)
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0)) if match else MAX_OFFSET * 2
    if match is None or offset > MAX_OFFSET:
        return None
    return timezone(-offset if match[1] == "-" else offset)
