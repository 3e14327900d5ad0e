"""Tables of which one column has the date and another one the time of day."""

from dataclasses import replace
from itertools import islice

from readings.csv_columns import normalise_name
from readings.files.csv_columns import TIME_OF_DAY_NAMES
from readings.files.csv_options import CsvOptions
from readings.files.csv_times import DATE_ONLY, TIME_OF_DAY
from readings.files.loggers.logger_file import Row, Sample

DATE_NAMES = ("date", "datum", "data", "fecha", "dato", "päivämäärä", "jour", "дата")
_CHECKED_ROWS = 20


def find_time_of_day(sample: Sample, options: CsvOptions) -> CsvOptions:
    """Return the options with the columns of date and time of day, if their names and texts show them.

    Options that name these columns stay as they are.
    """
    if options.time_column or options.time_of_day_column or options.no_header:
        return options
    for row in sample.rows(options.delimiter):
        names = [normalise_name(name) for name in row.fields]
        dates = [index for index, name in enumerate(names) if name in DATE_NAMES]
        times = [index for index, name in enumerate(names) if name in TIME_OF_DAY_NAMES]
        if len(dates) == len(times) == 1 and _are_dates_and_times(sample, row, dates[0], times[0]):
            return replace(options, time_column=row.fields[dates[0]], time_of_day_column=row.fields[times[0]])
    return options


def _are_dates_and_times(sample: Sample, header: Row, date: int, time: int) -> bool:
    """Return whether most of the first rows below the header have a date and a time of day in these columns.

    The others may be a row of units, or the averages below the rows of a short file.
    """
    rows = list(islice(sample.rows_after(header), _CHECKED_ROWS))
    found = [
        fields
        for fields in rows
        if len(fields) > max(date, time)
        and DATE_ONLY.fullmatch(fields[date])
        and TIME_OF_DAY.fullmatch(fields[time])
    ]
    return 2 * len(found) > len(rows)
