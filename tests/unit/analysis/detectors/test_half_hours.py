"""Drift, and what is unusual for the time of day: detectors of half hours."""

from math import cos, pi
from random import Random

from analysis.anomaly import AnomalyKind
from analysis.detectors.drift import DriftDetector
from analysis.detectors.unusual import UnusualDetector
from analysis.forecast import Forecast
from analysis.forecasting.bins import Bin
from analysis.incidents import Incidents
from analysis.parameters import DAY_SECONDS, BudgetParameters, Parameters
from analysis.thresholds import AlarmBudget

HALF_HOUR = 1800.0
BINS_PER_DAY = 48


def incidents() -> Incidents:
    return Incidents(AlarmBudget(0.1, BudgetParameters()))


def bins(days: int, seed: int = 1) -> list[Bin]:
    generator = Random(seed)
    return [
        Bin(
            number,
            at := number * HALF_HOUR,
            value := 20 + cos(2 * pi * at / DAY_SECONDS) + generator.gauss(0, 0.2),
            30,
            at + 900,
            value,
        )
        for number in range(days * BINS_PER_DAY)
    ]


def drift_of(half_hours: list[Bin], found: Incidents) -> DriftDetector:
    detector = DriftDetector(Parameters())
    for each in half_hours:
        detector.add(each, 1.0, 0.1, found)
    return detector


def test_a_daily_cycle_is_no_drift() -> None:
    found = incidents()
    drift_of(bins(60), found)

    assert found.take_changed() == []


def test_another_season_after_a_sensor_was_off_is_no_drift_and_ends_one() -> None:
    # given a sensor whose drift lasts when it is switched off
    found, start = incidents(), 30 * DAY_SECONDS
    before = [each._replace(mean=each.mean + (4.0 if each.at > start else 0.0)) for each in bins(32)]
    detector = drift_of(before, found)
    assert [change.ended_at for change in found.take_changed()][-1] is None
    # when it sends again three months later
    for each in bins(30, seed=2):
        again = each.at + 120 * DAY_SECONDS
        detector.add(each._replace(at=again, latest_at=again, mean=each.mean - 12), 1.0, 0.1, found)
    # then the drift has ended, and the other level is none
    [ended] = found.take_changed()
    assert ended.ended_at is not None
    assert found.open == {}


def test_four_deviations_of_a_week_in_five_days_are_a_drift() -> None:
    found, start, slope = incidents(), 30 * DAY_SECONDS, 4 * 0.73 / (5 * DAY_SECONDS)
    drifting = [
        each._replace(mean=each.mean + slope * min(max(each.at - start, 0.0), 5 * DAY_SECONDS))
        for each in bins(36)
    ]
    drift_of(drifting, found)

    drift = found.take_changed()[0]
    assert drift.kind is AnomalyKind.DRIFT
    assert 33 < drift.started_at / DAY_SECONDS < 35.5
    assert drift.lower < drift.expected < drift.upper < drift.observed
    assert "as the mean of a day where 18." in drift.reason


def test_a_level_shift_is_not_reported_again_as_a_drift() -> None:
    found, halves = incidents(), bins(40)
    detector = drift_of(halves[: 30 * BINS_PER_DAY], found)
    detector.shift(10.0)
    for each in halves[30 * BINS_PER_DAY :]:
        detector.add(each._replace(mean=each.mean + 10.0), 1.0, 0.1, found)

    assert found.take_changed() == []


def test_a_half_hour_far_from_what_is_expected_at_its_time_is_unusual_until_one_is_normal() -> None:
    found, detector = incidents(), UnusualDetector(Parameters())
    for each in bins(10):
        expected = 20 + cos(2 * pi * each.at / DAY_SECONDS)
        unusual = 400 <= each.number < 404
        closed = each._replace(latest=each.latest + 4.0) if unusual else each
        detector.add(closed, Forecast(expected, expected - 1, expected + 1), 1.0, 0.1, found, "seasonal-1")

    started, ended = found.take_changed()
    assert started.kind is ended.kind is AnomalyKind.UNUSUAL
    assert started.model_version == "seasonal-1"
    assert (started.started_at, ended.ended_at) == (400 * HALF_HOUR + 900, 404 * HALF_HOUR + 900)
    assert started.reason.endswith("was expected at this time of the day")


def test_nothing_is_unusual_for_a_day_after_a_level_shift() -> None:
    found, detector = incidents(), UnusualDetector(Parameters())
    for each in bins(10):
        if each.number == 400:
            detector.wait(each.at)
        closed = each._replace(latest=each.latest + (4.0 if 400 <= each.number < 448 else 0.0))
        expected = 20 + cos(2 * pi * each.at / DAY_SECONDS)
        detector.add(closed, Forecast(expected, expected - 1, expected + 1), 1.0, 0.1, found, "seasonal-1")

    assert found.take_changed() == []
