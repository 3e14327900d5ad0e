"""The notation of times, local times in their zone, and clocks that were never set."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from readings.times import resolve_local, to_iso_8601, unset_clock


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-22T05:28:37Z", "2026-11-22T05:28:37Z"),
        ("2026-11-22 05:28:37 UTC", "2026-11-22T05:28:37Z"),
        ("2026-11-22 05:28:37.5 +0000 UTC", "2026-11-22T05:28:37.5Z"),
        ("2026-11-22 05:28:37+01", "2026-11-22T05:28:37+01:00"),
        ("2026-11-22 05:28:37 +0100", "2026-11-22T05:28:37+01:00"),
        ("2026-11-22T05:28:37-03:30", "2026-11-22T05:28:37-03:30"),
        ("2026-11-22T05:28:37\N{MINUS SIGN}03", "2026-11-22T05:28:37-03:00"),
        ("2026-11-22T05:28:37 UTC+02:00", "2026-11-22T05:28:37+02:00"),
        ("2026-11-22t05:28z", "2026-11-22T05:28Z"),
        (" 2026-11-22T05:28:37,5 GMT ", "2026-11-22T05:28:37.5Z"),
        ("2026-11-22T05:28", "2026-11-22T05:28"),
    ],
)
def test_each_notation_of_an_offset_is_understood(text: str, iso: str) -> None:
    assert to_iso_8601(text) == iso


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("2026-11-22T05:28:37 +0100 UTC", "time zone UTC instead of an offset"),
        ("2026-11-22T05:28:37 CET", "time zone CET instead of an offset"),
        ("2026-11-22T05:28:37+01:00[Europe/Berlin]", "time zone Europe/Berlin instead of an offset"),
        *((text, "must be an ISO 8601 time") for text in ("", "2026-11-22", "yesterday", "2026-W47-7T00:00")),
    ],
)
def test_what_is_no_time_is_rejected(text: str, fragment: str) -> None:
    with pytest.raises(ValueError, match=fragment):
        to_iso_8601(text)


@pytest.mark.parametrize(
    ("local", "zone", "moments"),
    [
        ("2024-06-01T02:00", "Europe/Berlin", ["2024-06-01T00:00"]),
        ("2024-10-27T02:00", "Europe/Berlin", ["2024-10-27T00:00", "2024-10-27T01:00"]),
        ("2024-10-27T03:00", "Europe/Berlin", ["2024-10-27T02:00"]),
        ("2024-03-31T02:30", "Europe/Berlin", []),
        ("2024-03-31T03:00", "Europe/Berlin", ["2024-03-31T01:00"]),
        ("2024-04-07T01:45", "Australia/Lord_Howe", ["2024-04-06T14:45", "2024-04-06T15:15"]),
        ("2011-12-30T12:00", "Pacific/Apia", []),
        ("2024-10-27T02:00+01:00", "Europe/Berlin", ["2024-10-27T01:00"]),
    ],
)
def test_a_local_time_is_shown_once_twice_or_never(local: str, zone: str, moments: list[str]) -> None:
    expected = tuple(datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in moments)

    assert resolve_local(datetime.fromisoformat(local), ZoneInfo(zone)) == expected


def test_a_local_time_beyond_the_calendar_is_one_moment() -> None:
    for local in ("0001-01-01T00:00", "9999-12-31T23:59"):
        for zone in ("Asia/Tokyo", "America/New_York"):
            assert len(resolve_local(datetime.fromisoformat(local), ZoneInfo(zone))) == 1


@pytest.mark.parametrize("time", ["1970-01-01T00:00:12Z", "1999-12-31T23:00", "2000-01-01T23:59:59+01:00"])
@pytest.mark.parametrize("has_id", [True, False])
def test_the_day_on_which_clocks_start_is_no_measurement(time: str, has_id: bool) -> None:
    reason = unset_clock(datetime.fromisoformat(time), has_id=has_id)

    assert reason
    assert reason.endswith("the sensor's clock was never set")


@pytest.mark.parametrize(
    ("time", "device"),
    [
        ("2010-01-01T00:00:12Z", "Android"),
        ("2015-01-01T05:00", "STM32"),
        ("2014-12-31T19:00-05:00", "STM32"),
        ("2016-01-01T00:00:03", "Tasmota"),
        ("2021-01-01T08:00+08:00", "Raspberry Pi Pico"),
    ],
)
def test_a_firmware_epoch_is_rejected_unless_the_reading_has_an_id(time: str, device: str) -> None:
    reason = unset_clock(datetime.fromisoformat(time), has_id=False)

    assert reason
    assert device in reason
    assert unset_clock(datetime.fromisoformat(time), has_id=True) is None


@pytest.mark.parametrize(
    "time", ["2000-01-02T00:00Z", "2015-01-02T00:00", "2021-06-01T00:00Z", "2026-01-01T00:00"]
)
def test_other_times_may_be_real(time: str) -> None:
    assert unset_clock(datetime.fromisoformat(time), has_id=False) is None
