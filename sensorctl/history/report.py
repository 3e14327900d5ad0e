"""The report of an import: invalid lines as they are found, and a count of the lines that were left out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from readings.files.cleaning import CleanedRows
from readings.files.file_readings import FilePosition
from readings.files.problems import Problem
from runtime.text import escape_unprintable, quantity
from sensorctl.output import print_message

MAX_RANGES = 10
# Each such row is reported by its own reason.
REPORTED_BEFORE = {
    Problem.NO_DATA, Problem.INVALID, Problem.EXCLUDED, Problem.IMPLAUSIBLE, Problem.PAST_RETENTION,
}  # fmt: skip


@dataclass
class LineRanges:
    """The numbers of lines, in ascending order, as ranges; only the first MAX_RANGES are kept."""

    count: int = 0
    _ranges: list[list[int]] = field(default_factory=list)
    _end: int = 0

    def add(self, line: int) -> None:
        """Add a line."""
        self.count += 1
        if self._ranges and line <= self._end + 1 and self._ranges[-1][1] == self._end:
            self._ranges[-1][1] = line
        elif len(self._ranges) < MAX_RANGES:
            self._ranges.append([line, line])
        self._end = line

    def __str__(self) -> str:
        ranges = [f"{first}-{last}" if last > first else f"{first}" for first, last in self._ranges]
        return ", ".join(ranges) + (" …" if self._ranges[-1][1] < self._end else "")


class ImportReport:
    """Prints invalid lines, and counts the lines that were left out by reason."""

    def __init__(self) -> None:
        self._left_out: dict[str, LineRanges] = {}

    def invalid(self, line: int, reason: str) -> None:
        """Print a line that is no reading."""
        print_message(f"line {line}: {escape_unprintable(reason)}")

    def left_out(self, line: int, reason: str) -> None:
        """Count a line that the options exclude."""
        self._left_out.setdefault(reason, LineRanges()).add(line)

    def summary(
        self, end: FilePosition, cleaned: Iterable[CleanedRows], verb: str = "Published"
    ) -> Iterator[str]:
        """Yield the counts of all rows, the first line for the readings, and what was wrong with them."""
        yield f"{verb} {quantity(end.published, 'reading')}, skipped {quantity(end.skipped, 'invalid line')}."
        for reason, lines in self._left_out.items():
            noun = "line" if lines.count == 1 else "lines"
            yield f"Left out {lines.count} {noun} ({escape_unprintable(reason)}): {lines}"
        for rows in cleaned:
            if rows.problem not in REPORTED_BEFORE:
                yield describe_cleaned(rows)


def describe_cleaned(rows: CleanedRows) -> str:
    """Return how many rows have a problem, and the first of their lines."""
    ranges = LineRanges()
    for line in rows.lines:
        ranges.add(line)
    more = " …" if rows.total > len(rows.lines) and not f"{ranges}".endswith("…") else ""
    return f"{quantity(rows.total, 'row')} {rows.problem.description}: {ranges}{more}"
