"""Apps for thermometers with Bluetooth: Govee Home, SwitchBot and ThermoPro."""

import re
from dataclasses import dataclass

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample

_TEMPERATURE = re.compile(r"Temperature_(?:Celsius|Fahrenheit)(?:\(.{1,3}\))?")


@dataclass(frozen=True)
class PhoneApp:
    """CSV files whose header has the unit, and whose times are those of the phone; they name no sensor.

    Govee:     Timestamp for sample frequency every 15 min min, Temperature_Celsius,Relative_Humidity
    SwitchBot: Date,Temperature_Celsius(℃),Relative_Humidity(%),DPT(℃),VPD(kPa),Abs Humidity(g/m³)
    ThermoPro: Datetime,Temperature_Celsius,Relative_Humidity(%)

    Layout: headers and rows quoted in the tests of public readers of these files, which note the byte order
    mark, the space after a comma, and that the unit is the one that the app shows.
    """

    program: str
    time: re.Pattern[str]

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        for row in sample.rows():
            time = next(filter(self.time.fullmatch, row.fields), None)
            temperatures = tuple(filter(_TEMPERATURE.fullmatch, row.fields))
            if time and len(temperatures) == 1:
                options = CsvOptions(delimiter=row.delimiter, time_column=time, value_columns=temperatures)
                return LoggerFile(self.program, options)
        return None


PHONE_APPS = (
    PhoneApp("Govee Home", re.compile(r"Timestamp(?: for sample frequency.*)?")),
    PhoneApp("SwitchBot", re.compile("Date")),
    PhoneApp("ThermoPro", re.compile("Datetime")),
)
