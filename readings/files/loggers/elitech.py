"""elitech-datareader, the open program for Elitech's loggers RC-4 and RC-5."""

import re

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample

_ROW = re.compile(r"\d+\t\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\t-?\d+(?:\.\d+)?(?:\t\d+(?:\.\d+)?)?")
_CHECKED_ROWS = 20


class ElitechDatareader:
    r"""Text without a header: number, local time, temperature, and of an RC-4HC the humidity.

        1\t2026-02-26 11:00:00\t25.1

    Layout: https://github.com/civic/elitech-datareader, README.md, "Get all data".
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        rows = [line for line in sample.lines if line.strip()][:_CHECKED_ROWS]
        if not rows or not all(map(_ROW.fullmatch, rows)):
            return None
        options = CsvOptions(delimiter="\t", no_header=True, time_column="2", value_columns=("3",))
        return LoggerFile("elitech-datareader", options)
