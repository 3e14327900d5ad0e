"""What the sections decide by themselves."""

import pytest

from evaluation.plan import FULL
from evaluation.scoring import compare
from evaluation.sections.false_alarms import outside
from evaluation.sections.spread import Simulated, passes
from evaluation.series import Series, Window
from evaluation.simulation import Signal
from limits.model import Reading

GOOD, POOR = Simulated(0.97, 0.1), Simulated(0.9, 0.03)


@pytest.mark.parametrize(
    ("found", "standard", "expected"),
    [
        (Simulated(0.95, 0.05), GOOD, True),
        (Simulated(0.94, 0.1), GOOD, False),
        (Simulated(0.99, 0.16), GOOD, False),
        (Simulated(0.99, 0.04), GOOD, False),
        (Simulated(0.885, 0.02), POOR, True),
        (Simulated(0.87, 0.1), POOR, False),
    ],
)
def test_settings_pass_within_the_bounds_or_as_the_shipped_do(
    found: Simulated, standard: Simulated, expected: bool
) -> None:
    assert passes(found, standard) is expected


def test_intervals_with_too_few_or_too_many_alarms_are_named() -> None:
    assert outside({"1 h": 0.09, "5 min": 0.15}) == []
    assert outside({"1 h": 0.09, "1 min": 0.013}) == [
        "All kinds together are outside 0.05 to 0.15 at some intervals: 0.013 at one reading per 1 min."
    ]


def test_a_full_run_has_at_least_200_trials_per_kind() -> None:
    trials = sum(FULL.trials_of(name, len(Signal)) for name in ("1 h", "5 min", "1 min"))

    assert trials * len(Signal) >= 200


def test_alarms_are_compared_with_as_many_random_ones_after_the_probation() -> None:
    series = Series(
        name="test",
        readings=[Reading(3_600.0 * hour, 20.0) for hour in range(1_000)],
        windows=[Window(3_600.0 * 500, 3_600.0 * 550)],
    )

    found = compare(series, [3_600.0 * 10, 3_600.0 * 500], 20)

    assert found.alarms == 1, "the first one is in the probation"
    assert found.score.normalised == pytest.approx(100)
    assert len(found.random) == 20
    assert found.percentile <= 100
    assert found.row("x")[:4] == ["x", "100.0", "1 of 1", "1"]
