"""Local times and offsets equal those of the zone, on both sides of every change of the clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.render.local_times import LocalTimes
from reports.samples import to_epoch_us, to_time

# Halves of an hour, of the change itself, negative, a date that is left out, and a zone without changes.
ZONES = (
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/St_Johns",
    "Africa/Casablanca",
    "UTC",
)
MAX_US = to_epoch_us(datetime(2100, 1, 1, tzinfo=UTC))
MIN_US = to_epoch_us(datetime(1600, 1, 1, tzinfo=UTC))


@given(st.sampled_from(ZONES), st.integers(MIN_US, MAX_US))
def test_a_time_is_that_of_the_zone(zone: str, epoch_us: int) -> None:
    assert LocalTimes(zone).iso(epoch_us) == to_time(epoch_us).astimezone(ZoneInfo(zone)).isoformat()


@pytest.mark.parametrize("zone", ZONES)
def test_offsets_are_right_at_the_second_of_each_change(zone: str) -> None:
    times, day, info = LocalTimes(zone), timedelta(days=1), ZoneInfo(zone)
    days = [datetime(2011, 6, 1, tzinfo=UTC) + number * day for number in range(365)]
    changes = [
        at for at in days if at.astimezone(info).utcoffset() != (at + day).astimezone(info).utcoffset()
    ]
    assert (len(changes) > 1) == (zone != "UTC")
    for change in changes:
        for second in range(86_400):
            at = change + timedelta(seconds=second)
            offset = timedelta(microseconds=times.offset_us(to_epoch_us(at)))
            assert offset == at.astimezone(info).utcoffset()


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), 46_110.083321759259),  # 01:59:59 +01:00
        (datetime(2026, 3, 29, 1, tzinfo=UTC), 46_110.125),  # 03:00:00 +02:00
        (datetime(1900, 3, 2, tzinfo=UTC), 62 + 1 / 24),
        (datetime(1900, 3, 1, tzinfo=UTC), "1900-03-01T01:00:00+01:00"),
    ],
)
def test_a_cell_has_the_number_of_a_spreadsheet_where_it_has_one(at: datetime, expected: float | str) -> None:
    cell = LocalTimes("Europe/Berlin").cell(to_epoch_us(at))

    assert cell == (expected if isinstance(expected, str) else pytest.approx(expected, abs=1e-9))
