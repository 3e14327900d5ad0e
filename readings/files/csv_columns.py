"""Which column of a CSV file is what, from its header and the options."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TypeVar

from readings.csv_columns import column_index, normalise_name
from readings.files.csv_choices import column_ambiguity
from readings.files.csv_options import CsvOptions
from readings.files.errors import Ambiguity, AmbiguousLookup, Choice
from readings.meanings import Meaning, compact, meaning_of
from readings.model import Unit
from readings.payload import SENSOR_FIELDS, TEMPERATURE_FIELDS, TIME_FIELDS
from readings.units import UnknownUnit, find_unit, parse_unit
from readings.zone_names import find_zone

UNIT_AMBIGUITY = Ambiguity(
    "units", tuple(Choice(f"in {unit.value}", {"units": [unit.value]}) for unit in Unit)
)
ZONE_AMBIGUITY = Ambiguity("time_zone")
Given = TypeVar("Given")
IsMatch = Callable[[str], bool]
UNIT_NAMES = (
    "unit", "units", "tempunit", "temp_unit", "temperature_unit", "unit_of_measurement", "unidad", "unidade",
    "einheit",
)  # fmt: skip
TIME_OF_DAY_NAMES = (
    "time", "time of day", "time_of_day", "timeofday", "hour", "hours", "hh", "hhmm", "hh:mm",
    "minute", "minutes",
    "second", "seconds", "secs", "hora", "uhrzeit", "zeit", "stunde", "heure", "ora", "tijd", "tid", "klokke",
)  # fmt: skip
# The identifiers of Home Assistant name the sensor and what it measures.
ENTITY_NAME = "entity_id"
# Columns that say what the value of a row is.
QUANTITY_NAMES = (
    "field", "_field", "measurement", "_measurement", "quantity", "parameter", "variable", "property",
    "metric", "kind", "type", "measure", "observed property", "sensor_type", "reading_type",
    "messgröße", "device_class", ENTITY_NAME,
)  # fmt: skip
EXTRA_NAMES = ("reading_id", "run_id", "sequence")
VALUE_NAME_WITH_UNIT = re.compile(r"(?:temperature|temperatura|temp)(?![^\W\d_])(.+)")


@dataclass(frozen=True)
class ValueColumn:
    """A column with temperatures; without `sensor`, another column has the sensor.

    `unit` is the one in its name, and `requested_unit` the one that the operator gave.
    """

    index: int
    name: str
    sensor: str | None
    unit: Unit | None
    requested_unit: Unit | None

    @property
    def default_unit(self) -> Unit:
        """The unit of rows that have none, as the operator or the name of the column says."""
        return self.unit or self.requested_unit or Unit.CELSIUS


@dataclass(frozen=True)
class Columns:
    """The indexes of the columns that are used, and what the header says about them."""

    time: int
    time_of_day: int | None
    sensor: int | None
    unit: int | None
    values: tuple[ValueColumn, ...]
    where: tuple[tuple[int, str], ...]
    quantities: tuple[int, ...]
    extras: dict[str, int]
    zone: tzinfo | None
    implicit_sensor: str | None
    """The column of the sensor, if it was found by its name alone and the rows have no reading_id."""

    @property
    def is_export(self) -> bool:
        """Whether this project wrote the file, whose rows then are readings as they are stored."""
        return "reading_id" in self.extras

    @property
    def is_unit_given(self) -> bool:
        """Whether the file or the operator says in which unit the temperatures are."""
        is_named = all(value.unit or value.requested_unit for value in self.values)
        return self.is_export or self.unit is not None or is_named


def find_columns(header: list[str], options: CsvOptions) -> Columns:
    """Find the columns of a file with this header.

    Raises:
        LookupError: When a column is missing, or could be one of several; the message names the option.
    """
    time = _find(header, "--time-column", options.time_column, TIME_FIELDS)
    values = _find_values(header, options)
    extras = {name: header.index(name) for name in EXTRA_NAMES if name in header}
    if len(values) > 1 and "reading_id" in extras:
        raise LookupError("a row with a reading_id has one value, so that there is one --value-column only")
    sensor = None
    if not options.sensors:
        sensor = _find(header, "--sensor-column", options.sensor_column, SENSOR_FIELDS)
        if len(values) > 1:
            raise LookupError(
                "several value columns belong to different sensors: give one --sensor for each --value-column"
            )
    time_literals = re.sub(r"%.", " ", options.time_format or "").strip(" /:.,-")
    implicit = sensor is not None and options.sensor_column is None and "reading_id" not in extras
    return Columns(
        time=time,
        time_of_day=_find_optional(header, "--time-of-day-column", options.time_of_day_column, ()),
        sensor=sensor,
        unit=_find_optional(header, "--unit-column", options.unit_column, UNIT_NAMES, also=_is_unit_name),
        values=values,
        where=tuple((_find(header, "--where", column, ()), text) for column, text in options.where),
        quantities=tuple(i for i, name in enumerate(header) if normalise_name(name) in QUANTITY_NAMES),
        extras=extras,
        zone=_zone(header[time], options.time_zone) or _zone(time_literals, options.time_zone),
        implicit_sensor=header[sensor] if implicit and sensor is not None else None,
    )


def _find_values(header: list[str], options: CsvOptions) -> tuple[ValueColumn, ...]:
    columns = options.value_columns or (None,)
    indexes = [
        _find(header, "--value-column", column, TEMPERATURE_FIELDS, also=_is_temperature_with_unit)
        for column in columns
    ]
    sensors = _one_or_each("--sensor", options.sensors, len(indexes))
    if len(indexes) > 1 and options.sensors and len(set(sensors)) < len(indexes):
        raise LookupError("several value columns belong to different sensors: give each its own --sensor")
    units = _one_or_each("--unit", options.units, len(indexes))
    return tuple(
        ValueColumn(index, header[index], sensor, _unit(header[index], unit), unit)
        for index, sensor, unit in zip(indexes, sensors, units, strict=True)
    )


def _one_or_each(option: str, given: tuple[Given, ...], columns: int) -> tuple[Given | None, ...]:
    """Return an item for each value column.

    Raises:
        LookupError: When there are several, but not as many as columns.
    """
    if len(given) <= 1:
        return (given[0] if given else None,) * columns
    if len(given) != columns:
        raise LookupError(f"there are {len(given)} {option} and {columns} --value-column: give one for each")
    return given


def _is_temperature_with_unit(name: str) -> bool:
    match = VALUE_NAME_WITH_UNIT.fullmatch(normalise_name(name))
    try:
        return bool(match and parse_unit(match[1]))
    except UnknownUnit:
        return False


def _is_unit_name(name: str) -> bool:
    return meaning_of(name) is Meaning.UNIT and compact(name) not in ("scale", "degree", "degrees")


def _unit(name: str, requested: Unit | None) -> Unit | None:
    """Return the unit in the name of a column; None if there is none, or a requested one replaces it.

    Raises:
        AmbiguousLookup: When it cannot be used.
        LookupError: When it is not the requested one.
    """
    try:
        found = find_unit(name)
    except UnknownUnit as error:
        if requested is None:
            message = f"{error}: set --unit, and --scale for a scaled unit"
            raise AmbiguousLookup(message, UNIT_AMBIGUITY) from None
        return None
    if found and requested and found is not requested:
        raise LookupError(
            f"the column {name!r} has values in {found}, and --unit is {requested}: remove --unit, or "
            "correct the header if it is wrong"
        )
    return found


def _zone(name: str, requested: tzinfo | None) -> tzinfo | None:
    """Return the offset in the name of the time's column.

    Raises:
        AmbiguousLookup: When it cannot be used.
        LookupError: When it is not the requested one.
    """
    try:
        found = find_zone(name)
    except ValueError as error:
        if requested is None:
            raise AmbiguousLookup(f"{error}: set --time-zone", ZONE_AMBIGUITY) from None
        return None
    if found and requested and found.utcoffset(None) != requested.utcoffset(None):
        raise LookupError(
            f"{name.strip()!r} has times in {found}, and --time-zone is {requested}: remove "
            "--time-zone, or correct the header if it is wrong"
        )
    return found


def _find(
    header: list[str], option: str, column: str | None, defaults: tuple[str, ...], also: IsMatch | None = None
) -> int:
    found = _find_optional(header, option, column, defaults, also)
    if found is None:
        is_sensor = option == "--sensor-column"
        also_set = "--sensor if all rows are from one sensor, or " if is_sensor else ""
        raise AmbiguousLookup(
            f"no column is named {' or '.join(defaults)}: set {also_set}{option}; "
            f"the file has the columns {', '.join(header)}",
            Ambiguity("sensors") if is_sensor else column_ambiguity(option, header),
        )
    return found


def _find_optional(
    header: list[str], option: str, column: str | None, defaults: tuple[str, ...], also: IsMatch | None = None
) -> int | None:
    if column is not None:
        try:
            return column_index(header, column)
        except LookupError as error:
            raise LookupError(f"{option} is {column!r}; {error}") from None
    matches = [
        i
        for i, name in enumerate(header)
        if normalise_name(name) in defaults or (also is not None and also(name))
    ]
    if len(matches) > 1:
        raise AmbiguousLookup(
            f"the columns {' and '.join(repr(header[i]) for i in matches)} have one meaning: set {option}",
            column_ambiguity(option, [header[i] for i in matches]),
        )
    return matches[0] if matches else None
