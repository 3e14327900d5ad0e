"""Recognition of a table: who wrote it, its layout, and the format of its times."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from readings.files.csv_layout import CsvLayout
from readings.files.csv_options import CsvOptions
from readings.files.csv_recognition import SAMPLE_LINES, recognise_csv
from readings.files.date_and_time import find_time_of_day
from readings.files.date_order import check_notations, find_time_format, has_date, has_date_signs
from readings.files.decimal_comma import has_decimal_comma
from readings.files.errors import AmbiguousFile, AmbiguousTable, Choice, UnreadableFile
from readings.files.input_file import InputFile
from readings.files.loggers.logger_file import DELIMITERS, LoggerFile, Sample
from readings.files.loggers.registry import complete_options, recognise_logger
from readings.files.sheet_dates import check_date_cells
from readings.files.text import TextLines, is_undecodable
from readings.files.xlsx import DELIMITER, Workbook

# The degree sign of all Western code pages, before the letter of a unit.
_DEGREE_SIGN = re.compile("[\udcb0\udcba](?=[CF])")
DEGREE_SIGN_ENCODING = "cp1252"


class Table(NamedTuple):
    """A file that is a table, its layout, and what is known of the program that wrote it."""

    file: InputFile
    layout: CsvLayout
    logger: LoggerFile | None


@dataclass(frozen=True)
class SheetFile:
    """A sheet of a workbook, whose rows are lines."""

    book: Workbook
    sheet: str
    decimal: str
    can_repeat = True

    def lines(self, encoding: str | None = None) -> TextLines:
        """Start a pass at the first row."""
        del encoding  # a workbook has its own
        return self.book.lines(self.sheet, self.decimal)

    sample = lines

    def make_repeatable(self) -> None:
        """Do nothing."""

    def workbook(self) -> Workbook:
        """Return the workbook."""
        return self.book


def recognise_table(file: InputFile, options: CsvOptions, delimiters: Sequence[str] = DELIMITERS) -> Table:
    """Return the layout of a table, with the options that its program implies.

    A stream is read as it arrives if its header says everything.

    Raises:
        AmbiguousFile: When it can be read in several ways.
        UnreadableFile: When it cannot be recognised.
    """
    if not file.can_repeat:
        try:
            return _with_time_format(Table(file, recognise_csv(file.sample(options.encoding), options), None))
        except UnreadableFile as error:
            if isinstance(error, AmbiguousFile) and not isinstance(error, AmbiguousTable):
                raise
            file.make_repeatable()
    lines = list(islice(file.sample(options.encoding), SAMPLE_LINES))
    if options.encoding is None and _has_degree_signs(lines):
        options = replace(options, encoding=DEGREE_SIGN_ENCODING)
        lines = list(islice(file.sample(options.encoding), SAMPLE_LINES))
    sample = Sample(lines, delimiters)
    logger = recognise_logger(sample, options)
    options = complete_options(logger) if logger else find_time_of_day(sample, options)
    layout = recognise_csv(file.sample(options.encoding), options)
    return _with_time_format(_with_decimal_comma(Table(file, layout, logger)))


def recognise_workbook(book: Workbook, options: CsvOptions) -> Table:
    """Return the layout of the sheet of a workbook that has readings.

    Raises:
        AmbiguousFile: When several have, and the options do not name one.
        UnreadableFile: When none has.
    """
    names = [book.find_sheet(options.sheet)] if options.sheet else book.sheet_names()
    tables: dict[str, Table | AmbiguousFile] = {}
    errors: dict[str, UnreadableFile] = {}
    for name in names:
        try:
            tables[name] = _recognise_sheet(book, name, options)
        except AmbiguousTable as error:
            errors[name] = error
        except AmbiguousFile as error:
            tables[name] = error
        except UnreadableFile as error:
            errors[name] = error
    if len(tables) > 1:
        found = " and ".join(map(repr, tables))
        choices = tuple(Choice(f"sheet {name}", {"sheet": name}) for name in tables)
        raise AmbiguousFile(f"the sheets {found} have readings: set --sheet", "sheet", choices)
    if not tables:
        refusal = _refusal(errors)
        raise refusal
    table = next(iter(tables.values()))
    if isinstance(table, AmbiguousFile):
        raise table
    return table


def _refusal(errors: dict[str, UnreadableFile]) -> UnreadableFile:
    """Return why no sheet of a workbook has readings; of one sheet what is not clear about it."""
    if not errors:
        return UnreadableFile("the workbook has no sheet that is not hidden: set --sheet")
    if len(errors) == 1:
        return next(iter(errors.values()))
    reasons = "; ".join(f"{name!r}: {error}" for name, error in errors.items())
    return UnreadableFile(f"no sheet has readings, or a column has to be named, with --sheet: {reasons}")


def _recognise_sheet(book: Workbook, name: str, options: CsvOptions) -> Table:
    file = SheetFile(book, name, options.decimal)
    return recognise_table(file, replace(options, delimiter=DELIMITER, encoding=None), (DELIMITER,))


def _has_degree_signs(lines: Sequence[str]) -> bool:
    """Return whether all that is not UTF-8 is the degree sign of a unit."""
    text = "\n".join(lines)
    return is_undecodable(text) and not is_undecodable(_DEGREE_SIGN.sub("", text))


def _with_decimal_comma(table: Table) -> Table:
    """Return the table with the decimal comma, if the first numbers have one and cannot be read otherwise."""
    file, layout, logger = table
    if layout.options.decimal != ".":
        return table
    if not has_decimal_comma(layout.number_texts(file.sample(layout.encoding))):
        return table
    options = replace(layout.options, decimal=",")
    return Table(file, recognise_csv(file.sample(layout.encoding), options), logger)


def _with_time_format(table: Table) -> Table:
    """Return the table with the format of its times, if the options do not say it and it is not ISO 8601.

    Raises:
        AmbiguousFile: When it can be one of several, or a spreadsheet has read some of the times as dates.
    """
    file, layout, logger = table
    options = layout.options
    if options.time_format:
        return table
    if isinstance(file, SheetFile):
        check_date_cells(layout.time_texts(file.lines()))
    if options.time_origin or options.time_step != 1:
        return table
    first = next(layout.time_texts(file.sample(layout.encoding)), "")
    if has_date_signs(first):
        file.make_repeatable()
    if not isinstance(file, SheetFile) and file.can_repeat and has_date(first):
        check_notations(layout.time_texts(file.lines(layout.encoding)))
    if not has_date_signs(first):
        return table
    time_format = find_time_format(
        layout.time_texts(file.lines(layout.encoding)), logger.date_order if logger else None
    )
    if time_format is None:
        return table
    options = replace(options, time_format=time_format)
    return Table(file, recognise_csv(file.sample(layout.encoding), options), logger)
