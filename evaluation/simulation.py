"""Simulated sensors of six kinds, without anomalies: what they do is normal for them.

Every random number comes from the seed. Values between two events are exact solutions, so that a signal is
the same process at each interval, from seconds to hours.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from math import cos, exp, pi, sin, sqrt
from random import Random
from typing import NamedTuple

from limits.model import Reading

START = 1_704_067_200.0
DAY = 86_400.0
HOUR = 3_600.0
MINUTE = 60.0
JITTER = 0.02
"""The standard deviation of an interval, as a part of it."""
GAPS_PER_DAY = 0.1
MAX_GAP_HOURS = 4.0


class Signal(StrEnum):
    """What a sensor measures."""

    ROOM = "room"  # a heated room: a daily cycle, slow noise
    FRIDGE = "fridge"  # compressor cycles and an open door
    GREENHOUSE = "greenhouse"  # sun and clouds by day, calm by night
    OUTDOORS = "outdoors"  # a daily cycle that varies, weather, fronts
    SERVER_ROOM = "server room"  # regulated, with changes of the load
    GROUND = "ground"  # slow, nearly constant


class _Properties(NamedTuple):
    resolution: float
    noise: float


PROPERTIES = {
    Signal.ROOM: _Properties(0.1, 0.05),
    Signal.FRIDGE: _Properties(0.1, 0.05),
    Signal.GREENHOUSE: _Properties(0.0625, 0.05),
    Signal.OUTDOORS: _Properties(0.1, 0.06),
    Signal.SERVER_ROOM: _Properties(0.1, 0.1),
    Signal.GROUND: _Properties(0.01, 0.02),
}


class _Noise:
    """Noise that forgets within a time (an Ornstein-Uhlenbeck process)."""

    def __init__(self, random: Random, memory: float, deviation: float) -> None:
        self._random, self._memory, self._deviation = random, memory, deviation
        self._at = START
        self._value = random.gauss(0.0, deviation)

    def __call__(self, at: float) -> float:
        kept = exp(-(at - self._at) / self._memory)
        self._at = at
        noise = self._deviation * sqrt(1.0 - kept * kept)
        self._value = kept * self._value + noise * self._random.gauss(0.0, 1.0)
        return self._value


class _Pulses:
    """Events at random times, each of which rises and decays with its own times."""

    def __init__(
        self, random: Random, per_day: float, sizes: tuple[float, float], memory: float, rise: float
    ) -> None:
        self._random, self._mean_wait = random, DAY / per_day
        self._sizes, self._memory, self._rise = sizes, memory, rise
        self._next = START + random.expovariate(1.0 / self._mean_wait)
        self._active: list[tuple[float, float]] = []

    def __call__(self, at: float) -> float:
        while self._next <= at:
            self._active.append((self._next, self._random.uniform(*self._sizes)))
            self._next += self._random.expovariate(1.0 / self._mean_wait)
        self._active = [each for each in self._active if at - each[0] < 8.0 * self._memory]
        return sum(
            size * (exp(-(at - start) / self._memory) - exp(-(at - start) / self._rise))
            for start, size in self._active
        )


class _Load:
    """A load that changes at random times; the temperature follows within minutes."""

    def __init__(self, random: Random, per_day: float, deviation: float, memory: float) -> None:
        self._random, self._mean_wait = random, DAY / per_day
        self._deviation, self._memory = deviation, memory
        self._at = START
        self._next = START + random.expovariate(1.0 / self._mean_wait)
        self._value = self._target = random.gauss(0.0, deviation)

    def __call__(self, at: float) -> float:
        while self._next <= at:
            self._move(self._next)
            self._target = self._random.gauss(0.0, self._deviation)
            self._next += self._random.expovariate(1.0 / self._mean_wait)
        self._move(at)
        return self._value

    def _move(self, at: float) -> None:
        kept = exp(-(at - self._at) / self._memory)
        self._value = self._target + kept * (self._value - self._target)
        self._at = at


class _Compressor:
    """Cools at a steady rate until a temperature is reached, and lets it rise again."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._start = START - random.uniform(0.0, 40 * MINUTE)
        self._draw()

    def __call__(self, at: float) -> float:
        while at >= self._start + self._on + self._off:
            self._start += self._on + self._off
            self._draw()
        passed = at - self._start
        if passed < self._on:
            return self._swing * (0.5 - passed / self._on)
        return self._swing * ((passed - self._on) / self._off - 0.5)

    def _draw(self) -> None:
        self._on = self._random.uniform(10 * MINUTE, 14 * MINUTE)
        self._off = self._random.uniform(22 * MINUTE, 32 * MINUTE)
        self._swing = 2.5


def _day(at: float) -> float:
    """Return the part of the day that has passed."""
    return (at % DAY) / DAY


def _room(random: Random) -> Callable[[float], float]:
    swing, warmest = random.uniform(1.0, 2.0), random.uniform(0.55, 0.7)
    slow, fast = _Noise(random, 6 * HOUR, 0.3), _Noise(random, 20 * MINUTE, 0.1)
    return lambda at: 21.0 + swing * cos(2 * pi * (_day(at) - warmest)) + slow(at) + fast(at)


def _fridge(random: Random) -> Callable[[float], float]:
    compressor, door = _Compressor(random), _Pulses(random, 10.0, (0.5, 1.5), 15 * MINUTE, 4 * MINUTE)
    slow = _Noise(random, 12 * HOUR, 0.2)
    return lambda at: 5.0 + compressor(at) + door(at) + slow(at)


def _greenhouse(random: Random) -> Callable[[float], float]:
    clouds, weather, air = (
        _Noise(random, 2 * HOUR, 0.15),
        _Noise(random, 1.5 * DAY, 0.2),
        _Noise(random, 12 * HOUR, 0.6),
    )

    def temperature(at: float) -> float:
        sun = max(0.0, -cos(2 * pi * _day(at)))
        return 14.0 + 12.0 * sun * min(max(0.8 + clouds(at) + weather(at), 0.1), 1.2) + air(at)

    return temperature


def _outdoors(random: Random) -> Callable[[float], float]:
    weather, clear = _Noise(random, 2 * DAY, 2.5), _Noise(random, 1 * DAY, 0.4)
    gusts = _Noise(random, 40 * MINUTE, 0.25)
    fronts = _Pulses(random, 0.5, (-4.0, -1.5), 10 * HOUR, 1.2 * HOUR)

    def temperature(at: float) -> float:
        swing = 4.0 * min(max(1.0 + clear(at), 0.2), 1.6)
        daily = swing * cos(2 * pi * (_day(at) - 0.6))
        return 9.0 + daily + weather(at) + fronts(at) + gusts(at)

    return temperature


def _server_room(random: Random) -> Callable[[float], float]:
    load, slow = _Load(random, 8.0, 0.8, 20 * MINUTE), _Noise(random, 8 * HOUR, 0.15)
    return lambda at: 23.0 + load(at) + slow(at) + 0.15 * sin(2 * pi * at / (25 * MINUTE))


def _ground(random: Random) -> Callable[[float], float]:
    phase = random.uniform(0.0, 1.0)
    slow = _Noise(random, 1.5 * DAY, 0.15)
    return lambda at: (
        11.0 + 3.0 * sin(2 * pi * (at / (365 * DAY) + phase)) + 0.1 * sin(2 * pi * _day(at)) + slow(at)
    )


_PROCESSES = {
    Signal.ROOM: _room,
    Signal.FRIDGE: _fridge,
    Signal.GREENHOUSE: _greenhouse,
    Signal.OUTDOORS: _outdoors,
    Signal.SERVER_ROOM: _server_room,
    Signal.GROUND: _ground,
}


def simulate(
    signal: Signal, *, interval: float, days: float, seed: int, resolution: float | None = None
) -> list[Reading]:
    """Return the readings of a sensor; the resolution in K can differ from the usual one of its kind."""
    random = Random(f"{signal} {seed}")  # noqa: S311 (a simulation, not a secret)
    process = _PROCESSES[signal](random)
    properties = PROPERTIES[signal]
    step = resolution or properties.resolution
    return [
        Reading(at, round(round((process(at) + random.gauss(0.0, properties.noise)) / step) * step, 4))
        for at in _times(random, interval, days)
    ]


def _times(random: Random, interval: float, days: float) -> Iterator[float]:
    at = START + random.uniform(0.0, DAY)
    end = at + days * DAY
    gap_probability = GAPS_PER_DAY * interval / DAY
    while at < end:
        yield round(at, 3)
        at += interval * max(0.2, random.gauss(1.0, JITTER))
        if random.random() < gap_probability:
            at += random.uniform(0.0, MAX_GAP_HOURS) * HOUR
