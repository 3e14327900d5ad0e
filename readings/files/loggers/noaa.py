"""NOAA's hourly archives, whose files are downloaded by station and year: ISD, and its successor GHCNh."""

from datetime import UTC

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample
from readings.model import Unit

_COLUMNS = {"STATION", "DATE", "REPORT_TYPE", "TMP"}
_HOURLY_COLUMNS = (("STATION", "DATE"), ("Station_ID", "DATE"), ("Station_ID", "Date"))
_TEMPERATURE, _QUALITY = "temperature", "temperature_Quality_Code"
# Passed all checks that were made, or none was made; others are doubtful, erroneous, or were replaced.
_GOOD = ("", "0", "1", "4", "5", "9")


class IntegratedSurfaceDatabase:
    """CSV files with the station in each row, times in UTC, and temperatures in tenths with a quality code.

        "STATION","DATE","SOURCE",…,"REPORT_TYPE",…,"TMP","DEW","SLP"
        "10384099999","2026-02-26T11:00:00","4",…,"FM-12",…,"+0056,1","-0012,1","10132,1"

    Layout: https://www.ncei.noaa.gov/data/global-hourly/doc/isd-format-document.pdf and its CSV files.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        if not any(set(row.fields) >= _COLUMNS for row in sample.rows(",") if row.line == 1):
            return None
        options = CsvOptions(
            delimiter=",", sensor_column="STATION", time_column="DATE", value_columns=("TMP",)
        )
        return LoggerFile("NOAA ISD", options)


class GlobalHourly:
    """Files of the Global Historical Climatology Network hourly (GHCNh), whose columns are separated by `|`.

        STATION|Station_name|DATE|…|temperature|temperature_Measurement_Code|temperature_Quality_Code|…
        USW00094728|NEW YORK|2026-02-26T11:51:00|…|-1.1||5|…

    Times are in UTC, temperatures in °C. Layout: the readers and tests of two public programs, which quote
    header and rows (wetterdienst, `provider/noaa/ghcn`; tradewinds, `_ghcnh.py`), and for the codes
    https://www.ncei.noaa.gov/data/global-hourly/doc/isd-format-document.pdf.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        header = next((row.fields for row in sample.rows("|") if row.line == 1), [])
        names = next((names for names in _HOURLY_COLUMNS if set(names) <= set(header)), None)
        if names is None or not {_TEMPERATURE, _QUALITY} <= set(header):
            return None
        station, date = names
        options = CsvOptions(
            delimiter="|",
            sensor_column=station,
            time_column=date,
            time_zone=UTC,
            value_columns=(_TEMPERATURE,),
            units=(Unit.CELSIUS,),
            missing=("",),
            where=tuple((_QUALITY, code) for code in _GOOD),
        )
        return LoggerFile("NOAA GHCNh", options)
