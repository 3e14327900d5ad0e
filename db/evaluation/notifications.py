"""Finds of which incidents of sensors a receiver is to be notified, and records of which it was."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import Engine, text

from db.driver_errors import translate_errors
from db.engine import make_engine
from db.settings import DatabaseSettings

# The severity, and the sensor_id, location or like_pattern, of a route; None: any.
RouteColumns = Mapping[str, str | None]


class NotificationStatements(NamedTuple):
    """What is due, and the statements that record that incidents are firing or resolved for a receiver."""

    due: str
    firing: str
    resolved: str


# Whether a silence is of an incident's sensor.
IS_SILENCED = """
(silence.sensor_id = incident.sensor_id OR silence.location = sensor.location
 OR incident.sensor_id LIKE silence.like_pattern)
"""
IS_SILENCED_NOW = f"""
EXISTS (SELECT FROM silence WHERE starts_at <= now() AND ends_at > now() AND {IS_SILENCED})
"""


def silenced_throughout(found_at: str) -> str:
    """Return whether an incident was found and had ended while silences held, as a condition of SQL."""
    return f"""(
        SELECT coalesce(bool_or({found_at} >= starts_at AND {found_at} < ends_at)
                        AND bool_or(over_at >= starts_at AND over_at < ends_at), false)
        FROM silence, greatest({found_at}, incident.ended_at) AS over_at
        WHERE {IS_SILENCED}
    )"""  # noqa: S608 (constants)


def is_routed(severity: str) -> str:
    """Return whether one of the receiver's routes has an incident of this severity, as a condition of SQL."""
    return f"""(:routes = '[]' OR EXISTS (
        SELECT FROM jsonb_to_recordset(CAST(:routes AS jsonb))
            AS route (severity text, sensor_id text, location text, like_pattern text)
        WHERE coalesce(route.severity = {severity}, true)
          AND coalesce(route.sensor_id = incident.sensor_id, true)
          AND (route.location IS NULL OR route.location IS NOT DISTINCT FROM sensor.location)
          AND coalesce(incident.sensor_id LIKE route.like_pattern, true)
    ))"""  # noqa: S608 (constants)


# A receiver is not notified of excursions that ended before it was configured, nor of those whose last
# reading was more than a day old when they were found, as in imported history: one that such readings end
# with stays open, because nothing shows its end. First it is notified that an excursion is firing, then that
# it is resolved, even if the excursion has ended when it is found. While it is open, that is repeated, until
# the sensor has been silent for a day. With routes, it is notified of excursions that one of them has, and of
# their end also if the routes changed meanwhile. What was found and ended while it was silenced is not
# notified afterwards either.
DUE = f"""
WITH candidate AS (
    SELECT excursion_id FROM limit_excursion WHERE ended_at IS NULL AND withdrawn_at IS NULL
    UNION
    SELECT excursion_id FROM limit_excursion WHERE detected_at > now() - interval '1 day'
    UNION
    SELECT excursion_id FROM excursion_notification WHERE receiver = :receiver AND resolved_at IS NULL
)
SELECT incident.excursion_id, limit_id, incident.sensor_id, name, sensor.location, kind AS rule, threshold,
       window_seconds, severity, started_at, last_measured_at, incident.ended_at, end_reason,
       withdrawn_at IS NOT NULL AS withdrawn, peak, peak_temperature, degree_minutes, firing_at
FROM candidate
JOIN limit_excursion AS incident USING (excursion_id)
JOIN limit_rule USING (limit_id)
LEFT JOIN sensor ON sensor.sensor_id = incident.sensor_id
LEFT JOIN excursion_notification AS notified
    ON notified.excursion_id = incident.excursion_id AND notified.receiver = :receiver
WHERE CASE
        WHEN firing_at IS NULL THEN
            withdrawn_at IS NULL
            AND last_measured_at > detected_at - interval '1 day'
            AND (incident.ended_at IS NULL
                 OR detected_at >= (SELECT since FROM alert_receiver WHERE receiver = :receiver)
                    AND NOT {silenced_throughout("detected_at")})
        WHEN incident.ended_at IS NOT NULL THEN resolved_at IS NULL
        ELSE resolved_at IS NOT NULL
             OR acknowledged_at IS NULL AND :repeat_seconds > 0
                AND firing_at < now() - make_interval(secs => :repeat_seconds)
                AND last_measured_at > now() - interval '1 day'
      END
  AND (firing_at IS NOT NULL AND incident.ended_at IS NOT NULL OR {is_routed("limit_rule.severity")})
  AND NOT {IS_SILENCED_NOW}
ORDER BY incident.excursion_id
LIMIT 5000
"""  # noqa: S608 (a constant of this module)
ADD_RECEIVER = "INSERT INTO alert_receiver (receiver) VALUES (:receiver) ON CONFLICT DO NOTHING"
# An excursion that is open again after late readings is firing again.
FIRING = """
INSERT INTO excursion_notification (excursion_id, receiver)
SELECT excursion_id, :receiver FROM limit_excursion WHERE excursion_id = ANY(:ids)
ON CONFLICT (excursion_id, receiver) DO UPDATE SET firing_at = now(), resolved_at = NULL
"""
RESOLVED = """
UPDATE excursion_notification SET resolved_at = now() WHERE receiver = :receiver AND excursion_id = ANY(:ids)
"""


class IncidentNotifications:
    """Reads and records them over one connection. For one thread.

    Every method raises StoreUnavailable if the database does not answer.
    """

    statements: ClassVar[NotificationStatements]

    def __init__(self, settings: DatabaseSettings, name: str = "notifications") -> None:
        self._engine: Engine = make_engine(settings, name=name, is_limited=True)

    def add_receiver(self, receiver: str) -> None:
        """Record from when on a receiver is configured, unless it is known."""
        self._execute(ADD_RECEIVER, receiver=receiver)

    def due(
        self, receiver: str, repeat_seconds: float, routes: Sequence[RouteColumns] = ()
    ) -> list[dict[str, Any]]:
        """Return the incidents of which a receiver is to be notified now, with when it last was.

        With `routes`, it is notified only of those that one of them has.
        """
        with translate_errors(), self._engine.connect() as connection:
            parameters = {
                "receiver": receiver,
                "repeat_seconds": repeat_seconds,
                "routes": json.dumps(list(routes)),
            }
            rows = connection.execute(text(self.statements.due), parameters)
            return [dict(row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's public name)

    def record(self, receiver: str, incidents: Sequence[int], *, resolved: bool) -> None:
        """Record that a receiver was notified of incidents."""
        statement = self.statements.resolved if resolved else self.statements.firing
        self._execute(statement, receiver=receiver, ids=list(incidents))

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    def _execute(self, statement: str, **parameters: object) -> None:
        with translate_errors(), self._engine.connect() as connection:
            connection.execute(text(statement), parameters)


class ExcursionNotifications(IncidentNotifications):
    """Those of excursions beyond limits."""

    statements = NotificationStatements(DUE, FIRING, RESOLVED)
