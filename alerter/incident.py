"""What the alerts of a sensor's incidents, excursions and anomalies, have in common."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from alerter.alert import AlertStatus, Notifiable


class DueAlert(NamedTuple):
    """An alert of which a receiver is to be notified, and when it last accepted that it is firing."""

    incident_id: int
    alert: Notifiable
    notified_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class IncidentAlert:
    """What receivers are notified of in any incident of a sensor."""

    sensor_id: str
    name: str | None
    location: str | None
    started_at: datetime
    ended_at: datetime | None
    withdrawn: bool

    @property
    def status(self) -> AlertStatus:
        """Whether it is firing or resolved."""
        return AlertStatus.FIRING if self.ended_at is None else AlertStatus.RESOLVED

    @property
    def subject(self) -> str:
        """The sensor."""
        return self.sensor_id

    @property
    def page(self) -> str:
        """Where the page shows the sensor."""
        return f"#/sensor/{quote(self.sensor_id, safe='')}"

    @property
    def _place(self) -> str:
        """The sensor with its name and its location, to start a message with."""
        details = ", ".join(filter(None, (self.name, self.location)))
        return f"Sensor {self.sensor_id} ({details})" if details else f"Sensor {self.sensor_id}"
