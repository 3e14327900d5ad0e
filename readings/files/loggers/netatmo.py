"""Netatmo, whose weather stations are exported as CSV or XLSX."""

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample


class Netatmo:
    """Files with a table of the module, and one of its readings, whose first column is in seconds since 1970.

        Name;Long;Lat;ModuleName;ModuleType
        "Home";6.96,50.85;;Indoor
        Timestamp;"Timezone : Europe/Berlin";Temperature;Humidity;CO2;Noise;Pressure
        1622498702;"2021/06/01 00:05:02";22.6;46;981;32;1019.1

    Layout: https://github.com/dhogborg/netoflux, README.md, which quotes a file.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        for row in sample.rows():
            names = row.fields
            if names[0] == "Timestamp" and names[1].startswith("Timezone : ") and "Temperature" in names:
                options = CsvOptions(
                    delimiter=row.delimiter,
                    time_column="Timestamp",
                    value_columns=("Temperature",),
                    missing=("",),
                )
                return LoggerFile("Netatmo", options)
        return None
