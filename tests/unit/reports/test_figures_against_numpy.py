"""Every figure equals an independent computation with numpy over the raw readings."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from reports.measures.sensor import measure_sensor
from reports.model import ReportRequest, SensorInput
from reports.samples import Samples
from tests.unit.reports.numpy_oracle import Numbers, Oracle, assert_agrees, calibrated, midnight
from tests.unit.reports.readings_of_a_sensor import FRIDGE, ROOM

LISBON = "Europe/Lisbon"


def noisy_days(
    seed: int, start: float, end: float, interval: float, middle: float
) -> tuple[Numbers, Numbers]:
    """Return times and temperatures with uneven steps, three outages and a warm hour."""
    random = np.random.default_rng(seed)
    times = np.arange(start, end, interval)
    times = np.round(times + random.uniform(0, interval / 3, times.size), 6)
    for _ in range(3):
        outage = random.uniform(start, end)
        times = times[(times < outage) | (times > outage + interval * random.uniform(2, 40))]
    daily = 2 * np.sin((times - start) / 86_400 * 2 * np.pi)
    warm = np.where(np.abs(times - (start + end) / 2) < 3600, 9.0, 0.0)
    return times, middle + daily + warm + random.normal(0, 1.5, times.size)


def as_samples(times: Numbers, temperatures: Numbers, seed: int = 1) -> Samples:
    """Return readings that were stored in any order, as late readings are."""
    order = np.random.default_rng(seed).permutation(times.size)
    return Samples.of(
        (round(time * 1e6), temperature)
        for time, temperature in zip(times[order].tolist(), temperatures[order].tolist(), strict=True)
    )


@pytest.mark.parametrize("preset", [FRIDGE, ROOM], ids=lambda preset: preset.name)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (midnight(LISBON, 2026, 3, 28), midnight(LISBON, 2026, 3, 30), 47),
        (midnight(LISBON, 2026, 10, 24), midnight(LISBON, 2026, 10, 26), 49),
        (datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC), 48),
    ],
    ids=["clocks forward", "clocks back", "usual days"],
)
def test_two_days_with_late_readings_and_calibrations(
    preset: object, seed: int, start: datetime, end: datetime, hours: int
) -> None:
    first, last = start.timestamp(), end.timestamp()
    assert last - first == hours * 3600
    middle = 5 if preset is FRIDGE else 22
    # Some are before the period and after it.
    times, raw = noisy_days(seed, first - 1800, last + 1800, 300, middle)
    calibrations = [(first + 3600, 1.02, -0.4), (first + 90_000, 0.98, 0.3)]
    temperatures = calibrated(times, raw, calibrations)
    request = ReportRequest(sensors=("1",), start=start, end=end, time_zone=LISBON, preset=preset)  # type: ignore[arg-type]

    report = measure_sensor(SensorInput(sensor_id="1", samples=as_samples(times, temperatures)), request)

    assert_agrees(report, Oracle(times, temperatures, first, last))
    assert report.coverage == pytest.approx(1 - sum(gap.seconds for gap in report.gaps) / hours / 3600)


def test_readings_every_second_with_several_at_one_time() -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    times, temperatures = noisy_days(7, start.timestamp(), start.timestamp() + 7200, 1, 5)
    times, temperatures = (
        np.concatenate((times, times[::9])),
        np.concatenate((temperatures, temperatures[::9] + 2)),
    )
    request = ReportRequest(
        sensors=("1",), start=start, end=start + timedelta(hours=2), preset=FRIDGE, heat_kj_per_mol=100
    )

    report = measure_sensor(SensorInput(sensor_id="1", samples=as_samples(times, temperatures)), request)

    assert_agrees(report, Oracle(times, temperatures, start.timestamp(), start.timestamp() + 7200), heat=100)
