"""Where the limit of a sensor comes from: a text for people, in each language of reports."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, unique
from typing import NamedTuple
from zoneinfo import ZoneInfo

from reports.model import Language
from reports.render.words import Words


@unique
class LimitText(Enum):
    """A text in English and Portuguese."""

    OF_SENSOR = "limit {number} of the sensor", "limite {number} do sensor"
    OF_PATTERN = "limit {number} of the pattern {held_by}", "limite {number} do padrão {held_by}"
    OF_LOCATION = "limit {number} of the location {held_by}", "limite {number} do local {held_by}"
    WARNING = "warning", "aviso"
    CRITICAL = "critical", "crítico"
    SET_BY = "set by {name}", "definido por {name}"
    AFTER = "after the period, at {time}", "depois do período, em {time}"
    SINCE = "since {time}", "desde {time}"
    UNTIL = "until {time}", "até {time}"
    MONITORED = "monitored {schedule} ({zone})", "monitorado {schedule} ({zone})"


class Locale(NamedTuple):
    """The language of a report, and the zone of its times."""

    language: Language = "en"
    time_zone: str = "UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitSource:
    """A limit as it was set: for whom, how severe, by whom and when."""

    number: int
    held_for: LimitText  # OF_SENSOR, OF_PATTERN or OF_LOCATION
    held_by: str | None
    severity: str
    schedule: str | None
    zone: str | None
    created_at: datetime
    created_by: str
    ended_at: datetime | None

    def describe(self, start: datetime, end: datetime, locale: Locale) -> str:
        """Return where the limit comes from, for a report of this period."""
        words, zone = Words(locale.language), ZoneInfo(locale.time_zone)

        def moment(time: datetime) -> str:
            return words.notation.moment(time.astimezone(zone))

        held_by = self.held_by or ""
        parts = [
            words(self.held_for, number=str(self.number), held_by=held_by),
            words(LimitText[self.severity.upper()]),
            words(LimitText.SET_BY, name=self.created_by),
        ]
        if self.created_at >= end:
            parts.append(words(LimitText.AFTER, time=moment(self.created_at)))
        elif self.created_at > start:
            parts.append(words(LimitText.SINCE, time=moment(self.created_at)))
        if self.ended_at is not None and self.ended_at < end:
            parts.append(words(LimitText.UNTIL, time=moment(self.ended_at)))
        if self.schedule is not None:
            parts.append(words(LimitText.MONITORED, schedule=self.schedule, zone=self.zone or ""))
        return ", ".join(parts)
