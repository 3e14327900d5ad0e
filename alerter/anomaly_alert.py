"""The alert of an anomaly: its labels, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerter.alert import Labels
from alerter.incident import DueAlert, IncidentAlert
from runtime.severity import Severity
from runtime.text import format_duration

# The names of the alerts by the kind of anomaly.
ANOMALY_ALERTS = {
    "spike": "TemperatureSpike",
    "level-shift": "TemperatureLevelShift",
    "stuck": "TemperatureStuck",
    "drift": "TemperatureDrift",
    "dropout": "TemperatureDropout",
    "unusual": "TemperatureUnusual",
}
NAMES = {"level-shift": "level shift", "stuck": "stuck value", "unusual": "unusual temperature"}


@dataclass(frozen=True, kw_only=True)
class AnomalyAlert(IncidentAlert):
    """An anomaly as receivers are notified of it. Temperatures are in °C."""

    anomaly_id: int
    anomaly: str
    score: float
    observed: float
    expected: float
    lower: float
    upper: float
    reason: str

    @property
    def kind(self) -> str:
        """The first part of the routing key."""
        return f"temperature-{self.anomaly}"

    @property
    def labels(self) -> Labels:
        """The labels that identify it."""
        return {
            "alertname": ANOMALY_ALERTS[self.anomaly],
            "severity": Severity.INFO,
            "sensor": self.sensor_id,
        }

    @property
    def annotations(self) -> Labels:
        """What is not normal, with what was expected instead."""
        figures = {
            "anomaly": str(self.anomaly_id),
            "reason": self.reason,
            "observed": f"{self.observed:g}",
            "expected": f"{self.expected:g}",
            "interval": f"{self.lower:g} to {self.upper:g}",
            "score": f"{self.score:.2f}",
        }
        if self.ended_at is None:
            hint = (
                "Check the sensor and its surroundings. To stop repeated notifications, mark it in the page "
                f"or with `sensorctl anomalies mark {self.anomaly_id} right`, or `wrong`."
            )
            summary = f"{self._what} since {self.started_at:%Y-%m-%d %H:%M:%S} UTC: {self.reason}."
            return {"summary": summary, "description": f"{summary} {hint}", "hint": hint, **figures}
        summary = f"{self._what}{self._end}: {self.reason}."
        return {"summary": summary, "description": summary, **figures}

    @property
    def _what(self) -> str:
        return f"{self._place}: {NAMES.get(self.anomaly, self.anomaly)}"

    @property
    def _end(self) -> str:
        if self.withdrawn:
            return " withdrawn, it was none or another anomaly explains it"
        assert self.ended_at
        duration = format_duration(self.ended_at - self.started_at)
        return f" at {self.started_at:%Y-%m-%d %H:%M:%S} UTC is over after {duration}"


def to_due_anomaly(row: Mapping[str, Any]) -> DueAlert:
    """Return the alert of a row of AnomalyNotifications.

    One that has ended is resolved, whether or not the receiver was notified of it.
    """
    values = dict(row)
    notified_at: datetime | None = values.pop("firing_at")
    anomaly = values.pop("kind")
    alert = AnomalyAlert(**values, anomaly=anomaly)
    return DueAlert(alert.anomaly_id, alert, notified_at)
