"""The reading and its units."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Unit(StrEnum):
    """The units that a temperature may be sent in; it is stored in °C."""

    CELSIUS = "celsius"
    FAHRENHEIT = "fahrenheit"
    KELVIN = "kelvin"


# Every accepted name, in lower case.
UNIT_BY_NAME = {"c": Unit.CELSIUS, "f": Unit.FAHRENHEIT, "k": Unit.KELVIN} | {u.value: u for u in Unit}


class Reading(NamedTuple):
    """One measurement in normalised form: time in UTC, temperature in °C.

    `revised_at` is when the source was read, if the temperature may replace one that was read earlier and is
    stored; None if a stored one is kept.
    """

    reading_id: UUID
    sensor_id: str
    measured_at: datetime
    temperature: float
    run_id: UUID | None = None
    sequence: int | None = None
    import_id: UUID | None = None
    revised_at: datetime | None = None
