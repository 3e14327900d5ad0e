"""LogTag Analyzer, the program for LogTag's recorders."""

import re

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample

_ROW = re.compile(
    r"\d+,(?:\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d\d-\d\d),\d\d:\d\d:\d\d,-?\d+\.\d+"
    r"(?:,\d+\.\d+)?(?:,(?: ?[A-Z][\w ]*)?)?"
)
_CHECKED_ROWS = 20


class LogTag:
    """CSV files without a header: number, date, time of day, temperature, humidity, and an event.

        4,09/08/2026,15:42:48,24.2,73.6, Inspection Mark

    The order of day and month is that of the computer, and the unit is not in the file. Layout: the parser of
    LogTag's files, with examples, of a public program that compares loggers (`parseLogTagCsv`).
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        rows = [line for line in sample.lines if line.strip()][:_CHECKED_ROWS]
        if not rows or not all(map(_ROW.fullmatch, rows)):
            return None
        options = CsvOptions(
            delimiter=",", no_header=True, time_column="2", time_of_day_column="3", value_columns=("4",)
        )
        return LoggerFile("LogTag Analyzer", options, is_unit_unknown=True)
