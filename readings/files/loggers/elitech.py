"""Files of Elitech's loggers: reports as text, and those of the open program elitech-datareader."""

import re

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Row, Sample
from readings.model import Unit
from readings.zone_names import find_zone

_ROW = re.compile(r"\d+\t\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\t-?\d+(?:\.\d+)?(?:\t\d+(?:\.\d+)?)?")
_CHECKED_ROWS = 20
_HEAD = ("No.", "Time")
_UNITS = {"°C": Unit.CELSIUS, "℃": Unit.CELSIUS, "°F": Unit.FAHRENHEIT, "℉": Unit.FAHRENHEIT}
_SERIAL = re.compile(r"\s*S/N\s*:\s*(\S+)")
_ZONE = re.compile(r"\s*Time ?zone\s*:\s*(UTC ?[+-]\d\d:\d\d)", re.IGNORECASE)


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


class ElitechReport:
    r"""Text reports of an RC-51H and the like: lines about the trip, and a table between tabs.

        File created on:2026-02-27 08:00:00
        Model : RC-51H
        S/N : EFG204100222
        Timezone : UTC +01:00
        No.\tTime\t\t°C\t%RH
        1\t2026-02-26 11:00:00\t4,1\t55,0

    The head has an empty name after the time's, which the rows have not. A probe that is not connected has
    the temperature `NC`. Layout: a public importer of these files (github.com/yannickkk/Pyrtick, `sondes/`),
    which reads these lines by their names, the encoding Latin-1, and decimal commas.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        for row in sample.rows("\t"):
            names = [name for name in row.fields if name]
            if tuple(names[:2]) == _HEAD and len(names) > 2 and names[2] in _UNITS:  # noqa: PLR2004 (the unit)
                return _describe(sample, row, _UNITS[names[2]])
        return None


def _describe(sample: Sample, head: Row, unit: Unit) -> LoggerFile:
    above = sample.lines[: head.line]
    serial = next((found[1] for line in above if (found := _SERIAL.fullmatch(line.rstrip()))), None)
    options = CsvOptions(
        delimiter="\t",
        skip_lines=head.line,
        no_header=True,
        time_column="2",
        value_columns=("3",),
        units=(unit,),
        time_zone=next((find_zone(found[1]) for line in above if (found := _ZONE.match(line))), None),
        missing=("NC",),
    )
    return LoggerFile("Elitech", options, serial)
