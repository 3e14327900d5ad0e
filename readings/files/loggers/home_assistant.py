"""Home Assistant, whose history panel downloads the states of entities as CSV."""

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample

_COLUMNS = ["entity_id", "state", "last_changed"]


class HomeAssistantHistory:
    """Files with a state in each row, of one entity after the other, in the unit that the panel shows.

        entity_id,state,last_changed
        sensor.attic_temperature,21.4,2026-03-05T10:00:00.000Z
        sensor.attic_temperature,unavailable,2026-03-05T10:05:12.345Z

    Columns with attributes follow if there is a thermostat. Layout:
    https://github.com/home-assistant/frontend, src/panels/history/ha-panel-history.ts.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        header = next(sample.rows(","), None)
        if header is None or header.fields[: len(_COLUMNS)] != _COLUMNS:
            return None
        options = CsvOptions(
            delimiter=",",
            sensor_column="entity_id",
            time_column="last_changed",
            value_columns=("state",),
            missing=("unavailable", "unknown"),
        )
        return LoggerFile("Home Assistant", options, is_unit_unknown=True)
