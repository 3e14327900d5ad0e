"""What the alerts of a sensor's incidents, excursions and anomalies, have in common."""

from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from alerter.alert import Notifiable


class DueAlert(NamedTuple):
    """An alert of which a receiver is to be notified, and when it last accepted that it is firing."""

    incident_id: int
    alert: Notifiable
    notified_at: datetime | None


def describe_sensor(sensor_id: str, name: str | None, location: str | None) -> str:
    """Return the sensor with its name and its location, to start a message with."""
    details = ", ".join(filter(None, (name, location)))
    return f"Sensor {sensor_id} ({details})" if details else f"Sensor {sensor_id}"


def page_of(sensor_id: str) -> str:
    """Return where the page shows a sensor."""
    return f"#/sensor/{quote(sensor_id, safe='')}"
