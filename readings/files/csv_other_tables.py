"""Tables with other columns in one file, as weather services and databases append them to the first one."""

from collections.abc import Sequence

from readings.files.csv_columns import Columns

# A line with these columns of the header is a header, in any order.
_COMMON_COLUMNS = 2


class OtherTables:
    """Finds rows that belong to another table, whose header is a line of the file.

    Its columns, and their units, would be taken for those of the first table.
    """

    def __init__(self, header: Sequence[str], columns: Columns) -> None:
        self._header = [name.casefold() for name in header]
        self._time_index = columns.time
        self._time = header[columns.time]
        self._names = {name for name in header if name}
        self._line: int | None = None

    def find(self, line: int, fields: Sequence[str]) -> str | None:
        """Return why a row is no row of the first table; None if it is one. Rows are given in order."""
        if self._is_header(fields):
            names = [field.strip() for field in fields]
            if [name.casefold() for name in names] != self._header:
                self._line = line
                columns = ", ".join(filter(None, names))
                return f"another table begins, with the columns {columns}: import it as a file of its own"
            self._line = None
        if self._line is None or (fields and fields[0].startswith("#")):
            return None
        return f"the row belongs to the table that begins in line {self._line}"

    def _is_header(self, fields: Sequence[str]) -> bool:
        """Return whether a line has the time's column in its place, or with another one of the header."""
        if not self._time:
            return False
        in_place = fields[self._time_index].strip() if self._time_index < len(fields) else ""
        if in_place.casefold() == self._header[self._time_index]:
            return True
        names = map(str.strip, fields)
        return self._time in fields and len(self._names.intersection(names)) >= _COMMON_COLUMNS
