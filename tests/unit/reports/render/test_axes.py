"""Ticks are round, few, and right in zones that change their clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reports.render.axes import clock_changes, time_ticks, value_ticks
from reports.render.notation import ENGLISH

BERLIN = ZoneInfo("Europe/Berlin")


def labels(start: datetime, duration: timedelta, zone: ZoneInfo = BERLIN) -> list[tuple[str, str]]:
    ticks = time_ticks(start, start + duration, zone, ENGLISH)
    return [(tick.label, tick.context) for tick in ticks]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (1.5, 8.5, [2, 3, 4, 5, 6, 7, 8]),
        (-22.4, -16.6, [-22, -21, -20, -19, -18, -17]),
        (4.98, 5.02, [4.98, 4.99, 5.0, 5.01, 5.02]),
        (-40, 1300, [0, 200, 400, 600, 800, 1000, 1200]),
    ],
)
def test_temperatures_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert value_ticks(low, high) == ticks


def test_the_hours_of_a_day_without_two_oclock() -> None:
    start = datetime(2026, 3, 29, tzinfo=BERLIN).astimezone(UTC)
    assert labels(start, timedelta(hours=8)) == [
        ("00:00", "29 Mar"), ("01:00", ""), ("03:00", ""), ("04:00", ""), ("05:00", ""), ("06:00", ""),
        ("07:00", ""), ("08:00", ""), ("09:00", ""),
    ]  # fmt: skip


def test_the_hours_of_a_day_with_two_oclock_twice() -> None:
    start = datetime(2026, 10, 25, tzinfo=BERLIN).astimezone(UTC)
    ticks = time_ticks(start, start + timedelta(hours=5), BERLIN, ENGLISH)
    hours = [
        (tick.at.astimezone(UTC) - start) / timedelta(hours=1) for tick in ticks if tick.label.endswith(":00")
    ]
    assert hours == [0, 1, 2, 4, 5]


def test_days_begin_at_local_midnight() -> None:
    start = datetime(2026, 3, 27, 12, tzinfo=BERLIN).astimezone(UTC)
    ticks = time_ticks(start, start + timedelta(days=4), BERLIN, ENGLISH)
    assert [tick.at.astimezone(UTC).hour for tick in ticks if tick.label == "00:00"] == [23, 23, 22, 22]


def test_weeks_begin_on_mondays() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    assert labels(start, timedelta(days=31), ZoneInfo("UTC")) == [
        ("2 Mar", "2026"), ("9 Mar", ""), ("16 Mar", ""), ("23 Mar", ""), ("30 Mar", ""),
    ]  # fmt: skip


def test_years_are_named_once() -> None:
    start = datetime(2025, 11, 1, tzinfo=UTC)
    assert labels(start, timedelta(days=150), ZoneInfo("UTC")) == [
        ("Nov", "2025"), ("Dec", ""), ("Jan", "2026"), ("Feb", ""), ("Mar", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("days", [0.001, 0.01, 0.3, 1, 3, 10, 45, 200, 900, 9000, 36_000])
def test_there_are_never_too_many(days: float) -> None:
    assert 1 <= len(labels(datetime(1950, 1, 1, tzinfo=UTC), timedelta(days=days))) <= 12


def test_changes_of_the_clocks_are_found_to_the_second() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    assert [change.astimezone(UTC) for change in clock_changes(start, end, BERLIN)] == [
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
    ]
    assert not clock_changes(start, end, ZoneInfo("America/Sao_Paulo"))
