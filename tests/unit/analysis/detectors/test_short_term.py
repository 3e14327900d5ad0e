"""What is expected of the next reading, from the last readings."""

from analysis.detectors.short_term import ShortTerm
from analysis.parameters import ShortTermParameters


def interval_after(*times: float) -> float:
    short_term = ShortTerm(ShortTermParameters())
    short_term.move(times[0], 20.0)
    for at in times[1:]:
        short_term.learn(at, 20.0, 0.0, 0.1)
    return short_term.interval


def test_the_interval_of_a_sensor_that_was_tried_out_before_is_that_of_its_later_readings() -> None:
    assert interval_after(0.0, 5_000_000.0, 5_000_060.0, 5_000_120.0) == 60.0


def test_the_interval_of_irregular_readings_is_their_mean() -> None:
    assert interval_after(0.0, 90.0, 120.0, 180.0) == 60.0
