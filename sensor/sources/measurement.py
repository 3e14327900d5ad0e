"""What a source gives."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from readings.model import Unit


class Measurement(NamedTuple):
    """A temperature that is due `due_seconds` after the start; without a time it is measured then."""

    due_seconds: float
    temperature: float
    unit: Unit = Unit.CELSIUS
    measured_at: datetime | None = None


class Source(Protocol):
    """Gives measurements in the order in which they are due, and ends when there are no more."""

    def __iter__(self) -> Iterator[Measurement]:
        """From the start."""
        ...
