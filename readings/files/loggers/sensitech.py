"""Text files of Sensitech's loggers (TempTale and others)."""

import re

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample

_ROW = re.compile(
    r"\d+(?P<delimiter>[\t ])\d{4}/\d{1,2}/\d{1,2}(?P=delimiter)\d{1,2}:\d\d:\d\d(?P=delimiter)"
    r"-?\d+(?:\.\d+)?\s*"
)
_CHECKED_ROWS = 20


class Sensitech:
    r"""Text without a header: number, date, time of day and temperature, between tabs or spaces.

        1\t2026/02/26\t5:02:58\t22.61

    The unit is not in the file. Layout: the formats of temperature loggers that ADAMS accepts, the system of
    the World Anti-Doping Agency: adams-help.wada-ama.org, "Importing a Temp Logger in ADAMS", case 2.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        lines = [line for line in sample.lines if line.strip()][:_CHECKED_ROWS]
        rows = [match for line in lines if (match := _ROW.fullmatch(line))]
        delimiters = {match["delimiter"] for match in rows}
        if len(rows) < len(lines) or len(delimiters) != 1:
            return None
        options = CsvOptions(
            delimiter=delimiters.pop(),
            no_header=True,
            time_column="2",
            time_of_day_column="3",
            value_columns=("4",),
        )
        return LoggerFile("Sensitech", options, is_unit_unknown=True)
