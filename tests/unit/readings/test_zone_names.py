"""Time zones in the names of columns and fields are used, or rejected."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from readings.zone_names import find_zone, is_offset_of, is_zone_name


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        *(
            (name, 0)
            for name in ("Time (UTC)", "time_utc", "TimeUTC", "timeUtc", "time (utc)", "dateutc", "date_gmt")
        ),
        ("time [UTC+1]", 1),
        ("Timestamp(GMT -5)", -5),
        ("Time UTC\N{MINUS SIGN}5", -5),
        ("Time (GMT+05:30)", 5.5),
        ("Time(+01:00)", 1),
        ("Time (UTC+14)", 14),
        ("time Z", 0),
        ("Time [Z]", 0),
    ],
)
def test_an_offset_in_a_name_is_found(name: str, hours: float) -> None:
    zone = find_zone(name)

    assert zone is not None
    assert zone.utcoffset(None) == timedelta(hours=hours)


@pytest.mark.parametrize(
    "name",
    [
        "timestamp",
        "Date/Time",
        "Datum/Zeit",
        "Time (local)",
        "Estimated time",
        "outcome",
        "Zeit",
        "AZ",
        "time (s)",
    ],
)
def test_other_names_have_no_zone(name: str) -> None:
    assert find_zone(name) is None


@pytest.mark.parametrize(
    "name", ["Time (EST)", "Zeit (MEZ)", "time CET", "time (Europe/Berlin)", "Time (UTC+5.5)", "UTC+99"]
)
def test_a_zone_that_is_not_an_offset_is_rejected(name: str) -> None:
    with pytest.raises(ValueError, match="gives"):
        find_zone(name)


@pytest.mark.parametrize(
    "name", ["tz", "Timezone", "time_zone", "UTC offset", "utc_offset_seconds", "tzOffset"]
)
def test_fields_with_the_zone_of_a_time_are_known(name: str) -> None:
    assert is_zone_name(name)


@pytest.mark.parametrize(
    ("value", "zone", "is_same"),
    [
        ("Europe/Paris", ZoneInfo("Europe/Berlin"), True),
        ("+02:00", ZoneInfo("Europe/Berlin"), True),
        ("+01:00", ZoneInfo("Europe/Berlin"), False),
        (2, ZoneInfo("Europe/Berlin"), True),
        (120, ZoneInfo("Europe/Berlin"), True),
        (7200, ZoneInfo("Europe/Berlin"), True),
        (-5, ZoneInfo("Europe/Berlin"), False),
        ("UTC", UTC, True),
        ("Z", UTC, True),
        ("nowhere", UTC, False),
        ("../etc/passwd", UTC, False),
        (True, timezone(timedelta(hours=1)), False),
    ],
)
def test_a_zone_is_compared_at_the_time_itself(value: object, zone: timezone, *, is_same: bool) -> None:
    assert is_offset_of(value, datetime(2026, 7, 1, 12), zone) is is_same  # noqa: DTZ001 (a local time)
