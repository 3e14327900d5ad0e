"""Finds of which anomalies a receiver is to be notified, and records of which it was."""

from db.evaluation.notifications import (
    IS_SILENCED_NOW,
    IncidentNotifications,
    NotificationStatements,
    is_routed,
    silenced_throughout,
)


def has_reading_in_day_before(moment: str) -> str:
    """Return whether an anomaly's sensor has a reading of the day before a moment, as a condition of SQL.

    An open anomaly does not record its last reading.
    """
    return f"""(
        incident.detected_at > {moment} - interval '1 day'
        OR EXISTS (
            SELECT FROM rollup_minute AS minute
            WHERE minute.sensor_id = incident.sensor_id
              AND minute.starts_at > {moment} - interval '1 day' AND minute.starts_at <= {moment}
        )
    )"""


# As of excursions, except that an anomaly that ended before a receiver was notified is notified once, as
# resolved: most last for a reading or two. A receiver is not notified of one that a person marked as wrong
# before, nor again of one that has a mark; of its end it is.
DUE = f"""
WITH candidate AS (
    SELECT anomaly_id FROM detected_anomaly WHERE ended_at IS NULL AND withdrawn_at IS NULL
    UNION
    SELECT anomaly_id FROM detected_anomaly WHERE found_at > now() - interval '1 day'
    UNION
    SELECT anomaly_id FROM anomaly_notification WHERE receiver = :receiver AND resolved_at IS NULL
)
SELECT incident.anomaly_id, incident.sensor_id, sensor.name, sensor.location, incident.kind,
       incident.started_at, coalesce(incident.ended_at, withdrawn_at) AS ended_at,
       withdrawn_at IS NOT NULL AS withdrawn, incident.score, incident.observed, incident.expected,
       incident.lower, incident.upper, incident.reason, firing_at
FROM candidate
JOIN detected_anomaly AS incident USING (anomaly_id)
LEFT JOIN anomaly AS seen ON seen.anomaly_id = incident.anomaly_id
LEFT JOIN sensor ON sensor.sensor_id = incident.sensor_id
LEFT JOIN anomaly_notification AS notified
    ON notified.anomaly_id = incident.anomaly_id AND notified.receiver = :receiver
WHERE CASE
        WHEN firing_at IS NULL THEN
            withdrawn_at IS NULL
            AND verdict IS DISTINCT FROM 'wrong'
            AND (incident.ended_at IS NULL AND {has_reading_in_day_before("incident.found_at")}
                 OR incident.found_at >= (SELECT since FROM alert_receiver WHERE receiver = :receiver)
                    AND incident.ended_at > incident.found_at - interval '1 day'
                    AND NOT {silenced_throughout("incident.found_at")})
        WHEN incident.ended_at IS NOT NULL OR withdrawn_at IS NOT NULL THEN resolved_at IS NULL
        ELSE resolved_at IS NOT NULL AND verdict IS DISTINCT FROM 'wrong'
             OR verdict IS NULL AND :repeat_seconds > 0
                AND firing_at < now() - make_interval(secs => :repeat_seconds)
                AND {has_reading_in_day_before("now()")}
      END
  AND (firing_at IS NOT NULL AND (incident.ended_at IS NOT NULL OR withdrawn_at IS NOT NULL)
       OR {is_routed("'info'")})
  AND NOT {IS_SILENCED_NOW}
ORDER BY incident.anomaly_id
LIMIT 5000
"""  # noqa: S608 (a constant of this module)
FIRING = """
INSERT INTO anomaly_notification (anomaly_id, receiver)
SELECT anomaly_id, :receiver FROM detected_anomaly WHERE anomaly_id = ANY(:ids)
ON CONFLICT (anomaly_id, receiver) DO UPDATE SET firing_at = now(), resolved_at = NULL
"""
RESOLVED = """
INSERT INTO anomaly_notification (anomaly_id, receiver, resolved_at)
SELECT anomaly_id, :receiver, now() FROM detected_anomaly WHERE anomaly_id = ANY(:ids)
ON CONFLICT (anomaly_id, receiver) DO UPDATE SET resolved_at = now()
"""


class AnomalyNotifications(IncidentNotifications):
    """Those of anomalies."""

    statements = NotificationStatements(DUE, FIRING, RESOLVED)
