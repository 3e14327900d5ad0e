"""A sensor of a report with how its values are written on the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from reports.model import ReportLimit, SensorReport
from reports.render.words import Words

Content = dict[str, Any]  # what the template gets: texts, lists and dictionaries
DASH = "\N{EN DASH}"
NONE = DASH  # no value


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts for the template. A width is `auto`, a length such as `18mm`, or a number of parts."""

    head: Sequence[str]
    widths: Sequence[str | int]
    right: Sequence[int]  # columns of numbers
    rows: Sequence[Sequence[str]]
    note: str = ""

    def content(self) -> Content:
        """Return the table for the template."""
        return {
            "head": list(self.head),
            "widths": list(self.widths),
            "right": list(self.right),
            "rows": [list(row) for row in self.rows],
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class SensorView:
    """A sensor in a period in UTC, in a language and a time zone."""

    sensor: SensorReport
    start: datetime
    end: datetime
    zone: ZoneInfo
    words: Words
    max_rows: int  # of a table

    def moment(self, time: datetime) -> str:
        """Return a time in the report's zone."""
        return self.words.notation.moment(time.astimezone(self.zone))

    def moment_after(self, first: datetime, time: datetime) -> str:
        """Return a time that follows another one: without its date, if that is the same."""
        local = time.astimezone(self.zone)
        if local.date() == first.astimezone(self.zone).date():
            return self.words.notation.clock(local)
        return self.words.notation.moment(local)

    def degrees(self, value: float | None) -> str:
        """Return a temperature that is not rounded to a limit, or a dash."""
        if value is None:
            return NONE
        thresholds = [limit.threshold for limit in self.sensor.limits]
        return f"{self.words.notation.temperature(value, thresholds)}\N{NO-BREAK SPACE}°C"

    def limit(self, limit: ReportLimit) -> str:
        """Return a limit, such as `≤ 8 °C`."""
        sign = "≤" if limit.kind == "high" else "≥"
        return f"{sign}\N{NO-BREAK SPACE}{self.words.notation.exact(limit.threshold)}\N{NO-BREAK SPACE}°C"
