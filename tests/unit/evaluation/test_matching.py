"""Which alarms fall into labelled windows, and how sure the shares and rates are."""

import pytest

from evaluation import statistics
from evaluation.matching import match, total
from evaluation.series import Series, Window
from limits.model import Reading

SERIES = Series(
    name="test",
    readings=[Reading(60.0 * row, 20.0) for row in range(1_440)],
    windows=[Window(600, 1_200), Window(6_000, 7_000)],
)


def test_the_first_alarm_of_a_window_finds_it_after_a_number_of_readings() -> None:
    found = match(SERIES, [780, 660, 1_260, 120])

    assert found.delays == [1, None]
    assert (found.found, found.max_delay) == (1, 1)
    assert found.false_alarms == 2
    assert found.per_day == pytest.approx(2)
    assert found.per_thousand == pytest.approx(2 / 1.44)


def test_several_series_are_counted_together() -> None:
    found = total([match(SERIES, [600]), match(SERIES, [0, 6_060])])

    assert found.delays == [0, None, None, 1]
    assert (found.false_alarms, found.readings) == (1, 2_880)
    assert found.days == pytest.approx(2)
    assert found.row("both") == [
        "both", "2 of 4", "0, missed, missed, 1", "1", "0.35", "0.50 (0.01 to 2.78)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("successes", "trials", "expected"),
    [(190, 200, (0.910, 0.973)), (200, 200, (0.981, 1.0)), (0, 10, (0.0, 0.278)), (0, 0, (0.0, 1.0))],
)
def test_the_interval_of_a_share_is_wilsons(
    successes: int, trials: int, expected: tuple[float, float]
) -> None:
    assert statistics.wilson(successes, trials) == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize(
    ("events", "exact"), [(0, (0.0, 3.69)), (1, (0.0253, 5.57)), (10, (4.80, 18.39)), (100, (81.4, 121.6))]
)
def test_the_interval_of_a_number_of_events_is_close_to_the_exact_one(
    events: int, exact: tuple[float, float]
) -> None:
    assert statistics.poisson(events) == pytest.approx(exact, abs=0.05)


def test_a_percentile_is_interpolated() -> None:
    assert statistics.percentile([3, 1, 2, 4], 50) == 2.5
    assert statistics.percentile([1], 95) == 1
