"""Which times of a schedule are due, also at a change of the clocks and after an outage."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jobs.schedules import Firing, ScheduleDefinition, decide, first_time, next_time
from runtime.errors import InvalidInput

BERLIN = "Europe/Berlin"
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def times(cron: str, zone: str, after: datetime, count: int) -> list[str]:
    found = []
    for _ in range(count):
        following = next_time(cron, zone, after)
        assert following is not None
        after = following
        found.append(after.astimezone(ZoneInfo(zone)).isoformat())
    return found


def schedule(**fields: Any) -> ScheduleDefinition:
    return ScheduleDefinition(**{"kind": "dummy", "cron": "*/10 * * * *"} | fields)


def test_a_skipped_time_occurs_once_when_the_clocks_have_moved_forward() -> None:
    # In Berlin, 02:00 to 03:00 does not exist on 29 March 2026.
    assert times("30 2 * * *", BERLIN, at("2026-03-28T12:00:00+01:00"), 2) == [
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:30:00+02:00",
    ]


def test_several_skipped_times_occur_once() -> None:
    assert times("0,30 2 * * *", BERLIN, at("2026-03-29T01:59:00+01:00"), 2) == [
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:00:00+02:00",
    ]


def test_a_repeated_time_occurs_once_the_first_time() -> None:
    # In Berlin, 02:00 to 03:00 occurs twice on 25 October 2026.
    assert times("30 2 * * *", BERLIN, at("2026-10-25T01:00:00+02:00"), 2) == [
        "2026-10-25T02:30:00+02:00",
        "2026-10-26T02:30:00+01:00",
    ]


def test_a_schedule_that_is_created_in_the_repeated_hour_has_its_first_time_after_that() -> None:
    created_at = at("2026-10-25T02:15:00+01:00")

    assert first_time("30 2 * * *", BERLIN, created_at) == at("2026-10-26T02:30:00+01:00")


def test_times_by_the_minute_or_hour_follow_the_clock_through_both_changes() -> None:
    assert times("*/30 * * * *", BERLIN, at("2026-03-29T01:15:00+01:00"), 3) == [
        "2026-03-29T01:30:00+01:00",
        "2026-03-29T03:00:00+02:00",
        "2026-03-29T03:30:00+02:00",
    ]
    assert times("0 * * * *", BERLIN, at("2026-10-25T01:30:00+02:00"), 3) == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
        "2026-10-25T03:00:00+01:00",
    ]


@given(
    cron=st.sampled_from(["30 2 * * *", "*/7 * * * *", "0 */3 * * *", "5 1,2,3 * * *", "0 0 1 * *"]),
    zone=st.sampled_from(["UTC", BERLIN, "America/St_Johns", "Australia/Lord_Howe"]),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 (made aware below)
)
def test_times_are_strictly_ascending_whenever_one_starts(cron: str, zone: str, start: datetime) -> None:
    after = start.replace(tzinfo=UTC)
    found = [after]
    for _ in range(5):
        following = next_time(cron, zone, found[-1])
        assert following is not None
        found.append(following)

    assert all(earlier < later for earlier, later in pairwise(found))


@pytest.mark.parametrize(
    ("cron", "message"),
    [
        ("* * * *", "has 4 fields: use five fields, such as 30 2 * * * for 02:30 every day"),
        ("0 * * * * *", "has 6 fields"),
        ("@daily", "has 1 fields"),
        ("61 * * * *", "its minute cannot be used"),
        ("0 0 30 2 *", "its day-of-month cannot be used"),
        ("* * */20 * 1L", "never occurs within 50 years"),
    ],
)
def test_an_expression_that_cannot_be_used_is_refused(cron: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=r"^cron: ") as raised:
        first_time(cron, "UTC", NOON)

    assert raised.value.message.startswith(message)


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ValidationError, match="must be a time zone such as UTC or Europe/Berlin"):
        schedule(time_zone="Europe/Berln")


@pytest.mark.parametrize("catch_up", ["none", "last", "all"])
def test_a_time_that_has_just_come_is_due(catch_up: str) -> None:
    now = NOON + timedelta(seconds=3)

    assert decide(schedule(catch_up=catch_up), NOON, now, last_ended_at=None) == Firing(
        NOON, NOON + timedelta(minutes=10)
    )


@pytest.mark.parametrize(
    ("catch_up", "due", "following"),
    [
        ("none", None, "2026-11-27T12:00:00+00:00"),
        ("last", "2026-11-27T11:50:00+00:00", "2026-11-27T12:00:00+00:00"),
        ("all", "2026-11-25T00:00:00+00:00", "2026-11-25T00:10:00+00:00"),
    ],
)
def test_after_an_outage_of_days_the_schedule_says_which_times_are_made_up_for(
    catch_up: str, due: str | None, following: str
) -> None:
    missed, now = at("2026-11-25T00:00:00+00:00"), at("2026-11-27T11:55:00+00:00")

    firing = decide(schedule(catch_up=catch_up), missed, now, last_ended_at=missed - timedelta(days=1))

    assert firing == Firing(at(due) if due else None, at(following))


@pytest.mark.parametrize("days", [3, 400, 4000])
def test_the_last_of_many_missed_times_is_found_whatever_the_expression(days: int) -> None:
    missed, now = NOON - timedelta(days=days), NOON + timedelta(seconds=1)

    assert decide(schedule(cron="* * * * *"), missed, now, last_ended_at=None).due == NOON
    assert decide(schedule(cron="0 12 27 11 *"), missed, now, last_ended_at=None).due == NOON


def test_a_time_that_waited_for_the_last_workflow_was_not_missed() -> None:
    waiting = schedule(overlap="queue", catch_up="none", cron="0 * * * *")
    ended_at = NOON + timedelta(minutes=30)

    assert decide(waiting, NOON, ended_at + timedelta(seconds=1), last_ended_at=ended_at).due == NOON
    assert decide(waiting, NOON, ended_at, last_ended_at=NOON - timedelta(hours=1)).due is None


def test_there_is_no_time_after_the_last_year() -> None:
    assert next_time("0 3 * * *", "Europe/Berlin", datetime(9999, 12, 31, 20, tzinfo=UTC)) is None
