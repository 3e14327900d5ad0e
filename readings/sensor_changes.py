"""What people may change of a sensor: one model for the API and the command line."""

import math
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from readings.model import Unit
from readings.payload import unit_of
from readings.units import ABSOLUTE_ZERO, MAX_TEMPERATURE
from runtime.text import escape_unprintable

MAX_NAME_CHARACTERS = 200
MAX_NOTE_CHARACTERS = 2_000
# As the constraint of the table `calibration` has it.
MAX_OFFSET_KELVIN = 1_000
MIN_SLOPE, MAX_SLOPE = 0.01, 100
MAX_INTERVAL_SECONDS = 366 * 86_400.0


def _clean(text: str | None) -> str | None:
    text = (text or "").strip()
    if escape_unprintable(text) != text:
        raise ValueError("must not contain line breaks or other control characters")
    return text or None


def _finite(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004 (for pydantic)
    try:
        is_finite = value is None or math.isfinite(float(value))
    except (TypeError, ValueError):
        return value  # pydantic says what is wrong
    except OverflowError:  # an integer beyond every float
        is_finite = False
    if not is_finite:
        raise ValueError("must be a finite number")
    return value


def _to_unit(value: Any) -> Unit | None:
    return None if value is None else unit_of(value)


Name = Annotated[str | None, Field(max_length=MAX_NAME_CHARACTERS), AfterValidator(_clean)]
Temperature = Annotated[float | None, Field(ge=ABSOLUTE_ZERO, le=MAX_TEMPERATURE), BeforeValidator(_finite)]


class SensorChanges(BaseModel):
    """Fields of a sensor to change. Fields that are left out stay as they are; null clears one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[Name, Field(description="Name for people")] = None
    location: Annotated[Name, Field(description="Where the sensor is")] = None
    note: Annotated[
        str | None,
        Field(max_length=MAX_NOTE_CHARACTERS, description="Anything worth knowing about it"),
        AfterValidator(_clean),
    ] = None
    serial: Annotated[
        Name,
        Field(description="Serial number of its logger or probe, by which the logger's files name it"),
    ] = None
    unit: Annotated[
        Unit | None,
        BeforeValidator(_to_unit),
        Field(description="Unit in which its temperatures are shown; null: °C. They are stored in °C"),
    ] = None
    expected_interval_seconds: Annotated[
        float | None,
        Field(gt=0, le=MAX_INTERVAL_SECONDS),
        BeforeValidator(_finite),
        Field(description="Expected time between two readings; null: its usual interval"),
    ] = None
    plausible_min: Annotated[
        Temperature, Field(description="Lowest plausible temperature in °C; null: PLAUSIBLE_MIN")
    ] = None
    plausible_max: Annotated[
        Temperature, Field(description="Highest plausible temperature in °C; null: PLAUSIBLE_MAX")
    ] = None
    retired: Annotated[bool, Field(description="Not monitored any more; its history is kept")] = False
    offset: Annotated[
        float | None,
        Field(ge=-MAX_OFFSET_KELVIN, le=MAX_OFFSET_KELVIN),
        BeforeValidator(_finite),
        Field(description="Calibration: what is added to its temperature, in K; null: 0"),
    ] = None
    slope: Annotated[
        float | None,
        Field(ge=MIN_SLOPE, le=MAX_SLOPE),
        BeforeValidator(_finite),
        Field(description="Calibration: by what its temperature in °C is multiplied before; null: 1"),
    ] = None
    since: Annotated[
        AwareDatetime | None,
        Field(
            description="Time with UTC offset from which on the calibration holds, in place of later "
            "calibrations; null: from now on"
        ),
    ] = None

    def given(self) -> dict[str, Any]:
        """Return the fields that were given, for JSON."""
        fields = self.model_dump(mode="json", exclude_unset=True)
        return {name: value for name, value in fields.items() if (name, value) != ("since", None)}


class SensorSettings(BaseModel):
    """What people have set of a sensor."""

    model_config = ConfigDict(frozen=True)

    sensor_id: str
    name: str | None
    location: str | None
    note: str | None
    serial: str | None
    unit: Unit | None
    expected_interval_seconds: float | None
    plausible_min: float | None
    plausible_max: float | None
    retired: bool
    retired_at: datetime | None
    merged_into: Annotated[str | None, Field(description="The sensor to which its readings were moved")]
    registered_at: datetime
    offset: Annotated[float, Field(description="Offset of its present calibration in K")]
    slope: Annotated[float, Field(description="Slope of its present calibration")]
    calibrated_from: Annotated[datetime | None, Field(description="Since when its present calibration holds")]
    recalibrated_until: Annotated[
        datetime | None,
        Field(description="Up to which time its stored readings have their calibration; null: all have"),
    ]


class Calibration(BaseModel):
    """A calibration, which holds until the next one."""

    model_config = ConfigDict(frozen=True)

    valid_from: datetime
    offset: float
    slope: float
    created_at: datetime
    created_by: str
