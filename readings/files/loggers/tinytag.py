"""Tinytag Explorer, the program for Gemini's Tinytag loggers."""

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample

_SERIAL, _TYPE, _PROPERTY = "S/N", "Type", "Property"
_FIRST_VALUE = 2


class Tinytag:
    """CSV files with lines about the channels, the last one with the quantity, and values with units.

        S/N,,914321,914321
        Type,,TGP-4500,TGP-4500
        Description,,Stairwell,Stairwell
        Property,,Temperature,Humidity
        1,2026-02-26 11:00:00,21.30 °C,45.0 %RH

    The order of day and month is that of the computer. Layout: the converter of `.ttd` files of a museum's
    climate group, and the R package ConSciR, which read these lines by their names and numbers.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        lines = {row.fields[0]: row for row in sample.rows()}
        if not {_SERIAL, _TYPE, _PROPERTY} <= lines.keys():
            return None
        properties, serials = lines[_PROPERTY], lines[_SERIAL].fields
        channels = [
            number
            for number, name in enumerate(properties.fields)
            if number >= _FIRST_VALUE and name.startswith("Temperature") and number < len(serials)
        ]
        if not channels:
            return None
        found = [serials[channel] for channel in channels]
        one_each = len(set(found)) == len(found)
        options = CsvOptions(
            sensors=tuple(f if one_each else f"{f}-{n}" for n, f in enumerate(found, 1)),
            delimiter=properties.delimiter,
            skip_lines=properties.line - 1,
            time_column="2",
            value_columns=tuple(str(channel + 1) for channel in channels),
            missing=("",),
        )
        return LoggerFile("Tinytag Explorer", options, found[0] if len(set(found)) == 1 else None)
