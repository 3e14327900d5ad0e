"""Limits, excursions and silences."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query
from pydantic import Field

from dashboard.models import Model, SensorId
from dashboard.resources import Resources, Shared
from dashboard.times import TIME_HINT, parse_time
from dashboard.unavailable import nothing_changed
from db.queries.limits import ExcursionFilter
from limits.definition import LimitDefinition, SilenceDefinition
from limits.model import EndReason, LimitKind
from readings.ids import normalise_sensor_id, sensor_id_forms
from readings.ranges import check_order
from runtime.access import Role
from runtime.severity import LimitSeverity
from runtime.text_fields import Text
from web.auth import requires
from web.dependencies import Actor
from web.errors import INVALID_INPUT

MAX_ID = 2**63 - 1
MAX_SENSORS = 100
MAX_EXCURSIONS = 1_000

router = APIRouter(prefix="/api")
Number = Annotated[int, Path(ge=1, le=MAX_ID)]


class Limit(Model):
    """A limit of a sensor or a group."""

    limit_id: int
    kind: LimitKind
    sensor_id: str | None
    location: str | None
    pattern: str | None
    threshold: Annotated[float | None, Field(description="In °C, of a rate in K; null if stale")]
    window_seconds: Annotated[float | None, Field(description="The time of a rate")]
    delay_seconds: float
    hysteresis: float
    severity: LimitSeverity
    schedule: str | None
    zone: str | None
    created_at: datetime
    created_by: str


class LimitList(Model):
    """Limits."""

    limits: list[Limit]


class Excursion(Model):
    """A time beyond a limit. Temperatures are in °C."""

    excursion_id: int
    sensor_id: str
    name: str | None
    location: str | None
    rule: Literal["high", "low", "rate"]
    limit_id: int
    threshold: float
    severity: LimitSeverity
    started_at: datetime
    ended_at: Annotated[datetime | None, Field(description="Null while it lasts")]
    end_reason: EndReason | None
    peak_temperature: float
    peak: Annotated[float, Field(description="Furthest beyond the threshold: in °C, of a rate in K")]
    peak_at: datetime
    degree_minutes: Annotated[float, Field(description="The integral beyond the threshold in K·min")]
    duration_seconds: float
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    acknowledged_note: str | None


class ExcursionList(Model):
    """Excursions, the ongoing first, then the latest."""

    excursions: list[Excursion]


class Acknowledgement(Model):
    """What is known about an excursion."""

    note: Annotated[Text, Field(max_length=500)] = ""


class Silence(Model):
    """A time in which receivers are not notified of excursions and anomalies."""

    silence_id: int
    sensor_id: str | None
    location: str | None
    pattern: str | None
    starts_at: datetime
    ends_at: datetime
    note: str | None
    created_by: str


class SilenceList(Model):
    """The silences that have not ended."""

    silences: list[Silence]


@router.get("/limits", responses=INVALID_INPUT, **requires(Role.VIEWER))
def list_limits(
    resources: Shared,
    sensor: Annotated[SensorId | None, Query(description="Only those that hold for this sensor")] = None,
) -> LimitList:
    """Return the limits."""
    rows = resources.limits.read(None if sensor is None else normalise_sensor_id(sensor))
    return LimitList(limits=[Limit(**row) for row in rows])


@router.post("/limits", responses=INVALID_INPUT, **requires(Role.OPERATOR))
def set_limits(resources: Shared, actor: Actor, definition: LimitDefinition) -> LimitList:
    """Set limits, all or none, each in place of that of the same sensor or group, kind and severity."""
    with nothing_changed():
        rows = resources.limits.set(actor, definition)
    return LimitList(limits=[Limit(**row) for row in rows])


@router.delete("/limits/{limit_id}", responses=INVALID_INPUT, **requires(Role.OPERATOR))
def remove_limit(resources: Shared, actor: Actor, limit_id: Number) -> Limit:
    """Remove a limit; its open excursions end."""
    with nothing_changed():
        return Limit(**resources.limits.remove(actor, limit_id))


@router.get("/excursions", responses=INVALID_INPUT, **requires(Role.VIEWER))
def list_excursions(
    resources: Shared,
    sensor: Annotated[
        list[SensorId] | None, Query(description="Sensor IDs; all if unset", max_length=MAX_SENSORS)
    ] = None,
    open_only: Annotated[
        Literal["true", "false"], Query(alias="open", description="Only ongoing excursions")
    ] = ("false"),
    since: Annotated[
        str | None, Query(alias="from", description=f"Only those that ended later or last: {TIME_HINT}")
    ] = None,
    until: Annotated[str | None, Query(alias="to", description="Only those that started before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_EXCURSIONS, description="Maximum number")] = 100,
) -> ExcursionList:
    """Return excursions, the ongoing first, then the latest."""
    sensors = sensor_id_forms(sensor) if sensor else None
    start, end = parse_range(resources, since, until)
    selection = ExcursionFilter(
        sensors=list(sensors) if sensors else None, is_open=open_only == "true", since=start, until=end
    )
    return ExcursionList(
        excursions=[Excursion(**row) for row in resources.limits.excursions(selection, limit)]
    )


def parse_range(
    resources: Resources, since: str | None, until: str | None
) -> tuple[datetime | None, datetime | None]:
    """Return the times of the parameters `from` and `to`; None if one is unset.

    Raises:
        InvalidInput: One is not a time, or they are in the wrong order.
    """
    if since is None and until is None:
        return None, None
    zone = ZoneInfo(resources.series.time_zone())
    start = parse_time("from", since, zone) if since else None
    end = parse_time("to", until, zone) if until else None
    check_order(start, end)
    return start, end


@router.post("/excursions/{excursion_id}/acknowledge", responses=INVALID_INPUT, **requires(Role.OPERATOR))
def acknowledge_excursion(
    resources: Shared, actor: Actor, excursion_id: Number, acknowledgement: Acknowledgement
) -> Excursion:
    """Acknowledge an excursion: receivers are not notified of it again until it ends."""
    with nothing_changed():
        return Excursion(**resources.limits.acknowledge(actor, excursion_id, acknowledgement.note))


@router.get("/silences", responses=INVALID_INPUT, **requires(Role.VIEWER))
def list_silences(
    resources: Shared,
    sensor: Annotated[SensorId | None, Query(description="Only those that hold for this sensor")] = None,
) -> SilenceList:
    """Return the silences that have not ended."""
    rows = resources.limits.silences(None if sensor is None else normalise_sensor_id(sensor))
    return SilenceList(silences=[Silence(**row) for row in rows])


@router.post("/silences", status_code=HTTPStatus.CREATED, responses=INVALID_INPUT, **requires(Role.OPERATOR))
def create_silence(resources: Shared, actor: Actor, definition: SilenceDefinition) -> Silence:
    """Silence the excursions and anomalies of a sensor or a group for some time."""
    with nothing_changed():
        return Silence(**resources.limits.silence(actor, definition))


@router.delete("/silences/{silence_id}", responses=INVALID_INPUT, **requires(Role.OPERATOR))
def end_silence(resources: Shared, actor: Actor, silence_id: Number) -> Silence:
    """End a silence now."""
    with nothing_changed():
        return Silence(**resources.limits.end_silence(actor, silence_id))
