"""Times: the accepted notation, local times without an offset, and clocks that were never set."""

import calendar
import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

MIN_YEAR = 2000  # of live readings
EXAMPLE = '"2026-11-22T05:28:37Z" or "2026-11-22T06:28:37+01:00"'
EXPECTED = 'must be an ISO 8601 time such as "2026-11-22T05:28:37Z"'

_NOTATION = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt _]\s?(\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*"
    r"(?:(Z|UTC|GMT|\+0000 UTC)|(?:UTC|GMT)?\s?([+\-\u2212])(\d\d):?(\d\d)?)?",  # Go: +0000 UTC
    re.ASCII | re.IGNORECASE,
)
_PARTS = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[Tt _]\s?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?"
    r"\s?(?:[+\-\u2212](\d\d):?(\d\d)?|\D*)",
    re.ASCII,
)
_LIMITS = (
    ("year", 1, 9999), ("month", 1, 12), ("day", 1, 31), ("hour", 0, 23), ("minute", 0, 59),
    ("second", 0, 59), ("offset's hour", 0, 23), ("offset's minute", 0, 59),
)  # fmt: skip
_ZONE_NAME = re.compile(r"\d\s*\[?([A-Za-z][A-Za-z_/]+)\]?\s*$")

# Where the clock of a device starts that nothing has set. These are years with real measurements too, so that
# only readings without an ID are rejected: an import and our own sensors give each an ID.
FIRMWARE_EPOCHS = {
    2010: "Android and Allwinner boards without a clock",
    2015: "MicroPython on STM32 boards",
    2016: "Tasmota before it has the time",
    2021: "MicroPython on the Raspberry Pi Pico",
}
# History may be older than the clocks of live sensors; this is the century of the first thermometers.
MIN_HISTORY_YEAR = 1600
# Days with which devices and programs start to count, in whose first hour an unset clock is more likely.
_EPOCH_DAYS = {
    (1601, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
    (1904, 1, 1),
    (1970, 1, 1),
    (1980, 1, 1),
    (2000, 1, 1),
}
_EPOCH = datetime.fromtimestamp(0, UTC)
_EPOCH_SECONDS = (946_684_800, 4_102_444_800)  # the years 2000 to 2099
_STEPS_PER_SECOND = (1, 1_000, 1_000_000, 1_000_000_000)
_MAX_DIGITS = 19
MAX_UNSET_YEAR = max(FIRMWARE_EPOCHS)
_SUSPICIOUS_YEARS = FIRMWARE_EPOCHS.keys() | {year - 1 for year in FIRMWARE_EPOCHS}


def to_iso_8601(text: str) -> str:
    """Return a time in the notation that every parser reads, from one with ` UTC`, `+01`, a comma or a space.

    Raises:
        ValueError: When it is not a date and a time, or names a time zone instead of an offset.
    """
    match = _NOTATION.fullmatch(text.strip())
    if match is None:
        zone = _ZONE_NAME.search(text) if text[4:5] == "-" and len(text) > len("2026-11-22") else None
        if zone and zone[1].casefold() in ("am", "pm"):
            raise ValueError(f"has an hour up to 12 with {zone[1]}: {EXPECTED}")
        if zone:
            raise ValueError(f"names the time zone {zone[1]} instead of an offset: send {EXAMPLE}")
        raise ValueError(EXPECTED)
    date, time, utc, sign, hours, minutes = match.groups()
    offset = "Z" if utc else ""
    if sign:
        offset = f"{'+' if sign == '+' else '-'}{hours}:{minutes or '00'}"
    return f"{date}T{time.replace(',', '.')}{offset}"


def describe_invalid(text: str) -> str:
    """Return what is wrong with a text that is no time: a part that does not exist, or the notation."""
    match = _PARTS.fullmatch(text.strip())
    if match is None:
        return EXPECTED
    for (part, least, most), digits in zip(_LIMITS, match.groups(), strict=True):
        if digits and not least <= int(digits) <= most:
            return f"the {part} is {digits}, and must be {least} to {most}"
    year, month, day = map(int, match.groups()[:3])
    if day > calendar.monthrange(year, month)[1]:
        return f"the day {year:04}-{month:02}-{day:02} does not exist"
    return EXPECTED


def since_1970(value: Any) -> datetime | None:
    """Return the time that a number, or one as text, is in (milli-, micro- or nano-) seconds since 1970.

    None if it is outside of the years 2000 to 2099, in which no number is a time in two of these units.
    """
    if isinstance(value, str) and value.isdecimal() and len(value) <= _MAX_DIGITS:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    for steps in _STEPS_PER_SECOND:
        if _EPOCH_SECONDS[0] * steps <= value < _EPOCH_SECONDS[1] * steps:
            return _EPOCH + timedelta(seconds=value / steps)
    return None


def resolve_local(local: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the moments, in UTC and in order, at which the clocks of the zone showed this local time.

    There are two in an hour that is repeated at the end of daylight saving time, and none in one that is
    skipped at its beginning. A time that already has an offset is one moment.
    """
    if local.tzinfo is not None:
        return (_to_utc(local),)
    first, second = local.replace(tzinfo=zone), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return (_to_utc(first),)
    candidates = sorted({_to_utc(first), _to_utc(second)})
    shown = (moment for moment in candidates if moment.astimezone(zone).replace(tzinfo=None) == local)
    return tuple(shown)


def unset_clock(time: datetime, *, has_id: bool) -> str | None:
    """Return why the time is that of a clock that was never set; None if it may be real.

    `has_id` is true for a reading with an ID of its own, and for a history that is imported.
    """
    if time.year < MIN_YEAR:
        return f"is before {MIN_YEAR}: the sensor's clock was never set"
    if (time.year, time.month, time.day) == (MIN_YEAR, 1, 1):
        return f"is the day on which many clocks start ({MIN_YEAR}-01-01): the sensor's clock was never set"
    if has_id or time.year not in _SUSPICIOUS_YEARS:
        return None
    for moment in (time, _to_utc(time)):
        device = FIRMWARE_EPOCHS.get(moment.year)
        if device and moment.timetuple().tm_yday == 1:
            return (
                f"is the day on which a clock that was never set starts ({device}): set the clock, or "
                "send a reading_id with a reading that is that old"
            )
    return None


def unset_clock_in_history(time: datetime, zone: tzinfo, *, has_id: bool) -> str | None:
    """Return why the time of an old reading is that of a clock that was never set; None if it may be real.

    `zone` is that of the file's local times.
    """
    if time.year < MIN_HISTORY_YEAR:
        return f"is before {MIN_HISTORY_YEAR}"
    if has_id:
        return None
    for moment in (time, _to_utc(time), _to_utc(time).astimezone(zone)):
        if (moment.year, moment.month, moment.day) in _EPOCH_DAYS and moment.hour == 0:
            return (
                f"is the hour in which clocks that were never set start ({moment.date()} 00:00): give the "
                "reading a reading_id, a UUID, if it was measured then"
            )
    return None


def format_timestamp(timestamp: datetime) -> str:
    """Return the time as messages contain it: in UTC, with microseconds."""
    return timestamp.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _to_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except OverflowError:  # the first or last hours of the calendar
        limit = datetime.max if time.year > MIN_YEAR else datetime.min  # noqa: DTZ901 (set below)
        return limit.replace(tzinfo=UTC)
