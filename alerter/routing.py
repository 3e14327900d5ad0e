"""Selects what a receiver is notified of."""

from collections.abc import Collection, Mapping, Sequence

from alerter.alert import Labels
from alerter.notification import Notification, NotificationBuilder
from alerter.routes import Route
from monitoring.model import SystemStatus


class Routing:
    """Applies the routes of each receiver. Not thread-safe.

    Only `machines` are notified of what is about the alerter itself.
    """

    def __init__(
        self,
        routes: Mapping[str, Sequence[Route]],
        machines: Collection[str],
        builder: NotificationBuilder,
    ) -> None:
        self._routes, self._machines, self._builder = routes, machines, builder
        self._locations: dict[str, str | None] = {}

    def note_locations(self, status: SystemStatus) -> None:
        """Keep where the sensors are, also for the time in which the database is down."""
        self._locations |= {sensor.sensor_id: sensor.location for sensor in status.sensors or ()}

    def select(self, receiver: str, notification: Notification) -> Notification | None:
        """Return the notification with the alerts that are routed to the receiver; None if there are none."""
        if not notification.alerts:
            return notification if receiver in self._machines else None
        alerts = [alert for alert in notification.alerts if self._is_routed(receiver, alert.labels)]
        if len(alerts) == len(notification.alerts):
            return notification
        return self._builder.group(alerts) if alerts else None

    def _is_routed(self, receiver: str, labels: Labels) -> bool:
        routes = self._routes.get(receiver, ())
        sensor = labels.get("sensor")
        location = self._locations.get(sensor) if sensor else None
        return not routes or any(route.matches(labels["severity"], sensor, location) for route in routes)
