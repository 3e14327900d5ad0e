"""Ruuvi Station, the app for RuuviTag."""

import re

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample

_TIMES = ("timestamp", "Date")
_TEMPERATURE = re.compile(r"[Tt]emperature \((?:°C|°F|K)\)")
_SIGNAL = re.compile(r"rssi|RSSI \(.+\)")


class RuuviStation:
    """CSV files of Android, with the offset in each time, and of iOS, with local times of the phone.

        timestamp,temperature (°C),humidity (%),pressure (hPa),rssi,acceleration x,acceleration y,…
        2026-02-26T11:00:00+0100,21.5,45.0,1013.2,-61,0.012,0.02,…

        Date,Temperature (°C),Humidity (%),Pressure (hPa),RSSI (dBm),Acceleration X (g),…
        2026-02-26 11:00:00,21.50,45.00,1013.20,-61,0.012,…

    With the humidity as the dew point, its column is in °C, too. Layout: the writers in
    github.com/ruuvi/com.ruuvi.station (`CsvExporter.kt`) and github.com/ruuvi/com.ruuvi.station.ios
    (`RuuviServiceExportImpl.swift`, `ExportHeadersProvider.swift`), in English.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        for row in sample.rows():
            temperatures = tuple(filter(_TEMPERATURE.fullmatch, row.fields))
            if row.fields[0] in _TIMES and len(temperatures) == 1 and any(map(_SIGNAL.fullmatch, row.fields)):
                options = CsvOptions(
                    delimiter=row.delimiter, time_column=row.fields[0], value_columns=temperatures
                )
                return LoggerFile("Ruuvi Station", options)
        return None
