"""Aranet Home, the app for Aranet's thermometers and monitors of carbon dioxide."""

import re

from readings.files.csv_options import CsvOptions
from readings.files.date_order import DAY_FIRST, MONTH_FIRST
from readings.files.loggers.logger_file import LoggerFile, Sample

_TIME = re.compile(r"Time\((?P<date>dd/mm/yyyy|mm/dd/yyyy)(?: .*)?\)", re.IGNORECASE)
_TEMPERATURE = re.compile(r"Temperature\(°[CF]\)")


class Aranet:
    """CSV files whose header says the order of day and month, and the units.

        Time(dd/mm/yyyy),Carbon dioxide(ppm),Temperature(°F),Relative humidity(%),Atmospheric pressure(mmHg)
        05/10/2023 13:38:35,"721","77.4","61","766"

    Layout: public readers of Aranet4's files, which quote header and rows (such as `DelimitedParserAranet`).
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        for row in sample.rows():
            time = _TIME.fullmatch(row.fields[0])
            temperatures = tuple(filter(_TEMPERATURE.fullmatch, row.fields))
            if time and len(temperatures) == 1:
                options = CsvOptions(
                    delimiter=row.delimiter, time_column=time[0], value_columns=temperatures, missing=("",)
                )
                is_day_first = time["date"].lower().startswith("d")
                return LoggerFile(
                    "Aranet Home", options, date_order=DAY_FIRST if is_day_first else MONTH_FIRST
                )
        return None
