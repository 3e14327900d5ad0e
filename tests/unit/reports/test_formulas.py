"""The examples of which the results are known, and what has no mean kinetic temperature."""

import pytest

from reports.explanations import Unmeasured
from reports.formulas import mean_kinetic_temperature, weighted_deviation, weighted_mean
from reports.model import DEFAULT_HEAT_KJ_PER_MOL
from tests.unit.reports.readings_of_a_sensor import FREEZER, every, high, measure

HEAT = DEFAULT_HEAT_KJ_PER_MOL


def test_the_mean_kinetic_temperature_of_even_steps() -> None:
    assert mean_kinetic_temperature([1] * 5, [4, 4, 4, 4, 16], HEAT) == pytest.approx(8.109, abs=5e-4)
    assert mean_kinetic_temperature([1] * 24, [20] * 12 + [30] * 12, HEAT) == pytest.approx(26.260, abs=5e-4)


def test_a_report_has_the_mean_kinetic_temperature_of_its_readings_alike() -> None:
    report = measure(every(10, [4, 4, 4, 4, 16]))

    assert report.mean_kinetic_temperature_of_readings == pytest.approx(8.109, abs=5e-4)


def test_by_the_trapezoidal_rule_the_last_reading_counts_half() -> None:
    report = measure(every(10, [4, 4, 4, 4, 16]))

    assert report.mean_kinetic_temperature == pytest.approx(6.795, abs=5e-4)
    assert report.mean == pytest.approx((4 * 3.5 + 16 * 0.5) / 4)


def test_steps_give_by_the_trapezoidal_rule_what_their_times_say() -> None:
    # 4 °C for four hours, then 16 °C for one: at the time of the step there is a reading of each.
    steps = [(0, 4), (60, 4), (120, 4), (180, 4), (240, 4), (240, 16), (300, 16)]
    report = measure(steps, minutes=300.1)

    assert report.mean_kinetic_temperature == pytest.approx(8.109, abs=5e-4)
    assert report.mean == pytest.approx(6.4)


def test_a_day_half_cold_and_half_warm() -> None:
    report = measure(every(60, [20] * 12 + [30] * 12), minutes=24 * 60)

    assert report.mean_kinetic_temperature == pytest.approx(26.260, abs=5e-4)
    assert report.mean == pytest.approx(25)
    assert report.standard_deviation == pytest.approx(5)


def test_the_heat_of_activation_is_a_setting() -> None:
    usual, higher = (measure(every(60, [20, 30]), heat_kj_per_mol=heat, minutes=90) for heat in (HEAT, 100))

    assert usual.mean_kinetic_temperature is not None
    assert higher.mean_kinetic_temperature is not None
    assert usual.mean_kinetic_temperature < higher.mean_kinetic_temperature


def test_extreme_cold_and_heat_have_a_mean_kinetic_temperature() -> None:
    assert mean_kinetic_temperature([1, 1], [-270, -270], HEAT) == pytest.approx(-270)
    assert mean_kinetic_temperature([1, 1], [10_000, 10_000], HEAT) == pytest.approx(10_000)


def test_absolute_zero_has_none() -> None:
    with pytest.raises(ValueError, match=r"-273\.15 °C, which is not above absolute zero"):
        mean_kinetic_temperature([1, 1], [4, -273.15], HEAT)

    report = measure(every(10, [4, -273.15]))

    assert report.mean_kinetic_temperature is None
    assert report.no_mean_kinetic_temperature is Unmeasured.ABSOLUTE_ZERO


@pytest.mark.parametrize(
    "frozen",
    [{"preset": FREEZER}, {"sensor": {"is_frozen": True}}, {"sensor": {"limits": (high(-15),)}}],
    ids=["preset", "sensor", "limit below zero"],
)
def test_frozen_goods_have_none(frozen: dict[str, object]) -> None:
    report = measure(every(10, [-20, -19]), **frozen)  # type: ignore[arg-type]  # of either kind

    assert report.mean_kinetic_temperature is None
    assert report.mean_kinetic_temperature_of_readings is None
    assert report.no_mean_kinetic_temperature is Unmeasured.FROZEN
    assert report.mean == pytest.approx(-19.5)


def test_the_deviation_is_around_the_weighted_mean() -> None:
    mean = weighted_mean([3, 1], [10, 14])

    assert mean == pytest.approx(11)
    assert weighted_deviation([3, 1], [10, 14], mean) == pytest.approx(3**0.5)
