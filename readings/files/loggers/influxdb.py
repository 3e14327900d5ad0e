"""InfluxDB 2, whose query results are annotated CSV."""

from readings.files.csv_options import CsvOptions
from readings.files.loggers.logger_file import LoggerFile, Sample
from readings.meanings import Meaning, meaning_of

_ANNOTATIONS = ("#group", "#datatype", "#default")


class InfluxDb:
    """Annotated CSV: lines that start with `#`, and tables, of which each row has a field and its value.

        #group,false,false,true,true,false,false,true,true
        #datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string
        #default,_result,,,,,,,
        ,result,table,_start,_stop,_time,_value,_field,_measurement
        ,,0,2026-02-26T11:00:00Z,2026-02-26T12:00:00Z,2026-02-26T11:00:10Z,21.5,temperature,climate

    If all rows of the sample have one field and it is a temperature, only rows with it are read. Layout:
    https://docs.influxdata.com/influxdb/v2/reference/syntax/annotated-csv/.
    """

    def recognise(self, sample: Sample) -> LoggerFile | None:
        """Return what is known of the file; None if another program wrote it."""
        if not any(line.startswith(_ANNOTATIONS) for line in sample.lines):
            return None
        header = next((row for row in sample.rows(",") if {"_time", "_value"} <= set(row.fields)), None)
        if header is None:
            return None
        where: tuple[tuple[str, str], ...] = ()
        if "_field" in header.fields:
            column = header.fields.index("_field")
            fields = {row[column] for row in sample.rows_after(header) if len(row) > column}
            temperatures = {name for name in fields if meaning_of(name) is Meaning.TEMPERATURE}
            if len(temperatures) == 1:
                where = (("_field", temperatures.pop()),)
        options = CsvOptions(delimiter=",", time_column="_time", value_columns=("_value",), where=where)
        return LoggerFile("InfluxDB", options)
