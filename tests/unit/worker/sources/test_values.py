from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from readings.model import Unit
from worker.sources.model import Skipped, SourceRefused
from worker.sources.values import check_unit, parse_moment, parse_number, windows

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("19.5", 19.5),
        (" -0.5\r\n", -0.5),
        ("1e1", 10.0),
        (21, 21.0),
        (None, Skipped("no value")),
        ("", Skipped("no value")),
        ("unavailable", Skipped("unavailable")),
        ("Unknown", Skipped("unknown")),
        ("NaN", Skipped("nan")),
        (float("nan"), Skipped("not a number")),
        (float("inf"), Skipped("not a number")),
        (10**400, Skipped("not a number")),
        ("inf", Skipped("not a number")),
        ("1_000", Skipped("not a number")),
        ("19,5", Skipped("not a number")),
        (True, Skipped("not a number")),
        ([21.5], Skipped("not a number")),
    ],
)
def test_a_number_is_read_or_skipped_with_its_reason(value: object, expected: object) -> None:
    assert parse_number(value) == expected


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-11-26T14:27:11.562908+00:00", None, datetime(2026, 11, 26, 14, 27, 11, 562908, UTC)),
        ("2026-11-26T15:27:11+01:00", None, datetime(2026, 11, 26, 14, 27, 11, tzinfo=UTC)),
        ("2026-07-01T12:00:00", BERLIN, datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-07-01T12:00:00Z", BERLIN, datetime(2026, 7, 1, 12, tzinfo=UTC)),
        ("2026-03-29T02:30:00", BERLIN, Skipped("local time that the clocks skip")),
        ("2026-10-25T02:30:00", BERLIN, Skipped("local time that occurs twice")),
        ("yesterday", BERLIN, Skipped("no valid time")),
        ("0001-01-01T00:00:00+14:00", None, Skipped("no valid time")),
        ("9999-12-31T23:59:59-14:00", None, Skipped("no valid time")),
    ],
)
def test_a_time_is_a_moment_or_skipped(text: str, zone: ZoneInfo | None, expected: object) -> None:
    assert parse_moment(text, zone) == expected


def test_a_time_that_could_be_in_any_zone_is_refused() -> None:
    with pytest.raises(SourceRefused, match="'2026-07-01T12:00:00' has no offset: set time_zone"):
        parse_moment("2026-07-01T12:00:00", None)


@pytest.mark.parametrize("text", ["°F", "%", "0.1 °C", "°"])
def test_an_answer_in_another_unit_is_refused(text: str) -> None:
    with pytest.raises(SourceRefused, match=r"sensor\.a is in .*, but the unit of the source is celsius"):
        check_unit(text, Unit.CELSIUS, "sensor.a")


def test_an_answer_without_a_unit_or_in_the_same_is_accepted() -> None:
    for text in (None, "", "°C", "C"):
        check_unit(text, Unit.CELSIUS, "sensor.a")


def test_windows_cover_a_range_once() -> None:
    start = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    day = timedelta(days=1)

    assert list(windows(start, start + 2.5 * day, day)) == [
        (start, start + day),
        (start + day, start + 2 * day),
        (start + 2 * day, start + 2.5 * day),
    ]
    assert list(windows(start, start, day)) == []
