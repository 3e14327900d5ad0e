"""EasyLog, the program for Lascar's EL-USB loggers."""

import re

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample

_TEMPERATURE = re.compile(r"(?:Celsius|Fahrenheit)\(.{0,2}[CF]\)", re.IGNORECASE)
_SERIAL = "Serial Number"


class EasyLog:
    """Text files with the logger's name in the header, and its serial number in the first row only.

        Cellar,Time,Celsius(°C),Humidity(%rh),Dew Point(°C),Serial Number
        1,2026-02-26 11:00:00,11.5,71.0,6.4,010012345
        2,2026-02-26 11:05:00,11.5,71.5,6.5

    Loggers without humidity have the columns of their alarms instead. Layout: the readers of EasyLog's files
    in two public programs for loggers (`parseHoboTempHumidity`, `Comedor.txt`), which quote header and rows.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        for row in sample.rows():
            temperatures = [name for name in row.fields if _TEMPERATURE.fullmatch(name)]
            if len(temperatures) == 1 and row.fields[1] == "Time" and _SERIAL in row.fields:
                column = row.fields.index(_SERIAL)
                first = next(sample.rows_after(row), [])
                serial = first[column] if column < len(first) else ""
                options = CsvOptions(
                    delimiter=row.delimiter, time_column="Time", value_columns=(temperatures[0],)
                )
                return LoggerFile("EasyLog", options, serial or None)
        return None
