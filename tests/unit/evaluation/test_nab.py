"""The score of the Numenta Anomaly Benchmark, on cases that are computed by hand."""

import math

import pytest

from evaluation import nab
from evaluation.series import Series, Window
from limits.model import Reading


def scaled_sigmoid(position: float) -> float:
    """As the paper writes it."""
    return 2.0 / (1.0 + math.exp(5.0 * position)) - 1.0


WINDOW = (50, 59)


def test_no_alarm_scores_zero() -> None:
    assert nab.score_rows(100, [WINDOW], []) == (0.0, -1.0, 0, 1, 0)


def test_an_alarm_at_the_start_of_each_window_scores_100() -> None:
    assert nab.score_rows(100, [WINDOW, (80, 89)], [50, 80]).normalised == pytest.approx(100)


def test_a_later_alarm_in_a_window_scores_less() -> None:
    # Row 55 of 50 … 59 is at position -(59 - 55 + 1) / 10 = -0.5.
    raw = nab.score_rows(100, [WINDOW], [55]).raw

    assert raw == pytest.approx(0.84828 / 0.98661, abs=1e-4)


def test_only_the_earliest_alarm_in_a_window_counts() -> None:
    assert nab.score_rows(100, [WINDOW], [52, 53, 59]) == nab.score_rows(100, [WINDOW], [52])


def test_an_alarm_before_the_first_window_costs_the_whole_weight() -> None:
    result = nab.score_rows(100, [WINDOW], [20, 50])

    assert result.raw == pytest.approx(1 - 0.11)
    assert result.normalised == pytest.approx(100 * (1 - 0.11 + 1) / 2)
    assert result.false_alarms == 1


def test_an_alarm_shortly_after_a_window_costs_less_than_one_far_behind_it() -> None:
    near = nab.score_rows(200, [WINDOW], [60]).raw
    far = nab.score_rows(200, [WINDOW], [59 + 28]).raw

    assert near == pytest.approx(-1 + 0.11 * scaled_sigmoid(1 / 9))
    assert far == pytest.approx(-1 - 0.11)


def test_alarms_in_the_probation_are_not_scored() -> None:
    assert nab.score_rows(100, [WINDOW], range(15)) == nab.score_rows(100, [WINDOW], [])
    assert nab.score_rows(100, [WINDOW], [15]).false_alarms == 1


@pytest.mark.parametrize(("rows", "expected"), [(100, 15), (99, 14), (5_000, 750), (7_267, 750)])
def test_the_probation_is_15_percent_of_the_rows_and_at_most_750(rows: int, expected: int) -> None:
    assert nab.probation(rows) == expected


def test_a_window_in_the_probation_is_not_scored() -> None:
    assert nab.score_rows(100, [(2, 9), WINDOW], [50]).windows == 1


def test_without_a_window_to_score_it_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to score"):
        nab.score_rows(100, [(2, 9)], [])


SERIES = Series(
    name="test",
    readings=[Reading(60.0 * row, 20.0) for row in range(100)],
    windows=[Window(50 * 60.0 - 1, 59 * 60.0 + 1)],  # between readings
)


def test_times_are_scored_by_the_rows_of_their_readings() -> None:
    assert nab.score(SERIES, [3_000.0, 60.0 * 70]) == nab.score_rows(100, [WINDOW], [50, 70])


def test_an_alarm_without_a_reading_is_refused() -> None:
    with pytest.raises(ValueError, match="no reading at 61"):
        nab.score(SERIES, [61.0])


@pytest.mark.parametrize("windows", [[], [Window(0.0, 5.0)], [Window(500.0, 600.0)]])
def test_windows_of_which_none_can_be_scored_are_refused(windows: list[Window]) -> None:
    readings = [Reading(float(row), 20.0) for row in range(100)]
    with pytest.raises(ValueError, match="after the first 15 of 100"):
        nab.require_scored(Series(name="lab", readings=readings, windows=windows))
    nab.require_scored(Series(name="lab", readings=readings, windows=[*windows, Window(90.0, 95.0)]))
