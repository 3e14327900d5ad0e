"""HOBOware, the program for Onset's HOBO loggers with a cable."""

import re

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Row, Sample
from readings.model import Unit
from readings.zone_names import find_zone

_TEMPERATURE = re.compile(
    r"(?!Dew|Wet|Heat|Wind|Max|Min|Avg|Std)[^,]*, ?(?:Â?[^\w\s])?(?P<unit>[CF]) ?\((?P<serials>.*S/N:.*)\)"
)
# Programs in between can have lost the degree sign, as in `Temp, ?F`.
_UNITS = {"C": Unit.CELSIUS, "F": Unit.FAHRENHEIT}
_LOGGER = re.compile(r"LGR S/N: ?(\w+)")
_PROBE = re.compile(r"SEN S/N: ?(\w+)")
_LABEL = re.compile(r"LBL: ?(.+?) *$")


class Hoboware:
    """CSV files, of which the zone, the units and the serial numbers are in the header.

        "Plot Title: Fridge 3"
        "#","Date Time, GMT-05:00","Temp, °C (LGR S/N: 10679014, SEN S/N: 10679014)","Host Connected (LGR …)"
        1,07/29/16 10:26:34 AM,4.286,

    Rows that mark an event can have no temperature. Date and time can be two columns. The clock has a fixed
    offset. Layout: files quoted by public readers of HOBOware's exports, such as a comparison of the water's
    temperature with the energy of its heater; Onset's HOBOware User's Guide, "Exporting Data".
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        for row in sample.rows():
            temperatures = {name: match for name in row.fields if (match := _TEMPERATURE.match(name))}
            if temperatures and any("S/N:" in name for name in row.fields):
                return _describe(row, temperatures)
        return None


def _describe(row: Row, temperatures: dict[str, re.Match[str]]) -> LoggerFile | None:
    times = [name for name in row.fields if name.startswith(("Date", "Time"))]
    if not times:
        return None
    serials = [match["serials"] for match in temperatures.values()]
    logger = next((found[1] for text in serials if (found := _LOGGER.search(text))), None)
    sensors = _sensors(serials, logger)
    return LoggerFile(
        "HOBOware",
        CsvOptions(
            sensors=sensors,
            delimiter=row.delimiter,
            time_column=times[0],
            time_of_day_column=times[1] if len(times) > 1 else None,
            time_zone=find_zone(times[1]) if len(times) > 1 else None,
            value_columns=tuple(temperatures),
            units=tuple(_UNITS[match["unit"]] for match in temperatures.values()),
            missing=("",),
        ),
        logger,
    )


def _sensors(serials: list[str], logger: str | None) -> tuple[str, ...]:
    """Return the logger's serial number; of several temperatures those of the probes, or labels."""
    if len(serials) == 1:
        return (logger,) if logger else ()
    probes = [found[1] if (found := _PROBE.search(text)) else "" for text in serials]
    if all(probes) and len(set(probes)) == len(probes):
        return tuple(probes)
    labels = [found[1] if (found := _LABEL.search(text)) else "" for text in serials]
    names = (
        labels
        if all(labels) and len(set(labels)) == len(labels)
        else [str(n + 1) for n in range(len(serials))]
    )
    return tuple(f"{logger or 'HOBO'}-{name}" for name in names)
