"""Files that are no CSV, or whose lines are not split: what they are, and what helps."""

import unicodedata
from collections.abc import Sequence

from readings.files.errors import Ambiguity, AmbiguousLookup, Choice, UnreadableFile
from readings.files.text import is_undecodable
from runtime.text import quote_value

MAX_CONTROL_SHARE = 0.05
ENCODING_AMBIGUITY = Ambiguity(
    "encoding",
    (
        Choice("Western European (Windows)", {"encoding": "cp1252"}),
        Choice("Central European (Windows)", {"encoding": "cp1250"}),
        Choice("Cyrillic (Windows)", {"encoding": "cp1251"}),
    ),
)
ZIP_SIGNATURE = b"PK\x03\x04"
OLD_OFFICE_SIGNATURE = b"\xd0\xcf\x11\xe0"
SIGNATURES = {
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ\x00": "compressed with xz",
    b"(\xb5/\xfd": "compressed with zstd",
    b"%PDF": "a PDF document",
    b"SQLite format 3\x00": "an SQLite database",
}


def check_signature(sample: bytes) -> None:
    """Reject a file that is no text.

    Raises:
        UnreadableFile: When the sample is the start of a binary format.
    """
    if sample.startswith(OLD_OFFICE_SIGNATURE):
        raise UnreadableFile(
            "the file is an Excel workbook with a password, or of the format before 2007 (.xls): save it as "
            ".xlsx without a password, or as CSV"
        )
    for signature, name in SIGNATURES.items():
        if sample.startswith(signature):
            raise UnreadableFile(f"the file is {name}: export it as CSV, or decompress it first")


def check_text(lines: Sequence[tuple[int, list[str]]], encoding: str, delimiter: str | None) -> None:
    """Require that the lines are text with several columns: otherwise, no name of a column would help.

    Raises:
        AmbiguousLookup: When their encoding is not clear.
        LookupError: When they are not; the message names the option that helps.
    """
    number, first = lines[0][0], lines[0][1][0]
    text = "".join(field for _, fields in lines for field in fields)
    controls = sum(unicodedata.category(character) == "Cc" and character != "\t" for character in text)
    if "\0" in text or controls > MAX_CONTROL_SHARE * len(text):
        raise LookupError(
            "the file is not text, but binary: export it as CSV, or set --encoding if it is text"
        )
    if is_undecodable(text):
        name = encoding.removesuffix("-sig").upper()
        raise AmbiguousLookup(
            f"the columns are not found, and the file is not {name}: set --encoding, such as cp1252",
            ENCODING_AMBIGUITY,
        )
    if first.startswith(("{", "[{", "[[", '["')):
        raise LookupError("the file seems to be JSON: set --format jsonl, or json for one array or object")
    if first.startswith("<"):
        raise LookupError("the file seems to be HTML or XML: export it as CSV")
    if all(len(fields) == 1 for _, fields in lines):
        found = f"{delimiter!r} separates no columns" if delimiter else "none of , ; tab | separates columns"
        raise LookupError(f"{found}, and line {number} is {quote_value(first)}: set --delimiter")
