"""Ecowitt's weather stations and gateways (also Froggit, Ambient and others of the same maker)."""

import re

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample

_TEMPERATURE = re.compile(r"(?:Indoor|Outdoor|CH\d|WN\d+ CH\d) Temperature ?\((?:℃|℉|°C|°F|\*C|\*F)\)")


class Ecowitt:
    """CSV files with temperatures of several sensors next to each other, and with the dew point.

        Time,Indoor Temperature(℃),Indoor Humidity(%),Outdoor Temperature(℃),Outdoor Humidity(%),…
        2026-02-26 11:00,21.3,45,3.1,81,…

    Layout: the parser of Cumulus MX for these files (`EcowittLogFile`), which quotes the headers of several
    versions, and the import of a Japanese station with the HP2550.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        for row in sample.rows():
            temperatures = tuple(filter(_TEMPERATURE.fullmatch, row.fields))
            if row.fields[0] == "Time" and temperatures:
                options = CsvOptions(
                    delimiter=row.delimiter,
                    time_column="Time",
                    value_columns=temperatures,
                    missing=("", "--", "--.-"),
                )
                return LoggerFile("Ecowitt", options)
        return None
