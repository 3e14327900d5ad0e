"""The sensors as things: what people have set of each, and its changes."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, HTTPException, Path
from pydantic import Field

from dashboard.limits import Limit
from dashboard.models import Model, SensorId
from dashboard.resources import Shared
from dashboard.unavailable import nothing_changed
from limits.definition import LimitValues
from readings.ids import normalise_sensor_id
from readings.sensor_changes import Calibration, SensorChanges, SensorSettings
from runtime.access import Role
from web.auth import requires
from web.dependencies import Actor
from web.errors import INVALID_INPUT, document_errors

router = APIRouter(prefix="/api")
# The ID of a sensor may contain slashes.
SENSOR = "/sensors/{sensor_id:path}"
PathId = Annotated[SensorId, Path(description="The sensor")]
MAX_LIMITS = 20
NO_SENSOR = document_errors(HTTPStatus.NOT_FOUND)


class SensorList(Model):
    """Every sensor, also those that are retired, ordered by ID."""

    sensors: list[SensorSettings]


class SensorDetails(SensorSettings):
    """A sensor with its calibrations, the latest first, and the limits that hold for it."""

    calibrations: list[Calibration]
    limits: Annotated[
        list[Limit],
        Field(description="Its own and those of its location or a pattern; none while it is retired"),
    ]


class SensorUpdate(SensorChanges):
    """Fields of a sensor to change, and limits to set. What is left out stays; null clears a field."""

    limits: Annotated[
        list[LimitValues],
        Field(
            min_length=1,
            max_length=MAX_LIMITS,
            description="Limits to set in the same transaction. Each replaces the sensor's own limit of the "
            "same kind and severity; the others stay. `DELETE /api/limits/{limit_id}` removes one",
        ),
    ] = []  # noqa: RUF012 (pydantic copies it)

    def given(self) -> dict[str, Any]:
        """Return the fields of the sensor that were given, for JSON."""
        return {name: value for name, value in super().given().items() if name != "limits"}


class Merge(Model):
    """A sensor whose ID was wrong, and the one that its readings belong to."""

    source: Annotated[SensorId, Field(description="The sensor whose readings are moved; it is retired")]
    into: SensorId


@router.get("/sensors", **requires(Role.VIEWER))
def list_sensors(resources: Shared) -> SensorList:
    """Return every sensor with what people have set."""
    return SensorList(sensors=resources.sensors.read_all())


@router.get(SENSOR, responses=INVALID_INPUT | NO_SENSOR, **requires(Role.VIEWER))
def get_sensor(resources: Shared, sensor_id: PathId) -> SensorDetails:
    """Return a sensor with its calibrations and limits.

    Raises:
        HTTPException: There is no such sensor.
    """
    known = normalise_sensor_id(sensor_id)
    found = resources.sensors.read(known)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no sensor {sensor_id}.")
    sensor, calibrations = found
    limits = [Limit(**row) for row in resources.limits.read(known)]
    return SensorDetails(**sensor.model_dump(), calibrations=calibrations, limits=limits)


@router.patch(SENSOR, responses=INVALID_INPUT | NO_SENSOR, **requires(Role.OPERATOR))
def change_sensor(
    resources: Shared, actor: Actor, background: BackgroundTasks, sensor_id: PathId, changes: SensorUpdate
) -> SensorSettings:
    """Change the fields that are given and set its limits, all or nothing, and return what the sensor became.

    A calibration holds at once for new readings. It is applied to stored readings after the response, which
    `recalibrated_until` shows.

    Raises:
        HTTPException: There is no such sensor.
    """
    known = normalise_sensor_id(sensor_id)
    with nothing_changed():
        if resources.sensors.read(known) is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no sensor {sensor_id}.")
        changed = resources.sensors.change(actor, known, changes, changes.limits)
    if changed.recalibrated_until is not None:
        background.add_task(resources.sensors.continue_changes)
    return changed


@router.post("/sensor-merges", responses=INVALID_INPUT, **requires(Role.OPERATOR))
def merge_sensors(
    resources: Shared, actor: Actor, background: BackgroundTasks, merge: Merge
) -> SensorSettings:
    """Move the readings of a sensor to another after the response, and return what the first became."""
    with nothing_changed():
        merged = resources.sensors.merge(
            actor, normalise_sensor_id(merge.source), normalise_sensor_id(merge.into)
        )
    background.add_task(resources.sensors.continue_changes)
    return merged
