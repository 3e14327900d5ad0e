"""The rows of a file become readings, each with its position in the file."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, tzinfo
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from readings.errors import InvalidReading
from readings.files.cleaning import Cleaning
from readings.files.csv_faults import FaultCheck
from readings.files.parsing import find_problem, parse_item
from readings.files.problems import Problem
from readings.files.records import Body, Item, LeftOut, Record, Rejected
from readings.files.text import TextLines
from readings.model import Reading
from readings.plausible import PlausibleRanges


class FilePosition(NamedTuple):
    """How far a file was read: its bytes, the line of the last row, and what became of the rows."""

    offset: int = 0
    lines: int = 0
    published: int = 0
    skipped: int = 0
    left_out: int = 0

    @property
    def items(self) -> int:
        """The number of rows up to here."""
        return self.published + self.skipped + self.left_out


class LocatedReading(NamedTuple):
    """A reading, and the line of its row."""

    line: int
    reading: Reading


class Retention(NamedTuple):
    """From when on readings are kept, None for all; whether older readings are left out."""

    since: datetime | None
    leave_out: bool


KEEP_ALL = Retention(None, leave_out=False)
PAST_RETENTION_HINT = "older than the retention; raise RETENTION_DAYS, or set PAST_RETENTION=store"
OnRow = Callable[[int, str], None]


class FileReadings:
    """Iterates over the readings of a file in order; `position` is the end of the last row.

    A row that is not a valid reading is counted, reported to `on_invalid` with its line and the reason, and
    skipped; a row that the options exclude is reported to `on_left_out`. A reading without an ID gets the one
    that a consumer would derive, so that repeated imports are recognised as duplicates. All readings carry
    `import_id`. Rows up to `position` are not read again. Readings older than `retention` are left out, or
    counted in `expiring`. Temperatures outside the `plausible` ranges are left out. `cleaning` counts what
    was wrong with the rows after `position`.
    """

    def __init__(
        self,
        items: Iterator[Item],
        lines: TextLines,
        zone: tzinfo,
        position: FilePosition,
        on_invalid: OnRow,
        on_left_out: OnRow,
        import_id: UUID | None = None,
    ) -> None:
        self._items = items
        self._lines = lines
        self._zone = zone
        self._on_invalid = on_invalid
        self._on_left_out = on_left_out
        self._import_id = import_id
        self.position = position
        self.retention = KEEP_ALL
        self.plausible = PlausibleRanges()
        self.faults = FaultCheck()
        self.cleaning = Cleaning()
        self.expiring = 0

    def __iter__(self) -> Iterator[Reading]:
        for item in islice(self._items, self.position.items):
            self._remember(item)
        for item in self._items:
            reading = self._parse(item)
            if reading is not None:
                self._advance(item.line, published=1)
                self.cleaning.add_reading(reading, item.line)
                yield reading._replace(import_id=self._import_id)

    def _remember(self, item: Item) -> None:
        """Let a row that was read before decide about those after it, as it did then."""
        if not isinstance(item, Record):
            return
        with suppress(InvalidReading):
            if self._may_be_fault(parse_item(item, self._zone)):
                self.faults.find(item)

    def _may_be_fault(self, reading: Reading) -> bool:
        """Return whether a reading is not left out for another reason."""
        since, leave_out = self.retention
        is_past = since is not None and reading.measured_at < since
        return not (self.plausible.violation(reading) or (is_past and leave_out))

    def located(self) -> Iterator[LocatedReading]:
        """Yield the readings with their lines, as iterating does."""
        for reading in self:
            yield LocatedReading(self.position.lines, reading)

    def _parse(self, item: Item) -> Reading | None:
        if isinstance(item, LeftOut):
            self._leave_out(item.line, item.reason, item.problem)
            return None
        if isinstance(item, Rejected):
            self._skip(item.line, item.reason, item.problem)
            return None
        try:
            reading = parse_item(item, self._zone)
        except InvalidReading as error:
            self._skip(item.line, error.detail, find_problem(error))
            return None
        return reading if self._is_kept(item, reading) else None

    def _is_kept(self, item: Record | Body, reading: Reading) -> bool:
        """Return whether a reading is kept; it may be implausible, too old, or stand for a fault."""
        if violation := self.plausible.violation(reading):
            self._leave_out(item.line, violation, Problem.IMPLAUSIBLE)
            return False
        since, leave_out = self.retention
        is_past = since is not None and reading.measured_at < since
        if is_past and leave_out and since:
            reason = f"measured before {since.date()}: {PAST_RETENTION_HINT}"
            self._leave_out(item.line, reason, Problem.PAST_RETENTION)
            return False
        self.expiring += is_past
        if isinstance(item, Record) and (fault := self.faults.find(item)):
            self._skip(item.line, fault, Problem.SENTINEL)
            return False
        for problem in item.notes:
            self.cleaning.add_row(problem, item.line)
        return True

    def _skip(self, line: int, reason: str, problem: Problem) -> None:
        self._advance(line, skipped=1)
        self.cleaning.add_row(problem, line)
        self._on_invalid(line, reason)

    def _leave_out(self, line: int, reason: str, problem: Problem) -> None:
        self._advance(line, left_out=1)
        self.cleaning.add_row(problem, line)
        self._on_left_out(line, reason)

    def _advance(self, line: int, *, published: int = 0, skipped: int = 0, left_out: int = 0) -> None:
        before = self.position
        self.position = FilePosition(
            self._lines.offset,
            line,
            before.published + published,
            before.skipped + skipped,
            before.left_out + left_out,
        )
