"""The conditions of `--where`: texts of columns that a row must have."""

from collections.abc import Sequence

from readings.files.csv_columns import Columns
from readings.files.problems import Problem
from readings.files.records import LeftOut
from readings.quality import marking_of


class Conditions:
    """Leaves rows out unless each column has one of its texts; several for one column are alternatives."""

    def __init__(self, header: Sequence[str], columns: Columns) -> None:
        self._header = header
        self._texts = {
            index: tuple(text for other, text in columns.where if other == index)
            for index in dict.fromkeys(index for index, _ in columns.where)
        }

    def find_unmet(self, line: int, fields: Sequence[str]) -> LeftOut | None:
        """Return the row as left out by the first condition that it does not meet, if there is one."""
        for index, texts in self._texts.items():
            if fields[index] not in texts:
                name = self._header[index]
                reason = f"{name} is not {' or '.join(text or 'empty' for text in texts)}"
                return LeftOut(line, reason, Problem.BAD_QUALITY if marking_of(name) else Problem.EXCLUDED)
        return None
