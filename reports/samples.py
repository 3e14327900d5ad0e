"""The readings of a sensor in two columns, so that a million of them take 16 MB."""

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice, pairwise
from typing import Annotated, Any, Self

from pydantic import ConfigDict, PlainSerializer, PlainValidator

MICROSECONDS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HASHED_TOGETHER = 10_000


def to_epoch_us(time: datetime) -> int:
    """Return an aware time as µs since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def to_time(epoch_us: int) -> datetime:
    """Return µs since 1970 as a time in UTC."""
    return _EPOCH + timedelta(microseconds=epoch_us)


def _times(values: Any) -> Sequence[int]:
    try:
        return array("q", values)
    except (TypeError, OverflowError):
        raise ValueError("must be integers, in µs since 1970") from None


def _temperatures(values: Any) -> Sequence[float]:
    try:
        temperatures = array("d", values)
    except TypeError:
        raise ValueError("must be numbers, in °C") from None
    if not all(map(math.isfinite, temperatures)):
        raise ValueError("must be finite numbers")
    return temperatures


@dataclass(frozen=True, slots=True)
class Samples:
    """Readings in order of their time: when in µs since 1970, and how warm in °C, calibrated.

    Of readings at one time the colder is first, so that the same readings are always in the same order.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    times: Annotated[Sequence[int], PlainValidator(_times), PlainSerializer(list)]
    temperatures: Annotated[Sequence[float], PlainValidator(_temperatures), PlainSerializer(list)]

    def __post_init__(self) -> None:
        if len(self.times) != len(self.temperatures):
            raise ValueError("must be as many temperatures as times")

    def __len__(self) -> int:
        return len(self.times)

    @classmethod
    def of(cls, readings: Iterable[tuple[int, float]]) -> Self:
        """Return readings (µs since 1970, °C), which may be in any order.

        Raises:
            ValueError: When a temperature is not a finite number.
        """
        times, temperatures = array("q"), array("d")
        for time, temperature in readings:
            times.append(time)
            temperatures.append(temperature)
        _temperatures(temperatures)
        if all(first <= second for first, second in pairwise(zip(times, temperatures, strict=True))):
            return cls(times, temperatures)
        order = sorted(range(len(times)), key=lambda each: (times[each], temperatures[each]))
        return cls(
            array("q", (times[each] for each in order)), array("d", (temperatures[each] for each in order))
        )

    def shortest_temperatures(self) -> Iterator[float]:
        """Yield the temperatures, 4.0 as the integer 4: so JSON has it as other programs write it."""
        return (int(each) if each.is_integer() else each for each in self.temperatures)

    def digest(self) -> str:
        """Return the SHA-256 of the readings as lines `µs since 1970,°C`, in which 4.0 is written as 4."""
        lines = (
            f"{time},{temperature + 0.0!r}\n"  # -0.0 is 0.0
            for time, temperature in zip(self.times, self.temperatures, strict=True)
        )
        total = sha256()
        while part := "".join(islice(lines, _HASHED_TOGETHER)):
            total.update(part.replace(".0\n", "\n").encode())
        return total.hexdigest()
