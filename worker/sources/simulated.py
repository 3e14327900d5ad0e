"""A simulated source with history and live values, at a set rate and with set faults."""

import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from jobs.source import Source
from worker.sources.live_values import LiveItem
from worker.sources.model import Skipped, SourceRefused, SourceUnavailable, SourceValue
from worker.sources.values import NO_VALUE

DEFAULT_RATE = 1.0
MAX_RATE = 1000.0
MAX_PAUSE_SECONDS = 1.0
_MEAN, _AMPLITUDE, _PERIOD_SECONDS = 20.0, 5.0, 86_400.0


class Simulated:
    """Measures each sensor `rate` times per second, at times and with values that follow from the clock.

    So its history contains what its live values were. With the probability `missing` a value is missing, and
    with `repeated` it is sent twice. After `disconnect_after` values the connection is lost.
    """

    def __init__(
        self,
        source: Source,
        _secret: str | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Check the rate.

        Raises:
            SourceRefused: When no clock has that rate.
        """
        options = source.options
        rate = float(options.get("rate", DEFAULT_RATE))
        if not 0 < rate <= MAX_RATE:
            raise SourceRefused(f"rate is {rate:g}: set it to above 0 and up to {MAX_RATE:g} per second")
        self._source = source
        self._interval = 1 / rate
        self._missing = float(options.get("missing", 0))
        self._repeated = float(options.get("repeated", 0))
        self._disconnect_after = float(options.get("disconnect_after", math.inf))
        self._clock = clock
        self._sleep = sleep

    def read(self, start: datetime, end: datetime) -> Iterator[SourceValue | Skipped]:
        """Yield the values of [start, end), except for the future."""
        until = min(end.timestamp(), self._clock())
        step = math.ceil(start.timestamp() / self._interval)
        while step * self._interval < until:
            yield from self._measure(step)
            step += 1

    @contextmanager
    def values(self) -> Iterator[Iterator[LiveItem]]:
        """Iterate over the values as they are measured; it is lost after `disconnect_after` of them."""
        yield self._live_items(math.ceil(self._clock() / self._interval))

    def _live_items(self, step: int) -> Iterator[LiveItem]:
        sent = 0
        while True:
            while (remaining := step * self._interval - self._clock()) > 0:
                self._sleep(min(remaining, MAX_PAUSE_SECONDS))
                yield None
            for item in self._measure(step):
                if sent >= self._disconnect_after:
                    raise SourceUnavailable("the simulated connection is lost")
                yield item
                sent += 1
                if self._random(step, "repeated") < self._repeated:
                    yield item
            step += 1

    def _measure(self, step: int) -> Iterator[SourceValue | Skipped]:
        measured_at = datetime.fromtimestamp(round(step * self._interval, 3), UTC)
        angle = measured_at.timestamp() * math.tau / _PERIOD_SECONDS
        for position, sensor in enumerate(self._source.sensors):
            if self._random(step, sensor.remote) < self._missing:
                yield NO_VALUE
            else:
                temperature = round(_MEAN + position + _AMPLITUDE * math.sin(angle), 2)
                yield SourceValue(sensor.remote, measured_at, temperature, self._source.unit)

    def _random(self, step: int, about: str) -> float:
        """Return a number from 0 to below 1, the same each time that it is requested."""
        return random.Random(f"{self._source.name}\n{step}\n{about}").random()  # noqa: S311 (a simulation)
