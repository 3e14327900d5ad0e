"""The kind `report`: files with the figures of stored readings, for a fixed period or the last one."""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, model_validator

from jobs.recipients import Recipients
from jobs.spans import Span
from jobs.spec import Spec
from readings.ids import validate_sensor_id
from runtime.settings import time_zone
from runtime.text_fields import Text

REPORT = "report"
MAX_SENSORS = 200
MAX_LIMITS = 20
DAY = timedelta(days=1)
MIN_TEMPERATURE, MAX_TEMPERATURE = -273.15, 2_000.0

ReportFormat = Literal["pdf", "xlsx", "csv", "json"]
MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
ReportPeriod = Literal["last-day", "last-week", "last-month"]
ReportLanguage = Literal["en", "pt"]
ZoneName = Annotated[str, AfterValidator(lambda name: time_zone(name).key)]
SensorId = Annotated[str, AfterValidator(validate_sensor_id)]
Formats = Annotated[tuple[ReportFormat, ...], Field(min_length=1, description="Formats of the files")]


class LimitSpec(Spec):
    """A limit of the report: outside is above a high one, or below a low one."""

    kind: Literal["high", "low"]
    threshold: float = Field(ge=MIN_TEMPERATURE, le=MAX_TEMPERATURE, description="In °C")


def _check_order(limits: tuple[LimitSpec, ...]) -> tuple[LimitSpec, ...]:
    """Refuse a low limit that is not below every high one: each temperature would be outside.

    Raises:
        ValueError: When there is one.
    """
    low = max((limit.threshold for limit in limits if limit.kind == "low"), default=-math.inf)
    high = min((limit.threshold for limit in limits if limit.kind == "high"), default=math.inf)
    if low >= high:
        raise ValueError(f"the low limit {low:g} °C must be below the high limit {high:g} °C")
    return limits


Limits = Annotated[
    tuple[LimitSpec, ...],
    Field(max_length=MAX_LIMITS, description="Further limits"),
    AfterValidator(_check_order),
]


class ReportSpec(Spec):
    """What a report covers, and in which files.

    The period is from `from` to before `to`, or `period`: the last whole day, week (from Monday) or month
    before the time for which the schedule fires, or before the request. With a preset or limits, those of
    the sensors do not count.
    """

    model_config = ConfigDict(populate_by_name=True)

    sensors: tuple[SensorId, ...] = Field(default=(), max_length=MAX_SENSORS, description="The sensors")
    location: Text | None = Field(
        default=None, min_length=1, max_length=200, description="All sensors of this location"
    )
    start: AwareDatetime | None = Field(default=None, alias="from", description="Start, with UTC offset")
    end: AwareDatetime | None = Field(default=None, alias="to", description="End, which is not part of it")
    period: ReportPeriod | None = Field(default=None, description="Instead of from and to")
    formats: Formats = ("pdf",)
    preset: Text | None = Field(default=None, min_length=1, max_length=50, description="Limits by name")
    limits: Limits = ()
    interval_seconds: float | None = Field(
        default=None, gt=0, description="Usual interval of the readings; null: each sensor's own"
    )
    heat_kj_per_mol: float | None = Field(
        default=None, gt=0, le=1_000, description="Heat of activation for the mean kinetic temperature"
    )
    time_zone: ZoneName | None = Field(default=None, description="Zone of the report; null: the service's")
    language: ReportLanguage | None = Field(default=None, description="en or pt; null: the service's")
    title: Text | None = Field(default=None, min_length=1, max_length=200, description="Title of the report")
    recipients: Recipients = Field(default=(), description="Addresses that get it by e-mail")
    keep: bool = Field(default=False, description="Put the files into the WebDAV folder, too")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.sensors and self.location is None:
            raise ValueError("names no sensor: give sensors, or a location")
        if len(set(self.sensors)) < len(self.sensors):
            raise ValueError("sensors contains one twice: name each once")
        if len(set(self.formats)) < len(self.formats):
            raise ValueError("formats contains one twice: name each once")
        if self.period is not None and (self.start or self.end):
            raise ValueError("has a period and from or to: give one of them")
        if self.period is None and (self.start is None or self.end is None):
            raise ValueError("has no period: give from and to, or period")
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError("from must be before to")
        return self


def resolve_period(spec: ReportSpec, at: datetime, zone: ZoneInfo) -> Span:
    """Return the period of a report that is requested at this time."""
    if spec.start is not None and spec.end is not None:
        return Span(spec.start, spec.end)
    assert spec.period is not None  # checked by the spec
    return last_period(spec.period, at, zone)


def last_period(period: ReportPeriod, at: datetime, zone: ZoneInfo) -> Span:
    """Return the last whole day, week from Monday, or month before a time, in a zone."""
    today = at.astimezone(zone).date()
    if period == "last-day":
        return _span(today - DAY, today, zone)
    if period == "last-week":
        monday = today - today.weekday() * DAY
        return _span(monday - 7 * DAY, monday, zone)
    first = today.replace(day=1)
    return _span((first - DAY).replace(day=1), first, zone)


def _span(first: date, last: date, zone: ZoneInfo) -> Span:
    """Return the time between the starts of two days; in UTC, a day may have 23 or 25 hours."""
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last))
    return Span(start, end)
