"""Anomalies: what was not normal, and what people say of it."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from dashboard.limits import MAX_SENSORS, Number, parse_range
from dashboard.models import Model, SensorId
from dashboard.resources import Shared
from dashboard.times import TIME_HINT
from dashboard.unavailable import nothing_changed
from db.queries.anomalies import AnomalyFilter, AnomalyKind, Verdict
from readings.ids import sensor_id_forms
from runtime.access import Role
from runtime.text_fields import Text
from web.auth import requires
from web.dependencies import Actor
from web.errors import INVALID_INPUT

MAX_ANOMALIES = 1_000

router = APIRouter(prefix="/api")


class Anomaly(Model):
    """An incident of a sensor that is not normal. Temperatures are in °C."""

    anomaly_id: int
    sensor_id: str
    name: str | None
    location: str | None
    kind: AnomalyKind
    started_at: datetime
    ended_at: Annotated[datetime | None, Field(description="Null while it lasts")]
    detected_at: Annotated[datetime, Field(description="When the reading was measured that showed it")]
    found_at: Annotated[datetime, Field(description="When the analysis found it")]
    score: Annotated[
        float, Field(description="Largest distance from what is normal, as a multiple of the threshold")
    ]
    observed: Annotated[float, Field(description="At the largest distance")]
    expected: float
    lower: Annotated[float, Field(description="Lower bound of what was expected")]
    upper: Annotated[float, Field(description="Upper bound of what was expected")]
    model_version: Annotated[str, Field(description="What expected it: kind and version")]
    reason: str
    verdict: Annotated[Verdict | None, Field(description="What a person says; null if it is not marked")]
    marked_at: datetime | None
    marked_by: str | None
    note: str | None


class AnomalyList(Model):
    """Anomalies, the ongoing first, then the latest."""

    anomalies: list[Anomaly]


class Mark(Model):
    """Whether an anomaly is one."""

    verdict: Annotated[Verdict | None, Field(description="Null takes the mark back")]
    note: Annotated[Text, Field(max_length=500)] = ""


@router.get("/anomalies", responses=INVALID_INPUT, **requires(Role.VIEWER))
def list_anomalies(
    resources: Shared,
    sensor: Annotated[
        list[SensorId] | None, Query(description="Sensor IDs; all if unset", max_length=MAX_SENSORS)
    ] = None,
    kind: Annotated[list[AnomalyKind] | None, Query(description="Kinds; all if unset")] = None,
    open_only: Annotated[
        Literal["true", "false"], Query(alias="open", description="Only ongoing anomalies")
    ] = "false",
    since: Annotated[
        str | None, Query(alias="from", description=f"Only those that ended later or last: {TIME_HINT}")
    ] = None,
    until: Annotated[str | None, Query(alias="to", description="Only those that started before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_ANOMALIES, description="Maximum number")] = 100,
) -> AnomalyList:
    """Return anomalies, the ongoing first, then the latest."""
    start, end = parse_range(resources, since, until)
    selection = AnomalyFilter(
        sensors=list(sensor_id_forms(sensor)) if sensor else None,
        kinds=kind or None,
        is_open=open_only == "true",
        since=start,
        until=end,
    )
    return AnomalyList(anomalies=[Anomaly(**row) for row in resources.anomalies.read(selection, limit)])


@router.post("/anomalies/{anomaly_id}/mark", responses=INVALID_INPUT, **requires(Role.OPERATOR))
def mark_anomaly(resources: Shared, actor: Actor, anomaly_id: Number, mark: Mark) -> Anomaly:
    """Mark an anomaly as right or wrong, or take the mark back.

    The mark is kept when the sensor is learned again.
    """
    with nothing_changed():
        return Anomaly(**resources.anomalies.mark(actor, anomaly_id, mark.verdict, mark.note))
