"""HOBOconnect, the app for Onset's HOBO loggers with Bluetooth."""

import re

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample
from readings.zone_names import find_zone

_TIME = re.compile(r"Date-Time \((?P<zone>.+)\)")
_TEMPERATURE = re.compile(r"(?!Dew|Wet|Heat|Max|Min|Avg|Std).+ , ?°[CF]")


class Hoboconnect:
    """Workbooks with the sheets Data, Events and Details, and CSV files of the same columns.

        #   Date-Time (EDT)       Temperature , °C   RH , %   Dew Point , °C
        1   05/15/2026 12:00:00   21.96              41.92    8.45

    The zone in the header is the name of the phone's, with daylight saving time as in `PST/PDT`, so that its
    rows are local times, of a zone that somebody has to name. Each download has the whole history.
    Layout: headers quoted in several public readers (`Date-Time (CDT)`, `Date-Time (PST/PDT)`, `Date-Time
    (Brazil Standard Time)`), and a test of one with the rows above.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        for row in sample.rows():
            time = next((name for name in row.fields if _TIME.fullmatch(name)), None)
            temperatures = tuple(name for name in row.fields if _TEMPERATURE.fullmatch(name))
            if time and temperatures and row.fields[0] == "#":
                options = CsvOptions(
                    delimiter=row.delimiter, time_column=time, value_columns=temperatures, missing=("",)
                )
                return LoggerFile("HOBOconnect", options, zone_name=_zone_name(time))
        return None


def _zone_name(time: str) -> str | None:
    """Return the zone in the name of the time's column, unless that has an offset."""
    match = _TIME.fullmatch(time)
    try:
        has_offset = find_zone(time) is not None
    except ValueError:
        has_offset = False
    return match["zone"] if match and not has_offset else None
