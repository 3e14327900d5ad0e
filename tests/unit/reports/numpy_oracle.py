"""The figures of a report, computed from raw readings in another way: with numpy, segment by segment.

A segment is the line between two readings that follow each other within 2.5 intervals.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
GAS_CONSTANT = 8.314462618


def calibrated(times: Numbers, raw: Numbers, calibrations: list[tuple[float, float, float]]) -> Numbers:
    """Apply calibrations (valid from in s, slope, offset), of which the last before a reading holds."""
    result = raw.copy()
    for valid_from, slope, offset in calibrations:
        result = np.where(times >= valid_from, slope * raw + offset, result)
    return result


def interval_of(times: Numbers) -> float:
    return float(np.median(np.diff(np.unique(times))))


class Oracle:
    """Figures of readings in a period, whose times are in seconds."""

    def __init__(self, times: Numbers, temperatures: Numbers, start: float, end: float) -> None:
        within = (times >= start) & (times < end)
        order = np.lexsort((temperatures[within], times[within]))
        self.times, self.temperatures = times[within][order], temperatures[within][order]
        self.start, self.end = start, end
        self.max_length = 2.5 * interval_of(self.times)
        lengths = np.diff(self.times)
        kept = lengths <= self.max_length
        self.lengths = lengths[kept]
        self.before, self.after = self.temperatures[:-1][kept], self.temperatures[1:][kept]

    def gaps(self) -> Numbers:
        lengths = np.diff(np.concatenate(([self.start], self.times, [self.end])))
        return np.asarray(lengths[lengths > self.max_length])

    def coverage(self) -> float:
        return float(1 - self.gaps().sum() / (self.end - self.start))

    def _average(self, before: Numbers, after: Numbers) -> float:
        return float(np.sum(self.lengths * (before + after) / 2) / np.sum(self.lengths))

    def mean(self) -> float:
        return self._average(self.before, self.after)

    def deviation(self) -> float:
        mean = self.mean()
        return float(np.sqrt(self._average((self.before - mean) ** 2, (self.after - mean) ** 2)))

    def kinetic(self, heat: float) -> float:
        ratio = heat * 1000 / GAS_CONSTANT
        terms = (np.exp(-ratio / (each + 273.15)) for each in (self.before, self.after))
        return float(ratio / -np.log(self._average(*terms)) - 273.15)

    def outside(self, kind: str, threshold: float) -> tuple[float, float]:
        """Return the seconds and the degree-minutes outside a limit."""
        sign = 1 if kind == "high" else -1
        first, second = sign * (self.before - threshold), sign * (self.after - threshold)
        top, bottom = np.maximum(first, second), np.minimum(first, second)
        height = np.where(top > bottom, top - bottom, 1)
        part = np.where(top <= 0, 0, np.where(bottom >= 0, 1, top / height))
        part = np.where((top == 0) & (bottom == 0), 0, part)
        average = np.where(bottom >= 0, (top + bottom) / 2, top / 2)
        seconds = self.lengths * part
        return float(seconds.sum()), float((seconds * average).sum() / 60)


def assert_agrees(report: Any, oracle: Oracle, heat: float = 83.144) -> None:
    """Compare all figures of a SensorReport."""

    def same(one: float | None, other: float) -> None:
        assert one is not None
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-6)

    assert report.readings == oracle.times.size
    same(report.coverage, oracle.coverage())
    same(report.mean, oracle.mean())
    same(report.standard_deviation, oracle.deviation())
    same(report.minimum.temperature, oracle.temperatures.min())
    same(report.minimum.measured_at.timestamp(), oracle.times[oracle.temperatures.argmin()])
    same(report.maximum.temperature, oracle.temperatures.max())
    same(report.maximum.measured_at.timestamp(), oracle.times[oracle.temperatures.argmax()])
    same(report.mean_kinetic_temperature, oracle.kinetic(heat))
    same(report.measured_seconds, oracle.lengths.sum())
    assert len(report.gaps) == oracle.gaps().size
    np.testing.assert_allclose([gap.seconds for gap in report.gaps], oracle.gaps(), atol=1e-6)
    for outside in report.outside:
        seconds, degree_minutes = oracle.outside(outside.limit.kind, outside.limit.threshold)
        np.testing.assert_allclose(outside.seconds, seconds, rtol=1e-6, atol=1e-5 * (1 + outside.excursions))
        np.testing.assert_allclose(outside.degree_minutes, degree_minutes, rtol=1e-9, atol=1e-9)


def midnight(zone: str, year: int, month: int, day: int) -> datetime:
    """Return the start of a local day."""
    return datetime(year, month, day, tzinfo=ZoneInfo(zone))
