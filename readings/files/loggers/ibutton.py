"""OneWireViewer and other programs for Maxim's iButtons (Thermochron, Hygrochron)."""

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample

_REGISTRATION = "1-Wire/iButton Registration Number:"
_HEADER = ["date/time", "unit", "value"]


class IButton:
    """CSV files of a mission: about 13 lines about it, and a table.

        1-Wire/iButton Part Number: DS1921G-F5
        1-Wire/iButton Registration Number: 8400000036BF0121
        Is Mission Active?  true
        Date/Time,Unit,Value
        21/08/16 9:05:00 PM,C,7.5

    The order of day and month is that of the computer. The registration number identifies the iButton. A
    Hygrochron's file goes on with a table of the humidity (`%RH`). Layout: public readers of these files that
    quote them, and the program's source in Maxim's 1-Wire SDK (`OneWireViewer`).
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        serial = next((line for line in sample.lines if line.startswith(_REGISTRATION)), None)
        header = next((row for row in sample.rows() if [n.lower() for n in row.fields[:3]] == _HEADER), None)
        if serial is None or header is None:
            return None
        time, unit, value = header.fields[:3]
        options = CsvOptions(
            delimiter=header.delimiter,
            time_column=time,
            unit_column=unit,
            value_columns=(value,),
            where=((unit, "C"), (unit, "F")),
        )
        return LoggerFile("OneWireViewer", options, serial.removeprefix(_REGISTRATION).strip().strip('"'))
