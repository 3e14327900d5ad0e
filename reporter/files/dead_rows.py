"""The rows of a file whose readings were published, and are dead: counted by reason, with their lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from db.workflows.fetched import WhyDead
from readings.files.cleaning import MAX_LINES
from readings.files.file_readings import LocatedReading
from readings.times import format_timestamp
from reports.model import Cleaned
from reports.render.cleaning_texts import NOT_STORED
from runtime.text import escape_unprintable, quote_name

MAX_DESCRIBED = 1000


@dataclass
class DeadRows:
    """Dead rows. `texts` describes the first of them, each with its line and why it is dead."""

    texts: list[str] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _lines: dict[str, list[int]] = field(default_factory=dict)

    def add(self, row: LocatedReading, why: WhyDead | None) -> None:
        """Count a row; it may be unknown why it is dead."""
        reason = f"{NOT_STORED}:{why.reason}" if why else NOT_STORED
        self._counts[reason] = self._counts.get(reason, 0) + 1
        lines = self._lines.setdefault(reason, [])
        if len(lines) < MAX_LINES:
            lines.append(row.line)
        if len(self.texts) < MAX_DESCRIBED:
            self.texts.append(_describe(row, why))

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self._counts.values())

    def cleaned(self) -> Iterator[Cleaned]:
        """Yield them for a report, by reason."""
        for reason in sorted(self._counts):
            yield Cleaned(reason=reason, count=self._counts[reason], lines=tuple(self._lines[reason]))


def _describe(row: LocatedReading, why: WhyDead | None) -> str:
    time, sensor = format_timestamp(row.reading.measured_at), quote_name(row.reading.sensor_id)
    reason = f": {why.reason}: {why.detail}" if why else ""
    return escape_unprintable(f"line {row.line}: not stored: {time} {sensor}{reason}")
