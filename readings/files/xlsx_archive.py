"""The archive that an Excel workbook is, checked before a library reads it."""

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from string import digits
from typing import IO
from xml.parsers import expat

from readings.files.errors import UnreadableFile

CHUNK_BYTES = 1024 * 1024
# A sheet of a million rows with five columns has about 300 MB of XML, and compresses to about a tenth.
MAX_UNCOMPRESSED_BYTES = 512 * 1024 * 1024
MAX_COMPRESSION = 200
ALWAYS_ALLOWED_BYTES = 16 * 1024 * 1024
# The library keeps every cell between the first and the last one in memory, at about 70 bytes. This is the
# longest sheet that Excel has, with four columns.
MAX_CELLS = 4 * 1_048_576
MAX_COLUMNS = 16_384
WORKBOOK = "xl/workbook.xml"
RELATIONSHIPS = "xl/_rels/workbook.xml.rels"
OPEN_DOCUMENT = "content.xml"
BINARY_WORKBOOK = "xl/workbook.bin"
_IS_ENCRYPTED = 0x1

# What the libraries raise for one; an unknown encoding of XML is a LookupError or ValueError.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    LookupError,
    ValueError,
    RuntimeError,
)

Attributes = dict[str, str]
OnElement = Callable[[str, Attributes], None]


@dataclass
class Sheet:
    """What the XML of a sheet says about its size; `formula` is the first cell with one."""

    path: str
    formula: str | None = None
    rows: int = 0
    columns: int = 0
    _row: int = field(default=0, repr=False)
    _column: int = field(default=0, repr=False)

    def start_element(self, name: str, attributes: Attributes) -> None:
        """Record a row, a cell or a formula."""
        if name == "v":  # most elements
            return
        if name == "c":
            letters = attributes["r"].rstrip(digits) if "r" in attributes else ""
            self._column = _column_number(letters) or self._column + 1
            self.columns = max(self.columns, self._column)
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() else self._row + 1
            self._column = 0
            self.rows = max(self.rows, self._row)
        elif name == "f" and self.formula is None:
            self.formula = f"{_column_letters(self._column)}{self._row}"

    def check(self, name: str) -> None:
        """Require that the sheet has values only, and fits into memory.

        Raises:
            UnreadableFile: When it does not.
        """
        if self.formula:
            raise UnreadableFile(
                f"cell {self.formula} of the sheet {name!r} has a formula, and its stored result may be old: "
                "copy the cells and paste them as values, or save the sheet as CSV"
            )
        if self.rows * self.columns > MAX_CELLS:
            raise UnreadableFile(
                f"the sheet {name!r} has cells up to row {self.rows} and column {self.columns}, more than "
                f"{MAX_CELLS:,} in all: delete what is outside the table, or save the sheet as CSV"
            )


def check_archive(file: IO[bytes]) -> dict[str, Sheet]:
    """Return the sheets of a workbook by name, after every part of it was decompressed once and measured.

    Raises:
        UnreadableFile: When it is no workbook, is damaged, or decompresses to more than is plausible.
    """
    with _explain_damage():
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            names = {info.filename for info in archive.infolist()}
            _require_workbook(names)
            _check_sizes(archive)
            sheets = _find_sheets(archive)
            for sheet in sheets.values():
                if sheet.path in names:
                    _parse(archive, sheet.path, sheet.start_element)
    return sheets


def _require_workbook(names: set[str]) -> None:
    if OPEN_DOCUMENT in names:
        raise UnreadableFile("the file is an OpenDocument spreadsheet: save it as .xlsx or as CSV")
    if BINARY_WORKBOOK in names:
        raise UnreadableFile("the file is a binary Excel workbook (.xlsb): save it as .xlsx or as CSV")
    if WORKBOOK not in names:
        raise UnreadableFile("the file is a zip archive, but no Excel workbook: extract it first")


def _check_sizes(archive: zipfile.ZipFile) -> None:
    """Decompress every part, since the sizes that an archive gives can be wrong.

    Raises:
        UnreadableFile: When one is encrypted, or all are larger than a workbook of this size.
    """
    total = compressed = 0
    for info in archive.infolist():
        if info.flag_bits & _IS_ENCRYPTED:
            raise UnreadableFile("the workbook is encrypted: save it without a password")
        unlimited = copy(info)
        unlimited.file_size = MAX_UNCOMPRESSED_BYTES + 1  # or else it stops where the archive says
        compressed += info.compress_size
        with archive.open(unlimited) as part:
            while chunk := part.read(CHUNK_BYTES):
                total += len(chunk)
                _check_total(total, compressed)


def _check_total(total: int, compressed: int) -> None:
    if total > MAX_UNCOMPRESSED_BYTES:
        raise UnreadableFile(
            f"the workbook decompresses to over {MAX_UNCOMPRESSED_BYTES // 2**20} MB: save its sheet as CSV"
        )
    if total > max(ALWAYS_ALLOWED_BYTES, MAX_COMPRESSION * compressed):
        raise UnreadableFile(
            f"the workbook decompresses to over {MAX_COMPRESSION} times its size, as no table of readings "
            "does: save its sheet as CSV"
        )


def _find_sheets(archive: zipfile.ZipFile) -> dict[str, Sheet]:
    """Return the sheets with the paths of their XML, by name and in order."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def add_target(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def add_sheet(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            identifier = next((text for key, text in attributes.items() if key.endswith(":id")), "")
            sheets[attributes.get("name", "")] = identifier

    _parse(archive, RELATIONSHIPS, add_target)
    _parse(archive, WORKBOOK, add_sheet)
    return {name: Sheet(_part_path(targets.get(identifier, ""))) for name, identifier in sheets.items()}


def _part_path(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _parse(archive: zipfile.ZipFile, path: str, on_element: OnElement) -> None:
    """Parse a part as a stream, element by element; prefixes of names are removed."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: on_element(
        name.rpartition(":")[2] if ":" in name else name, attributes
    )
    parser.StartDoctypeDeclHandler = _reject_document_type
    with archive.open(path) as part:
        while chunk := part.read(CHUNK_BYTES):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _reject_document_type(*_: object) -> None:
    raise UnreadableFile("the workbook has a document type declaration, which no Excel workbook has")


@contextmanager
def _explain_damage() -> Iterator[None]:
    try:
        yield
    except NotImplementedError as error:
        raise UnreadableFile(f"the workbook is compressed unusually ({error}): save it again") from None
    except _DAMAGE as error:
        raise UnreadableFile(
            f"the workbook is damaged or not complete ({error}): download or save it again"
        ) from None


@lru_cache(maxsize=1024)
def _column_number(letters: str) -> int:
    """Return the number from 1 of a column such as `AB`; 0 if it has none."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return min(number, MAX_COLUMNS)


def _column_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
