"""Decides what stored readings change: continue a track, compute again from the history, or nothing."""

from collections.abc import Sequence
from typing import NamedTuple

from limits.history import LOOKBACK_SECONDS, History, is_clear
from limits.model import Limit, LimitKind, Reading
from limits.series import SensorSeries
from limits.track import Replacement, SensorTrack, recompute


class SensorLimits(NamedTuple):
    """The limits of a sensor, and how often it is expected to send a reading."""

    limits: tuple[Limit, ...]
    expected_interval_seconds: float | None = None

    def series(self) -> SensorSeries:
        """Return the state before the first reading."""
        return SensorSeries(self.limits, self.expected_interval_seconds)


class Step(NamedTuple):
    """What follows from stored readings: the track from now on, and what becomes of the excursions."""

    track: SensorTrack | None
    replacements: list[Replacement]
    checkpoint_changed: bool = False


def follow(
    track: SensorTrack | None,
    sensor: SensorLimits,
    readings: Sequence[Reading],
    history: History,
    floor: float,
) -> Step:
    """Take sorted readings that were stored since the last call.

    `floor` is the time before which the history is not complete.
    """
    if track and track.accepts(readings):
        return _continue(track, readings)
    late = [reading for reading in readings if track is None or track.is_late(reading)]
    if late and _changes_nothing(sensor, late, history):
        rest = readings[len(late) :]
        if track:
            return follow(track, sensor, rest, history, floor) if rest else Step(track, [])
        if readings[-1].measured_at < history.around(*_times(late)).last_measured_at:
            return Step(None, [])
        return _continue(SensorTrack(sensor.series(), settled=False), readings)
    return compute_again(track, sensor, readings, history, floor)


def compute_again(
    track: SensorTrack | None,
    sensor: SensorLimits,
    readings: Sequence[Reading],
    history: History,
    floor: float,
) -> Step:
    """Compute the excursions around sorted readings from the history."""
    first = readings[0].measured_at
    floor = max(floor, min(first, history.overlap_start(first)) - LOOKBACK_SECONDS)
    replacement, new_track = recompute(sensor.series(), history, readings, track, floor=floor)
    return Step(new_track or track, [replacement], checkpoint_changed=new_track is not None)


def _continue(track: SensorTrack, readings: Sequence[Reading]) -> Step:
    nothing_before = track.idle and not track.has_excursions
    track.add(readings)
    replacements = [] if nothing_before and track.idle and not track.has_excursions else [track.excursions()]
    return Step(track, replacements, track.advance_checkpoint())


def _changes_nothing(sensor: SensorLimits, readings: Sequence[Reading], history: History) -> bool:
    """Return whether everything around the readings is clear of every limit."""
    if any(limit.kind is LimitKind.RATE for limit in sensor.limits):
        return False
    temperatures = [reading.temperature for reading in readings]
    if not is_clear(sensor.limits, min(temperatures), max(temperatures)):
        return False
    surroundings = history.around(*_times(readings))
    return is_clear(sensor.limits, surroundings.low, surroundings.high)


def _times(readings: Sequence[Reading]) -> tuple[float, float]:
    return readings[0].measured_at, readings[-1].measured_at
