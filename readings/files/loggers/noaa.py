"""NOAA's Integrated Surface Database, whose files are downloaded by station and year."""

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample

_COLUMNS = {"STATION", "DATE", "REPORT_TYPE", "TMP"}


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
