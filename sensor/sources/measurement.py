"""The interface of a source."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from readings.model import Unit


class Measurement(NamedTuple):
    """A temperature that is due `due_seconds` after the start.

    Without `measured_at`, the time of the reading is the time at which it is taken.
    """

    due_seconds: float
    temperature: float
    unit: Unit = Unit.CELSIUS
    measured_at: datetime | None = None


class Source(Protocol):
    """Measurements in the order in which they are due; may be infinite."""

    def __iter__(self) -> Iterator[Measurement]:
        """Yield the measurements from the start."""
        ...
