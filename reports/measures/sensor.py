"""All figures of one sensor."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import timedelta
from math import fsum
from typing import Any

from readings.units import ABSOLUTE_ZERO
from reports.explanations import Unmeasured
from reports.formulas import mean_kinetic_temperature, weighted_deviation, weighted_mean
from reports.measures.acknowledging import acknowledge
from reports.measures.excursions import LimitMeasure
from reports.measures.intervals import Stretch, find_gaps, split_stretches, usual_interval
from reports.measures.weights import time_weights
from reports.model import (
    Extreme,
    Outside,
    ReportExcursion,
    ReportGap,
    ReportLimit,
    ReportRequest,
    SensorFields,
    SensorInput,
    SensorReport,
)
from reports.presets import preset_limits
from reports.samples import MICROSECONDS, Samples, to_epoch_us, to_time


def measure_sensor(sensor: SensorInput, request: ReportRequest) -> SensorReport:
    """Return the figures of a sensor's readings in the requested period; others are left out."""
    samples = _in_period(sensor.samples, request)
    interval = usual_interval(request, sensor, samples.times)
    stretches = split_stretches(samples.times, interval)
    gaps = find_gaps(request, samples.times, stretches, interval)
    limits = applied_limits(sensor, request)
    outside, excursions = _measure_limits(sensor, samples, stretches, limits)
    described = {each.name: getattr(sensor, each.name) for each in fields(SensorFields)}
    return SensorReport(
        **described | {"limits": limits, "is_frozen": is_frozen(sensor, request)},
        interval_seconds=interval.seconds,
        interval_source=interval.source,
        readings=len(samples),
        first_measured_at=to_time(samples.times[0]) if samples else None,
        last_measured_at=to_time(samples.times[-1]) if samples else None,
        coverage=_coverage(request, gaps),
        minimum=_extreme(samples, min),
        maximum=_extreme(samples, max),
        **_means(samples, stretches, request, is_frozen=is_frozen(sensor, request)),
        outside=outside,
        excursions=excursions,
        gaps=gaps,
        samples_sha256=samples.digest(),
        samples=samples,
    )


def applied_limits(sensor: SensorFields, request: ReportRequest) -> tuple[ReportLimit, ...]:
    """Return the limits of the request and its preset; without any those of the sensor."""
    preset = preset_limits(request.preset) if request.preset else ()
    return (*preset, *request.limits) or sensor.limits


def is_frozen(sensor: SensorFields, request: ReportRequest) -> bool:
    """Return whether the goods are frozen: they are registered as such, or their high limit is below 0 °C."""
    return (
        sensor.is_frozen
        or (request.preset is not None and request.preset.is_frozen)
        or any(limit.kind == "high" and limit.threshold < 0 for limit in applied_limits(sensor, request))
    )


def _in_period(samples: Samples, request: ReportRequest) -> Samples:
    first = bisect_left(samples.times, to_epoch_us(request.start))
    stop = bisect_left(samples.times, to_epoch_us(request.end))
    if stop - first == len(samples):
        return samples
    return Samples(samples.times[first:stop], samples.temperatures[first:stop])


def _coverage(request: ReportRequest, gaps: Sequence[ReportGap]) -> float:
    missing = sum((gap.end - gap.start for gap in gaps), timedelta())
    return 1.0 - missing / (request.end - request.start)


def _extreme(samples: Samples, select: Callable[[Sequence[float]], float]) -> Extreme | None:
    if not samples:
        return None
    temperature = select(samples.temperatures)
    time = samples.times[samples.temperatures.index(temperature)]
    return Extreme(temperature=temperature, measured_at=to_time(time))


def _means(
    samples: Samples, stretches: Sequence[Stretch], request: ReportRequest, *, is_frozen: bool
) -> dict[str, Any]:
    """Return the figures that are weighted by time, and the kinetic mean of all readings alike."""
    weights, temperatures = time_weights(samples.times, stretches), samples.temperatures
    measured = sum(weights) / 2 / MICROSECONDS
    mean = weighted_mean(weights, temperatures) if measured else None
    deviation = None if mean is None else weighted_deviation(weights, temperatures, mean)
    reason = _no_kinetic_mean(samples, measured_seconds=measured, is_frozen=is_frozen)
    heat = request.heat_kj_per_mol
    kinetic = None if reason else mean_kinetic_temperature(weights, temperatures, heat)
    of_readings = None if reason else mean_kinetic_temperature([1] * len(samples), temperatures, heat)
    return {
        "measured_seconds": measured,
        "mean": mean,
        "standard_deviation": deviation,
        "mean_kinetic_temperature": kinetic,
        "mean_kinetic_temperature_of_readings": of_readings,
        "no_mean_kinetic_temperature": reason,
    }


def _no_kinetic_mean(samples: Samples, *, measured_seconds: float, is_frozen: bool) -> Unmeasured | None:
    if is_frozen:
        return Unmeasured.FROZEN
    if not measured_seconds:
        return Unmeasured.NO_MEASURED_TIME
    if min(samples.temperatures) <= ABSOLUTE_ZERO:
        return Unmeasured.ABSOLUTE_ZERO
    return None


def _measure_limits(
    sensor: SensorFields, samples: Samples, stretches: Sequence[Stretch], limits: Sequence[ReportLimit]
) -> tuple[tuple[Outside, ...], tuple[ReportExcursion, ...]]:
    """Return the time outside each limit, and the excursions of all by start."""
    outside, found = [], []
    for limit in limits:
        measure = LimitMeasure(samples, stretches, limit)
        excursions = list(measure.excursions())
        outside.append(
            Outside(
                limit=limit,
                seconds=fsum(each.seconds for each in excursions),
                degree_minutes=fsum(each.degree_minutes for each in excursions),
                readings=measure.readings,
                excursions=len(excursions),
            )
        )
        found += [acknowledge(each, sensor.acknowledgements) for each in excursions]
    return tuple(outside), tuple(sorted(found, key=lambda each: each.start))
