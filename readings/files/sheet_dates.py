"""Dates of a sheet of a workbook, some of which a spreadsheet has read from texts, and some not."""

import re
from collections.abc import Iterable

from readings.files.date_order import has_date_signs
from readings.files.errors import AmbiguousFile

# As cells with dates become texts.
_DATE_CELL = re.compile(r"\d{4}-\d{2}-\d{2}(?: .*)?", re.ASCII)


def check_date_cells(texts: Iterable[str]) -> None:
    """Require that the times of a sheet are not partly dates and partly texts such as `13/1/2024 10:00`.

    A spreadsheet that expects the month first reads `12/1/2024` as the 1st of December, and leaves
    `13/1/2024` as a text.

    Raises:
        AmbiguousFile: When they are; `texts` are those of its rows.
    """
    date_cell = text_cell = None
    for text in texts:
        if _DATE_CELL.fullmatch(text):
            date_cell = date_cell or text
        elif has_date_signs(text) or has_date_signs(f"{text} 00:00"):
            text_cell = text_cell or text
        if date_cell and text_cell:
            raise AmbiguousFile(
                f"the times are partly dates, such as {date_cell!r}, and partly texts, such as "
                f"{text_cell!r}: a spreadsheet has perhaps exchanged day and month of those that it read as "
                "dates. Import the original file, or correct the column until all are dates; or set "
                "--time-format to read the texts and refuse the dates",
                "time_format",
            )
