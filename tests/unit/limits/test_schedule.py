from datetime import UTC, datetime, timedelta, timezone

import pytest

from limits.schedule import parse_schedule, parse_zone


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("moment", "active"),
    [
        ("2026-11-23T07:59:59+01:00", False),
        ("2026-11-23T08:00:00+01:00", True),
        ("2026-11-27T17:59:59+01:00", True),
        ("2026-11-27T18:00:00+01:00", False),
        ("2026-11-28T11:00:00+01:00", True),
        ("2026-11-29T11:00:00+01:00", False),
    ],
)
def test_it_holds_in_the_windows_of_its_week(moment: str, active: bool) -> None:
    schedule = parse_schedule("mon-fri 08:00-18:00, sat 10:00-14:00", "Europe/Zurich")

    assert schedule.piece_at(at(moment)).active is active


def test_a_window_that_ends_earlier_than_it_starts_ends_on_the_next_day() -> None:
    schedule = parse_schedule("fri-mon 22:00-06:00", "UTC")

    assert schedule.piece_at(at("2026-11-28T05:00Z")).active
    assert schedule.piece_at(at("2026-11-24T05:00Z")).active
    assert not schedule.piece_at(at("2026-11-25T05:00Z")).active


def test_the_time_between_two_moments_is_split_where_it_opens_and_closes() -> None:
    schedule = parse_schedule("08:00-18:00", "UTC")

    pieces = schedule.pieces(at("2026-11-25T12:00Z"), at("2026-11-26T09:00Z"))

    edges = ["2026-11-25T12:00Z", "2026-11-25T18:00Z", "2026-11-26T08:00Z", "2026-11-26T09:00Z"]
    assert [(p.start, p.end, p.active) for p in pieces] == [
        (at(edges[0]), at(edges[1]), True),
        (at(edges[1]), at(edges[2]), False),
        (at(edges[2]), at(edges[3]), True),
    ]


def test_local_time_counts_when_clocks_change() -> None:
    schedule = parse_schedule("sun 01:00-04:00", "Europe/Zurich")
    spring = schedule.piece_at(at("2026-03-29T01:30+01:00"))
    autumn = schedule.piece_at(at("2026-10-25T01:30+02:00"))

    assert timedelta(seconds=spring.end - spring.start) == timedelta(hours=2)
    assert timedelta(seconds=autumn.end - autumn.start) == timedelta(hours=4)
    assert datetime.fromtimestamp(autumn.end, timezone(timedelta(hours=1))).hour == 4
    assert datetime.fromtimestamp(autumn.end, UTC).hour == 3


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("weekdays 08:00-18:00", "is not a weekly schedule"),
        ("mon-fri 8-18", "is not a weekly schedule"),
        ("", "is not a weekly schedule"),
        ("foo 08:00-18:00", "is not a weekly schedule"),
        ("mon 08:00-25:00", "after 24:00"),
        ("mon 24:00-03:00", "after 24:00"),
        ("mon 08:00-08:00", "ends when it starts"),
    ],
)
def test_a_text_that_is_no_schedule_is_rejected_with_an_example(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        parse_schedule(text, "UTC")


@pytest.mark.parametrize("name", ["Europe/Zuerich", "", "../etc/passwd", "CEST", "Europe"])
def test_a_zone_that_does_not_exist_is_rejected(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        parse_zone(name)
