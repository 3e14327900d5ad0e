"""Gaps of sources: times of which a sensor has no readings, although nothing explains that."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from jobs.backfills import DEFAULT_CHUNK, MIN_CHUNK
from jobs.spans import Span, Spans, difference
from jobs.spec import Spec
from runtime.text_fields import Text

DEFAULT_MIN_LENGTH = timedelta(hours=1)


class GapsSpec(Spec):
    """A request to fetch exactly what is missing of a source; without times, since its first reading.

    A time is missing if it is at least `min_length` long, and at least three of the sensor's usual intervals.
    """

    model_config = ConfigDict(populate_by_name=True)

    source: Text = Field(min_length=1, max_length=100)
    start: AwareDatetime | None = Field(default=None, alias="from")
    end: AwareDatetime | None = Field(default=None, alias="to")
    min_length: timedelta = Field(default=DEFAULT_MIN_LENGTH, ge=timedelta(minutes=1))
    chunk: timedelta = Field(default=DEFAULT_CHUNK, ge=MIN_CHUNK)
    newest_first: bool = False
    max_running: int | None = Field(default=None, ge=1, le=1000)

    @model_validator(mode="after")
    def _check_times(self) -> Self:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError("from must be before to")
        return self


class Gap(NamedTuple):
    """A time of which a sensor of a source has no readings, and which was not read completely."""

    source: str
    sensor_id: str
    start: datetime
    end: datetime


class Presence(NamedTuple):
    """The times in which the readings of a sensor are close together, and the longest distance that is."""

    spans: Spans
    tolerance: timedelta


def missing(requested: Span, covered: Iterable[Span], presence: Presence) -> Spans:
    """Return the gaps of a sensor: what is neither covered nor between readings that are close together."""
    absent = difference([requested], [*covered, *presence.spans])
    return [span for span in absent if span.length >= presence.tolerance]
