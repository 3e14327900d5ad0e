"""Open-Meteo, a service with the weather of any place as CSV."""

import re
from datetime import timedelta, timezone

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample
from readings.posix_zones import MAX_OFFSET

_OFFSET = "utc_offset_seconds"
_SECONDS = re.compile(r"-?\d{1,5}")
_TEMPERATURE = "temperature_2m ("


class OpenMeteo:
    """CSV files with a table of the place, an empty line, and a table of its weather.

        latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation
        52.52,13.419998,38.0,7200,Europe/Berlin,GMT+2

        time,temperature_2m (°C),rain (mm)
        2026-07-01T00:00,17.2,0.00

    All times have the offset of the first table, whatever the zone does in winter. Missing values are `NaN`.
    Layout: https://open-meteo.com/en/docs (format=csv), and the writer in github.com/open-meteo/open-meteo,
    `ForecastapiResult`.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        rows = list(sample.rows(","))
        if len(rows) < 3 or _OFFSET not in rows[0].fields:  # noqa: PLR2004 (place, its values, header)
            return None
        header = next((row for row in rows if "time" in row.fields), None)
        temperature = next((n for n in header.fields if n.startswith(_TEMPERATURE)), None) if header else None
        place = dict(zip(rows[0].fields, rows[1].fields, strict=False))
        is_one_place = header is not None and rows.index(header) == 2  # noqa: PLR2004 (as above)
        if temperature is None or not is_one_place or not _SECONDS.fullmatch(place.get(_OFFSET, "")):
            return None
        offset = timedelta(seconds=int(place[_OFFSET]))
        if abs(offset) > MAX_OFFSET:
            return None
        options = CsvOptions(
            delimiter=",",
            time_column="time",
            value_columns=(temperature,),
            time_zone=timezone(offset),
            missing=("NaN",),
        )
        return LoggerFile("Open-Meteo", options)
