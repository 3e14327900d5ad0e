"""What clients of sources yield and raise."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from readings.model import Unit
from runtime.http_requests import RequestUnavailable


class SourceUnavailable(RequestUnavailable):
    """The source does not answer as it should, and may later; `retry_after` is in seconds or None."""


class SourceRefused(Exception):
    """The source refuses the request, or its answer cannot be used. A retry does not change that.

    The message says what to change, and never contains a secret.
    """


class NotFound(SourceRefused):
    """The source has nothing under the name that was requested."""


class SourceValue(NamedTuple):
    """A value of a source; `remote` is the name of the sensor there, `measured_at` has an offset."""

    remote: str
    measured_at: datetime
    temperature: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class Skipped:
    """Values of the source that are no measurements, and why."""

    reason: str
    count: int = 1


class HistorySource(Protocol):
    """A source that keeps values."""

    def read(self, start: datetime, end: datetime) -> Iterator[SourceValue | Skipped]:
        """Yield the values from `start` to before `end`, each once.

        They are in the order of time where the server has it, sensor after sensor where it does not.

        Raises:
            SourceUnavailable: When the source does not answer, also while values are read.
            SourceRefused: When a person has to change something.
        """


class LiveSource(Protocol):
    """A source that sends values as they are measured."""

    def values(self) -> AbstractContextManager[Iterator[SourceValue | Skipped | None]]:
        """Subscribe, and return the values; None if nothing came for a second.

        Raises:
            SourceUnavailable: When the source does not answer, or the connection is lost.
            SourceRefused: When a person has to change something.
        """
