"""The alert of an excursion: its labels, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerter.alert import Labels
from alerter.incident import DueAlert, IncidentAlert
from runtime.text import format_exact_duration

# The names of the alerts by the kind of limit.
EXCURSION_ALERTS = {"high": "TemperatureHigh", "low": "TemperatureLow", "rate": "TemperatureChange"}
ENDINGS = {
    "recovered": "is over",
    "unknown": "ended as unknown: the sensor sent nothing for much longer than usual",
    "schedule": "ended: the limit does not hold at this time of the week",
    "removed": "ended: the limit was changed or removed",
}


@dataclass(frozen=True, kw_only=True)
class ExcursionAlert(IncidentAlert):
    """An excursion as receivers are notified of it. Temperatures are in °C, those of a rate in K."""

    excursion_id: int
    limit_id: int
    rule: str
    threshold: float
    window_seconds: float | None
    severity: str
    last_measured_at: datetime
    end_reason: str | None
    peak: float
    peak_temperature: float
    degree_minutes: float

    @property
    def kind(self) -> str:
        """The first part of the routing key."""
        return f"temperature-{self.rule}"

    @property
    def labels(self) -> Labels:
        """The labels that identify it."""
        return {
            "alertname": EXCURSION_ALERTS[self.rule],
            "severity": self.severity,
            "sensor": self.sensor_id,
            "limit": str(self.limit_id),
        }

    @property
    def annotations(self) -> Labels:
        """What happened, with the figures so far or in the end."""
        figures = {
            "excursion": str(self.excursion_id),
            "threshold": f"{self.threshold:g}",
            "peak": f"{self.peak:g}",
            "degree_minutes": f"{self.degree_minutes:.2f}",
        }
        if self.ended_at is None:
            hint = (
                "Check the sensor and its surroundings. To stop repeated notifications, acknowledge it in "
                f"the page or with `sensorctl excursion acknowledge {self.excursion_id}`."
            )
            summary = f"{self._place} {self._beyond}{self._since}."
            return {"summary": summary, "description": f"{summary} {hint}", "hint": hint, **figures}
        if self.withdrawn:
            summary = (
                f"Late or corrected readings show that this was no excursion: {self._place} {self._beyond}."
            )
        else:
            summary = f"The excursion {ENDINGS[self.end_reason or 'recovered']}: {self._place} {self._beyond}"
            summary += f", for {format_exact_duration(self.ended_at - self.started_at)}."
        return {"summary": summary, "description": f"{summary} {self.degree_minutes:.1f} K·min.", **figures}

    @property
    def _beyond(self) -> str:
        tense = "is" if self.ended_at is None else "was"
        if self.rule == "rate":
            return (
                f"{tense} changing by {self.peak:g} K within {self.window_seconds or 0:g} s, "
                f"more than {self.threshold:g} K"
            )
        if self.rule == "high":
            return f"{tense} above {self.threshold:g} °C, {self.peak_temperature:g} °C at most"
        return f"{tense} below {self.threshold:g} °C, {self.peak_temperature:g} °C at least"

    @property
    def _since(self) -> str:
        return f", since {self.started_at:%Y-%m-%d %H:%M:%S} UTC"


def to_due_excursion(row: Mapping[str, Any]) -> DueAlert:
    """Return the alert of a row of ExcursionNotifications.

    One that has ended is firing as long as the receiver was not notified of it.
    """
    values = dict(row)
    notified_at: datetime | None = values.pop("firing_at")
    if notified_at is None:
        values |= {"ended_at": None, "end_reason": None}
    alert = ExcursionAlert(**values)
    return DueAlert(alert.excursion_id, alert, notified_at)
