"""Excursions, computed by hand."""

from datetime import timedelta

import pytest

from reports.measures.strictest import outside_all
from reports.model import Acknowledgement, ReportLimit
from tests.unit.reports.readings_of_a_sensor import FRIDGE, MINUTE, ROOM, at, every, high, low, measure


def test_a_warm_reading_between_two_cold_readings() -> None:
    # The line crosses 8 °C at 15 and at 25 minutes; the area is a triangle of 10 minutes and 2 K.
    report = measure(every(10, [4, 6, 10, 6, 4]), high(8))

    [excursion] = report.excursions
    [outside] = report.outside
    assert (excursion.start, excursion.end) == (at(15), at(25))
    assert excursion.is_start_known
    assert excursion.is_end_known
    assert (excursion.seconds, excursion.degree_minutes) == (600, 10)
    assert (excursion.peak, excursion.peak_at) == (10, at(20))
    assert (outside.seconds, outside.degree_minutes) == (600, 10)
    assert (outside.readings, outside.excursions) == (1, 1)


def test_a_cold_time_below_a_low_limit() -> None:
    # From 10 to 40 minutes, with 0 °C in between: two triangles and a rectangle, 2 K deep.
    report = measure(every(10, [2, 2, 0, 0, 2, 2]), low(2))

    [excursion] = report.excursions
    assert (excursion.start, excursion.end) == (at(10), at(40))
    assert excursion.degree_minutes == 10 * 2 / 2 + 10 * 2 + 10 * 2 / 2
    assert (excursion.peak, excursion.peak_at) == (0, at(20))


def test_at_the_limit_is_not_outside() -> None:
    report = measure(every(10, [8, 8, 8, 2, 2]), high(8), low(2))

    assert report.excursions == ()
    assert [each.seconds for each in report.outside] == [0, 0]
    assert [each.readings for each in report.outside] == [0, 0]


def test_a_gap_ends_an_excursion_and_its_length_is_unknown() -> None:
    warm = [(0, 5), (10, 9), (20, 9), (60, 9), (70, 9), (80, 5), (90, 5)]
    report = measure(warm, high(8), minutes=100)

    before, after = report.excursions
    assert (before.start, before.end) == (at(7.5), at(20))
    assert (before.is_start_known, before.is_end_known) == (True, False)
    assert (after.start, after.end) == (at(60), at(72.5))
    assert (after.is_start_known, after.is_end_known) == (False, True)
    [gap] = report.gaps
    assert (gap.start, gap.end, gap.seconds) == (at(20), at(60), 2400)
    assert report.outside[0].seconds == (12.5 + 12.5) * 60


def test_a_single_warm_reading_between_gaps_is_an_excursion_without_a_length() -> None:
    report = measure([(0, 5), (30, 12), (59, 5)], high(8), interval_seconds=600)

    [excursion] = report.excursions
    assert (excursion.start, excursion.end, excursion.seconds) == (at(30), at(30), 0)
    assert (excursion.is_start_known, excursion.is_end_known) == (False, False)
    assert (excursion.peak, excursion.degree_minutes) == (12, 0)
    assert report.outside[0].readings == 1


def test_two_readings_of_one_time_on_both_sides_of_a_limit_are_no_excursion() -> None:
    report = measure([(0, 5), (10, 5), (10, 9), (10, 5), (20, 5), (30, 5)], high(10), high(8))

    assert report.readings == 6
    assert [each.excursions for each in report.outside] == [0, 1]
    # Of readings at one time the coldest is first, so the line falls from 9 °C.
    assert (report.excursions[0].start, report.excursions[0].end) == (at(10), at(12.5))


def test_the_outer_limits_of_a_preset_are_measured_next_to_the_inner() -> None:
    report = measure(every(10, [22, 26, 32, 26, 22, 22]), preset=ROOM)

    assert [(each.kind, each.threshold, each.is_excursion) for each in report.limits] == [
        ("high", 25.0, False),
        ("low", 20.0, False),
        ("high", 30.0, True),
        ("low", 15.0, True),
    ]
    assert [each.excursions for each in report.outside] == [1, 0, 1, 0]
    # All together, the time outside 30 °C is part of that outside 25 °C, and not added to it.
    assert outside_all(report)[:2] == (report.outside[0].seconds, 1)
    inner, outer = report.excursions
    assert inner.start < outer.start < outer.end < inner.end
    assert outer.seconds == pytest.approx(2 * 10 * 60 * 2 / 6)


def test_the_limits_of_the_request_replace_those_of_the_sensor_and_add_to_the_preset() -> None:
    own = {"limits": (ReportLimit(kind="high", threshold=7, source="limit 12"),)}

    assert [each.source for each in measure([], sensor=own).limits] == ["limit 12"]
    assert [each.threshold for each in measure([], high(9), sensor=own).limits] == [9]
    both = measure([], high(9), preset=FRIDGE, sensor=own).limits
    assert [(each.threshold, each.source) for each in both] == [
        (8, "preset 2-8"),
        (2, "preset 2-8"),
        (9, "request"),
    ]


def acknowledged(
    kind: str, start: float, end: float | None, by: str, minute: float = 100, threshold: float | None = None
) -> Acknowledgement:
    return Acknowledgement(
        kind=kind,  # type: ignore[arg-type]  # a literal
        start=at(start),
        end=None if end is None else at(end),
        acknowledged_by=by,
        acknowledged_at=at(minute),
        note="door open",
        threshold=threshold,
    )


@pytest.mark.parametrize(
    ("acknowledgements", "by"),
    [
        ((), None),
        ((acknowledged("high", 16, 24, "ana"),), "ana"),
        ((acknowledged("high", 16, None, "ana"),), "ana"),
        ((acknowledged("low", 16, 24, "ana"),), None),
        ((acknowledged("high", 30, 40, "ana"),), None),
        ((acknowledged("high", 16, 18, "rui", 200), acknowledged("high", 20, 24, "ana")), "rui"),
    ],
    ids=["none", "overlaps", "lasts", "other direction", "later", "the last of two"],
)
def test_who_acknowledged_an_excursion(acknowledgements: tuple[Acknowledgement, ...], by: str | None) -> None:
    given = {"acknowledgements": acknowledgements}
    [excursion] = measure(every(10, [4, 6, 10, 6, 4]), high(8), sensor=given).excursions

    assert excursion.acknowledged_by == by
    assert excursion.note == (None if by is None else "door open")


def test_each_of_two_excursions_of_an_event_has_its_own_acknowledgement() -> None:
    # given a warning and a critical limit, of which the critical one was acknowledged first
    given = {
        "acknowledgements": (
            acknowledged("high", 15, 25, "rui", 200, threshold=8),
            acknowledged("high", 18, 22, "ana", 100, threshold=9),
        )
    }
    report = measure(every(10, [4, 6, 10, 6, 4]), high(8), high(9), high(9.5), sensor=given)

    # then a limit that is none of them has the last
    by = {each.limit.threshold: each.acknowledged_by for each in report.excursions}
    assert by == {8: "rui", 9: "ana", 9.5: "rui"}


def test_a_crossing_is_exact_to_a_microsecond() -> None:
    [excursion] = measure([(0, 7), (1, 10), (2, 7), (3, 7)], high(8)).excursions

    assert excursion.start == at(0) + timedelta(seconds=20)
    assert excursion.end == at(1) + timedelta(seconds=40)
    assert excursion.degree_minutes == pytest.approx(2 * (40 / 60) * 2 / 2)
    assert excursion.end - excursion.start == MINUTE * 80 / 60


def test_the_times_outside_a_high_and_a_low_limit_are_added() -> None:
    report = measure(every(10, [5, 5, 11, 5, -1, 5]), high(8), low(2))

    assert outside_all(report) == (20 * 60, 2, (high(8), low(2)))
    assert outside_all(measure([])) == (0, 0, ())
