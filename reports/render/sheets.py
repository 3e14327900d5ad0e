"""The sheets of a workbook, written from top to bottom, so that no more than a row is in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from xlsxwriter import Workbook

from reports.render.local_times import LocalTimes
from reports.samples import to_epoch_us

MAX_ROWS = 1_048_576
MAX_TEXT_CHARACTERS = 32_767
SECONDS_PER_DAY = 86_400
HEAD_POINTS = 32  # two lines: some programs do not fit the height of a row to its text
TIME_WIDTH = 23


class Style(StrEnum):
    """How a cell is shown."""

    TITLE = "title"
    HEAD = "head"
    LABEL = "label"
    TEXT = "text"
    TIME = "time"
    DURATION = "duration"
    TEMPERATURE = "temperature"
    NUMBER = "number"
    COUNT = "count"
    PERCENT = "percent"


PROPERTIES: dict[Style, dict[str, Any]] = {
    Style.TITLE: {"bold": True, "font_size": 14},
    Style.HEAD: {"bold": True, "bg_color": "#DDE6EE", "bottom": 1, "text_wrap": True, "valign": "top"},
    Style.LABEL: {"bold": True, "bg_color": "#DDE6EE"},
    Style.TEXT: {"indent": 1, "align": "left"},
    Style.TIME: {"num_format": "yyyy-mm-dd hh:mm:ss.000", "align": "left", "indent": 1},
    Style.DURATION: {"num_format": "[h]:mm:ss"},
    Style.TEMPERATURE: {"num_format": "0.00"},
    Style.NUMBER: {"num_format": "#,##0.00####"},
    Style.COUNT: {"num_format": "#,##0"},
    Style.PERCENT: {"num_format": "0.00%"},
}


class Column(NamedTuple):
    """A column of a table: its head, how its values are shown, and its width in characters."""

    head: str
    style: Style = Style.TEXT
    width: float = 14


Styles = Mapping[Style, Any]


def add_styles(workbook: Workbook) -> Styles:
    """Add the formats to a workbook."""
    return {style: workbook.add_format(each) for style, each in PROPERTIES.items()}


class Sheet:
    """A sheet that is written row by row. Text is text, whatever it begins with."""

    def __init__(self, worksheet: Any, styles: Styles, times: LocalTimes) -> None:
        self._sheet, self._styles, self._times = worksheet, styles, times
        self.row = 0

    def write_head(self, columns: Sequence[Column], *, is_frozen: bool = True) -> None:
        """Write the heads of a table; with `is_frozen` they stay in view, and on each printed page."""
        self._sheet.set_row(self.row, HEAD_POINTS)
        for number, column in enumerate(columns):
            self._text(number, column.head, Style.HEAD)
        if is_frozen:
            self._sheet.freeze_panes(self.row + 1, 0)
            self._sheet.repeat_rows(self.row)
            self.set_widths([column.width for column in columns])
        self.row += 1

    def freeze_labels(self) -> None:
        """Keep the first column in view, and on each printed page, however many there are."""
        self._sheet.freeze_panes(0, 1)
        self._sheet.repeat_columns(0)
        self._sheet.fit_to_pages(0, 0)

    def set_widths(self, widths: Sequence[float]) -> None:
        """Set the widths of the columns in characters."""
        for number, width in enumerate(widths):
            self._sheet.set_column(number, number, width)

    def write_row(self, columns: Sequence[Column], values: Sequence[object]) -> None:
        """Write a row of a table; None is an empty cell."""
        for number, (column, value) in enumerate(zip(columns, values, strict=True)):
            self.write(number, value, column.style)
        self.row += 1

    def write(self, column: int, value: object, style: Style = Style.TEXT) -> None:
        """Write a cell of the current row; durations are in seconds."""
        if isinstance(value, datetime):
            value, style = self._times.cell(to_epoch_us(value)), Style.TIME
        if isinstance(value, (int, float)):
            number = value / SECONDS_PER_DAY if style is Style.DURATION else value
            self._sheet.write_number(self.row, column, number, self._styles[style])
        elif value is not None:
            self._text(column, str(value), Style.TEXT if style is Style.TIME else style)

    def _text(self, column: int, text: str, style: Style) -> None:
        self._sheet.write_string(self.row, column, to_cell_text(text), self._styles[style])


def to_cell_text(text: str) -> str:
    """Return a text as a cell can hold it."""
    valid = text[:MAX_TEXT_CHARACTERS]
    # XlsxWriter would write a text that has this form as it is, as the XML of a rich string.
    return f" {valid[: MAX_TEXT_CHARACTERS - 1]}" if valid.startswith("<r>") else valid
