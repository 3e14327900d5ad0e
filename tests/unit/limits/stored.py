"""Stored readings and excursions in memory, which follow what is delivered as the alerter does."""

import json
from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from limits.follow import SensorLimits, Step, compute_again, follow
from limits.history import MINUTE, MinuteRange, Surroundings
from limits.model import Excursion, Reading
from limits.track import Replacement, SensorTrack


class StoredSensor:
    """One sensor: its readings, its excursions, and the state that a restart finds."""

    def __init__(self, sensor: SensorLimits) -> None:
        self.sensor = sensor
        self.readings_stored: list[Reading] = []
        self.excursions: dict[int, list[Excursion]] = {limit.limit_id: [] for limit in sensor.limits}
        self._track: SensorTrack | None = None
        self._checkpoint: str | None = None

    def deliver(self, readings: Iterable[Reading]) -> None:
        """Store readings, and follow them."""
        batch = sorted(set(readings))
        for reading in batch:
            if reading not in self.readings_stored:
                insort(self.readings_stored, reading)
        self._apply(follow(self._track, self.sensor, batch, self, float("-inf")))

    def change(self, first: float, last: float, temperature: float) -> None:
        """Change stored readings, as a calibration does."""
        self.readings_stored = sorted(
            Reading(each.measured_at, temperature) if first <= each.measured_at <= last else each
            for each in self.readings_stored
        )
        changed = [Reading(first, temperature), Reading(last, temperature)]
        self._apply(compute_again(None, self.sensor, changed, self, float("-inf")))

    def restart(self) -> None:
        """Lose what is not stored."""
        self._track = None
        if self._checkpoint:
            self._track = SensorTrack.restored(
                self.sensor.series(), json.loads(self._checkpoint), self.readings_stored
            )

    def _apply(self, step: Step) -> None:
        self._track = step.track
        for replacement in step.replacements:
            self._replace(replacement)
        track = self._track
        if (track and step.checkpoint_changed) or (track and self._checkpoint is None):
            self._checkpoint = json.dumps(track.checkpoint)
        if track is None or track.idle:
            self._checkpoint = None

    def _replace(self, replacement: Replacement) -> None:
        for limit_id, since in replacement.since.items():
            kept = [
                each
                for each in self.excursions[limit_id]
                if not since - 1e-6 <= each.started_at < replacement.until
            ]
            copies: list[Any] = json.loads(json.dumps([vars_of(e) for e in replacement.excursions[limit_id]]))
            found = [Excursion(**each) for each in copies]
            self.excursions[limit_id] = sorted(kept + found, key=lambda each: each.started_at)

    def around(self, first: float, last: float) -> Surroundings:
        before = [each for each in self.minutes if each.starts_at + MINUTE <= first][-1:]
        between = [
            each for each in self.minutes if first < each.starts_at + MINUTE and each.starts_at <= last
        ]
        after = [each for each in self.minutes if each.starts_at > last][:12]
        found = before + between + after
        return Surroundings(
            min(each.low for each in found),
            max(each.high for each in found),
            self.readings_stored[-1].measured_at,
        )

    def overlap_start(self, at: float) -> float:
        starts = [
            each.started_at
            for found in self.excursions.values()
            for each in found
            if each.started_at <= at and (each.ended_at is None or at <= each.ended_at)
        ]
        return min(starts, default=float("inf"))

    def minutes_before(self, before: float) -> Iterator[MinuteRange]:
        yield from (each for each in reversed(self.minutes) if each.starts_at < before)

    def readings(self, since: float) -> Iterator[Reading]:
        yield from (each for each in self.readings_stored if each.measured_at >= since)

    @property
    def minutes(self) -> Sequence[MinuteRange]:
        ranges = []
        for minute, group in groupby(self.readings_stored, lambda each: each.measured_at // MINUTE):
            temperatures = [each.temperature for each in group]
            ranges.append(
                MinuteRange(minute * MINUTE, len(temperatures), min(temperatures), max(temperatures))
            )
        return ranges


def vars_of(excursion: Excursion) -> dict[str, Any]:
    return {name: getattr(excursion, name) for name in Excursion.__slots__}
