"""Forecasts, and the versions of the models that make them."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from pydantic import Field

from dashboard.models import Model, SensorId
from dashboard.resources import Resources, Shared
from dashboard.unavailable import nothing_changed
from readings.ids import normalise_sensor_id
from runtime.access import Role
from runtime.text_fields import Text
from web.auth import requires
from web.dependencies import Actor
from web.errors import INVALID_INPUT, document_errors

MAX_VERSIONS = 1_000
MAX_VERSION = 2**31 - 1
NO_SENSOR = document_errors(HTTPStatus.NOT_FOUND)
OneSensor = Annotated[SensorId, Query(description="The sensor")]

router = APIRouter(prefix="/api")


class ForecastPoint(Model):
    """What is expected at a time, in °C."""

    at: datetime
    mean: float
    lower: Annotated[float, Field(description="Lower bound of the 95 % interval")]
    upper: Annotated[float, Field(description="Upper bound of the 95 % interval")]


class Forecast(Model):
    """The latest forecast of a sensor."""

    sensor_id: str
    kind: Annotated[str, Field(description="Kind of the model that made it")]
    version: Annotated[int, Field(description="Version of the model")]
    made_at: Annotated[datetime, Field(description="When the last reading that it is based on was measured")]
    step_seconds: Annotated[float, Field(description="From one point to the next")]
    points: list[ForecastPoint]


class VirtualValue(Model):
    """What an offline sensor would measure, by the other sensors of its location. Temperatures are in °C."""

    sensor_id: str
    at: datetime
    value: float
    lower: Annotated[float, Field(description="Lower bound of the 95 % interval")]
    upper: Annotated[float, Field(description="Upper bound of the 95 % interval")]
    neighbours: Annotated[list[str], Field(description="The sensors that it is computed from")]


class SensorForecast(Model):
    """What is expected of a sensor."""

    forecast: Annotated[Forecast | None, Field(description="Null if the analysis has made none")]
    virtual_value: Annotated[
        VirtualValue | None, Field(description="Null unless the sensor is offline and has neighbours")
    ]


class ModelVersion(Model):
    """A version of a model of a sensor, without its state."""

    sensor_id: str
    kind: str
    version: int
    active: Annotated[bool, Field(description="Whether the model has continued from this version")]
    trained_to: Annotated[datetime, Field(description="When the last reading was measured that it learned")]
    parameters: Annotated[dict[str, Any], Field(description="What distinguishes it from other versions")]
    state_bytes: Annotated[int, Field(description="Size of its state")]
    created_at: datetime
    reason: Annotated[str, Field(description="Why it was trained, or rolled back to")]
    requested_at: Annotated[
        datetime | None, Field(description="When a roll-back was requested that is still to be done")
    ]


class ModelEvaluation(Model):
    """How well a kind of model forecasts readings of a sensor before it learns them. Errors are in K."""

    kind: str
    horizon: Annotated[str, Field(description="How far ahead: `step`, `1h`, `6h` or `24h`")]
    forecasts: Annotated[int, Field(description="Number of forecasts whose reading has arrived")]
    first_day: date
    last_day: date
    mae: Annotated[float | None, Field(description="Mean absolute error")]
    last_value_mae: Annotated[
        float | None, Field(description="Mean absolute error of the last value as the forecast")
    ]
    skill: Annotated[float | None, Field(description="1 is perfect, 0 is no better than the last value")]
    coverage: Annotated[float | None, Field(description="Share of the readings within the 95 % interval")]


class SensorModels(Model):
    """The models of a sensor."""

    models: Annotated[list[ModelVersion], Field(description="Of each kind the newest version first")]
    evaluations: list[ModelEvaluation]


class RollBack(Model):
    """The version from which the model of a sensor is to continue."""

    sensor_id: SensorId
    kind: Text
    version: Annotated[int, Field(ge=1, le=MAX_VERSION)]


@router.get("/forecast", responses=INVALID_INPUT | NO_SENSOR, **requires(Role.VIEWER))
def get_forecast(resources: Shared, sensor: OneSensor) -> SensorForecast:
    """Return the forecast of a sensor for the next 24 hours, and of an offline one what it would measure."""
    known = _known_sensor(resources, sensor)
    forecast, virtual = resources.forecasts.read(known), resources.forecasts.virtual_value(known)
    return SensorForecast(
        forecast=Forecast(**forecast) if forecast else None,
        virtual_value=VirtualValue(**virtual) if virtual else None,
    )


@router.get("/models", responses=INVALID_INPUT | NO_SENSOR, **requires(Role.VIEWER))
def list_models(resources: Shared, sensor: OneSensor) -> SensorModels:
    """Return the versions of a sensor's models, and how well each kind of model has forecast it."""
    known = _known_sensor(resources, sensor)
    evaluations = resources.models.evaluations(known)
    return SensorModels(
        models=[ModelVersion(**row) for row in resources.models.read(known, most=MAX_VERSIONS)],
        evaluations=[ModelEvaluation(**_without_sensor(row)) for row in evaluations],
    )


@router.post("/models/roll-back", responses=INVALID_INPUT, **requires(Role.OPERATOR))
def roll_back_model(resources: Shared, actor: Actor, request: RollBack) -> ModelVersion:
    """Let the model of a sensor continue from an earlier version; the analysis does so within a minute."""
    known = normalise_sensor_id(request.sensor_id)
    with nothing_changed():
        resources.models.roll_back(actor, known, request.kind, request.version)
    [version] = resources.models.read(known, request.kind, request.version, most=1)
    return ModelVersion(**version)


def _known_sensor(resources: Resources, sensor_id: str) -> str:
    """Return the ID as it is stored.

    Raises:
        HTTPException: There is no such sensor.
    """
    known = normalise_sensor_id(sensor_id)
    if resources.sensors.read(known) is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no sensor {sensor_id}.")
    return known


def _without_sensor(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "sensor_id"}
