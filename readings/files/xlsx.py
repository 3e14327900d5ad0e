"""The sheets of an Excel workbook (.xlsx) as lines of text, a line per row, that are read like a CSV file."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from readings.files.errors import UnreadableFile
from readings.files.text import TextLines
from readings.files.xlsx_archive import check_archive

DELIMITER = "\t"
# Of the lines that a sheet becomes.
ENCODING = "utf-8"
# Whole numbers up to here are written without a fraction, as other programs show them.
MAX_WHOLE = 1e15

Cell = str | float | int | bool | date | datetime | time | timedelta


class Workbook:
    """A workbook whose sheets have values and no formulas.

    Dates and times are ISO 8601 without an offset, in either of Excel's date systems. The number of a line is
    that of the row.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._sheets = check_archive(file)
        self._bytes = file.seek(0, 2)
        file.seek(0)
        try:
            self._workbook = CalamineWorkbook.from_filelike(file)
        except CalamineError as error:
            raise UnreadableFile(f"the workbook cannot be read ({error}): save it again") from None
        self._open_sheet: tuple[str, CalamineSheet] | None = None

    def sheet_names(self) -> list[str]:
        """Return the names of the sheets with cells that are not hidden, in order."""
        return [
            sheet.name
            for sheet in self._workbook.sheets_metadata
            if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible
        ]

    def find_sheet(self, requested: str) -> str:
        """Return the name of the sheet with this name, in any case, or else with this number from 1.

        Raises:
            UnreadableFile: When there is none.
        """
        names = [
            sheet.name for sheet in self._workbook.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet
        ]
        found = next((name for name in names if name.casefold() == requested.strip().casefold()), None)
        if found is None and requested.isdecimal() and 1 <= int(requested) <= len(names):
            found = names[int(requested) - 1]
        if found is None:
            raise UnreadableFile(f"--sheet is {requested!r}; the workbook has the sheets {', '.join(names)}")
        return found

    def lines(self, sheet: str, decimal: str = ".") -> TextLines:
        """Start a pass over the rows of a sheet, with numbers written with this decimal sign.

        Raises:
            UnreadableFile: When it has formulas, is too large, or cannot be read.
        """
        if self._open_sheet is None or self._open_sheet[0] != sheet:
            self._open_sheet = None  # before the next one is read, so that only one is in memory
            self._open_sheet = (sheet, self._read_sheet(sheet))
        return TextLines(_SheetText(self._open_sheet[1], decimal), ENCODING, lambda: self._bytes)

    def _read_sheet(self, name: str) -> CalamineSheet:
        if name in self._sheets:
            self._sheets[name].check(name)
        try:
            return self._workbook.get_sheet_by_name(name)
        except CalamineError as error:
            raise UnreadableFile(f"the sheet {name!r} cannot be read ({error}): save it again") from None


class _SheetText:
    """The bytes of the lines that a sheet becomes."""

    def __init__(self, sheet: CalamineSheet, decimal: str) -> None:
        self._rows = _rows(sheet)
        self._decimal = decimal

    def read1(self, size: int, /) -> bytes:
        """Return at least `size` bytes, as whole lines; fewer at the end."""
        parts: list[bytes] = []
        remaining = size
        for row in self._rows:
            fields = (_field(value, self._decimal) for value in row)
            line = f"{DELIMITER.join(fields)}\n".encode(errors="replace")
            parts.append(line)
            remaining -= len(line)
            if remaining <= 0:
                break
        return b"".join(parts)


def _rows(sheet: CalamineSheet) -> Iterator[Sequence[Cell]]:
    """Yield the rows from the first one of the sheet on, each from its first column on."""
    if sheet.start is None:
        return
    _, first_column = sheet.start
    padding = [""] * first_column
    for row in sheet.iter_rows():
        yield [*padding, *row]


def _field(value: Cell, decimal: str) -> str:
    text = _text(value)
    if isinstance(value, float):
        return text.replace(".", decimal)
    if '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _text(value: Cell) -> str:
    """Return a cell as a CSV file has it, on one line."""
    if isinstance(value, str):
        return " ".join(value.split()) if any(map(str.isspace, value)) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < MAX_WHOLE:
        value = int(value)
    return str(value)
