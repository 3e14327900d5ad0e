"""Tables with other columns in one file, as weather services and databases append them to the first one."""

from collections.abc import Sequence

from readings.files.csv_columns import Columns

# A line with these columns of the header is a header.
_COMMON_COLUMNS = 2


class OtherTables:
    """Finds rows that belong to another table, whose header is a line of the file.

    Its columns would be taken for those of the first table.
    """

    def __init__(self, header: Sequence[str], columns: Columns) -> None:
        self._header = list(header)
        self._time = header[columns.time]
        self._names = {name for name in header if name}
        self._line: int | None = None

    def find(self, line: int, fields: Sequence[str]) -> str | None:
        """Return why a row is no row of the first table; None if it is one. Rows are given in order."""
        if self._time in fields:
            names = [field.strip() for field in fields]
            if names == self._header:
                self._line = None
            elif len(self._names.intersection(names)) >= _COMMON_COLUMNS:
                self._line = line
                columns = ", ".join(filter(None, names))
                return f"another table begins, with the columns {columns}: import it as a file of its own"
        if self._line is None or (fields and fields[0].startswith("#")):
            return None
        return f"the row belongs to the table that begins in line {self._line}"
