"""Recognition of a CSV file: encoding, delimiter, header and columns."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from readings.csv_columns import normalise_name, parse_local_time, parse_number
from readings.files.csv_columns import find_columns
from readings.files.csv_layout import CsvLayout
from readings.files.csv_options import CsvOptions
from readings.files.csv_rows import split_fields
from readings.files.csv_text import check_text
from readings.files.csv_times import check_zone_above
from readings.files.csv_units import check_preamble, check_units_row
from readings.files.errors import Ambiguity, AmbiguousLookup, AmbiguousTable, Choice, UnreadableFile
from readings.files.text import TextLines
from readings.payload import SENSOR_FIELDS, TEMPERATURE_FIELDS, TIME_FIELDS

DELIMITERS = (",", ";", "\t", "|")
# The header is in the first lines.
SAMPLE_LINES = 200
# A number from which on it may be a time: seconds since 1970, in 2001.
MIN_EPOCH_SECONDS = 1e9


class Candidate(NamedTuple):
    """A line of the sample, split at one of the delimiters."""

    number: int
    delimiter: str
    fields: list[str]


def recognise_csv(lines: TextLines, options: CsvOptions) -> CsvLayout:
    """Return the layout of the CSV file with these lines.

    Raises:
        AmbiguousTable: When it can be read in several ways.
        UnreadableFile: When it cannot be recognised; the message names the option that helps.
    """
    recognition = _Recognition(lines, options)
    try:
        if options.no_header:
            return recognition.without_header()
        if options.columns and all(column.isdecimal() for column in options.columns):
            layout = recognition.with_numbered_columns()
        else:
            layout = recognition.with_named_columns()
        recognition.check_units(layout)
    except AmbiguousLookup as error:
        raise AmbiguousTable(str(error), *error.ambiguity) from None
    except LookupError as error:
        raise UnreadableFile(str(error)) from None
    return layout


class _Recognition:
    """The recognition of one file; each method raises LookupError when a column is missing.

    It reads no more lines than it requires, because those of a stream may arrive slowly.
    """

    def __init__(self, lines: TextLines, options: CsvOptions) -> None:
        self._options = options
        self._lines = lines
        self._sample: list[Candidate] = []
        self._lines_split = self._split_lines()

    def _split_lines(self) -> Iterator[list[Candidate]]:
        """Yield each line that is not blank, split at each delimiter.

        Raises:
            UnreadableFile: When there is none.
        """
        delimiters = (self._options.delimiter,) if self._options.delimiter else DELIMITERS
        skipped = self._options.skip_lines
        for text in islice(self._lines, skipped + SAMPLE_LINES):
            if self._lines.number > skipped and text.strip():
                splits = ((delimiter, split_fields(text, delimiter)) for delimiter in delimiters)
                candidates = [
                    Candidate(self._lines.number, delimiter, [field.strip() for field in fields])
                    for delimiter, fields in splits
                    if fields is not None
                ]
                self._sample += candidates
                yield candidates
        if not self._sample:
            after = f" after {skipped} skipped lines" if skipped else ""
            raise UnreadableFile(f"the file has no rows{after}")

    def with_named_columns(self) -> CsvLayout:
        """Return the layout whose header is the first line with all columns.

        Raises:
            LookupError: When there is none.
        """
        errors = []
        for candidate in chain.from_iterable(self._lines_split):
            try:
                return self._layout(candidate.delimiter, candidate.number, candidate.fields)
            except LookupError as error:
                errors.append((_likeness_of_header(candidate.fields, self._options.columns), error))
        if _is_data(self._sample[0].fields) or any(map(self._is_first_row, self._sample)):
            raise LookupError(
                f"line {self._sample[0].number} is a row, and the file has no header: add --no-header, and "
                "give the columns by number, for example --time-column 1 --value-column 2 --sensor NAME"
            )
        split = [(candidate.number, candidate.fields) for candidate in self._sample]
        check_text(split, self._lines.encoding or "", self._options.delimiter)
        raise max(errors, key=lambda entry: entry[0])[1]

    def with_numbered_columns(self) -> CsvLayout:
        """Return the layout whose header is the first line before the rows that has as many fields."""
        row = self._first_row()
        if row is None:  # so that the rows are refused, with what is wrong with them
            widest = max(self._sample, key=lambda candidate: len(candidate.fields))
            return self._layout(widest.delimiter, widest.number, widest.fields)
        for candidate in self._sample:
            if candidate.number < row.number and self._is_header_of(row, candidate):
                return self._layout(row.delimiter, candidate.number, candidate.fields)
        return self._layout(row.delimiter, 0, _numbers(row.fields))

    def without_header(self) -> CsvLayout:
        """Return the layout of a file in which the first line is a row."""
        row = self._first_row()
        if row is None:
            row = max(filter(self._is_first, self._sample), key=lambda candidate: len(candidate.fields))
        return self._layout(row.delimiter, 0, _numbers(row.fields))

    def check_units(self, layout: CsvLayout) -> None:
        """Require that lines above and below the header give no unit that would be ignored.

        Raises:
            LookupError: When one does.
        """
        above = [
            (candidate.number, " ".join(candidate.fields))
            for candidate in self._sample
            if candidate.number < layout.header_line
        ]
        check_preamble(above, layout.columns, self._options)
        if layout.header_line:
            next(self._lines_split, None)
            below = (candidate for candidate in self._sample if candidate.number > layout.header_line)
            row = next((candidate for candidate in below if candidate.delimiter == layout.delimiter), None)
            if row and not layout.is_row(row.fields):
                check_units_row(row.fields, layout.columns, row.number)
            elif row and layout.has_local_time(row.fields):
                check_zone_above(above, layout.columns, self._options)

    def _first_row(self) -> Candidate | None:
        """Return the first line that is a row with the columns of the options.

        Raises:
            AmbiguousLookup: When it is one with several delimiters.
        """
        for candidates in self._lines_split:
            rows = [candidate for candidate in candidates if self._is_row(candidate)]
            if len({tuple(candidate.fields) for candidate in rows}) > 1:
                choices = tuple(Choice(f"{row.delimiter!r}", {"delimiter": row.delimiter}) for row in rows)
                raise AmbiguousLookup(
                    f"line {rows[0].number} can be split in several ways: set --delimiter",
                    Ambiguity("delimiter", choices),
                )
            if rows:
                return rows[0]
        return None

    def _is_header_of(self, row: Candidate, candidate: Candidate) -> bool:
        """Return whether a line has as many fields as the first row, but neither a time nor a number."""
        same_width = candidate.delimiter == row.delimiter and len(candidate.fields) == len(row.fields)
        columns = self._layout(row.delimiter, 0, _numbers(row.fields)).columns
        return same_width and not (
            _is_time(candidate.fields[columns.time])
            or any(_is_number(candidate.fields[value.index]) for value in columns.values)
        )

    def _is_row(self, candidate: Candidate) -> bool:
        try:
            layout = self._layout(candidate.delimiter, 0, _numbers(candidate.fields))
        except LookupError:
            return False
        return layout.is_row(candidate.fields)

    def _is_first(self, candidate: Candidate) -> bool:
        return candidate.number == self._sample[0].number

    def _is_first_row(self, candidate: Candidate) -> bool:
        return self._is_first(candidate) and _is_data(candidate.fields)

    def _layout(self, delimiter: str, header_line: int, header: list[str]) -> CsvLayout:
        columns = find_columns(header, self._options)
        return CsvLayout(self._options, self._lines.encoding or "", delimiter, header_line, header, columns)


def _likeness_of_header(fields: list[str], named: tuple[str, ...]) -> tuple[int, int, bool, int]:
    """Return how much a line looks like a header.

    These are its columns that are named, those that are usual, whether none starts with a digit, and all.
    """
    usual = (*SENSOR_FIELDS, *TIME_FIELDS, *TEMPERATURE_FIELDS)
    return (
        sum(field in named for field in fields),
        sum(normalise_name(field) in usual for field in fields),
        not any(field[:1].isdigit() for field in fields),
        len(fields),
    )


def _numbers(fields: list[str]) -> list[str]:
    """Return the names of the columns of a file without a header."""
    return [str(number) for number in range(1, len(fields) + 1)]


def _is_data(fields: list[str]) -> bool:
    """Return whether one of the fields is a time and another a number."""
    return any(map(_is_time, fields)) and any(_is_number(field) for field in fields if not _is_time(field))


def _is_time(text: str) -> bool:
    try:
        parsed = parse_local_time(text)
    except ValueError:
        return False
    return not _is_number(text) or parsed.timestamp() >= MIN_EPOCH_SECONDS


def _is_number(text: str) -> bool:
    try:
        parse_number(text)
    except ValueError:
        return False
    return True
