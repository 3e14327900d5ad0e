"""Limits, excursions and silences: reading them, and the functions that change them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db.queries.statements import Row, Statements
from db.settings import DatabaseSettings
from limits.definition import LimitDefinition, SilenceDefinition

STATEMENT_TIMEOUT_SECONDS = 5
LIMIT_COLUMNS = (
    "limit_id, kind, sensor_id, location, pattern, threshold, window_seconds, delay_seconds, hysteresis, "
    "severity, schedule, zone, created_at, created_by"
)
LIMITS = f"""
SELECT {LIMIT_COLUMNS} FROM limit_rule
WHERE ended_at IS NULL AND (CAST(:sensor AS text) IS NULL
      OR limit_id IN (SELECT limit_id FROM sensor_limit WHERE sensor_limit.sensor_id = CAST(:sensor AS text)))
ORDER BY sensor_id, pattern, location, kind, severity
"""  # noqa: S608 (a constant)
SET = f"SELECT {LIMIT_COLUMNS} FROM set_limits(:actor, CAST(:rules AS jsonb))"  # noqa: S608 (a constant)
REMOVE = f"SELECT {LIMIT_COLUMNS} FROM remove_limit(:actor, :limit_id)"  # noqa: S608 (a constant)
EXCURSION_COLUMNS = (
    "excursion_id, sensor_id, name, location, rule, limit_id, threshold, severity, started_at, ended_at, "
    "end_reason, peak_temperature, peak, peak_at, degree_minutes, "
    "CAST(extract(epoch FROM duration) AS float8) AS duration_seconds"
)
EXCURSIONS = f"""
SELECT {EXCURSION_COLUMNS}, acknowledged_at, acknowledged_by, acknowledged_note FROM excursion
WHERE (CAST(:sensors AS text[]) IS NULL OR sensor_id = ANY(:sensors))
  AND (NOT :is_open OR ended_at IS NULL)
  AND (CAST(:since AS timestamptz) IS NULL OR ended_at IS NULL OR ended_at >= :since)
  AND (CAST(:until AS timestamptz) IS NULL OR started_at < :until)
ORDER BY ended_at IS NOT NULL, started_at DESC
LIMIT :most
"""  # noqa: S608 (a constant)
# One statement: when it fails, nothing was changed. It sees the excursion as it was before.
ACKNOWLEDGE = f"""
SELECT {EXCURSION_COLUMNS}, at AS acknowledged_at, by AS acknowledged_by, words AS acknowledged_note
FROM (SELECT acknowledged_at AS at, acknowledged_by AS by, acknowledged_note AS words
      FROM acknowledge_excursion(:actor, :excursion_id, :note)) AS acknowledgement
LEFT JOIN excursion ON excursion_id = :excursion_id
"""  # noqa: S608 (a constant)
SILENCE_COLUMNS = "silence_id, sensor_id, location, pattern, starts_at, ends_at, note, created_by"
SILENCES = f"""
SELECT {SILENCE_COLUMNS} FROM silence
WHERE ends_at > now()
  AND (CAST(:sensor AS text) IS NULL OR sensor_id = :sensor OR :sensor LIKE like_pattern
       OR location = (SELECT known.location FROM sensor_settings AS known WHERE known.sensor_id = :sensor))
ORDER BY silence_id
"""  # noqa: S608 (a constant)
SILENCE = f"""
SELECT {SILENCE_COLUMNS}
FROM create_silence(:actor, CAST(:target AS jsonb), now() + make_interval(secs => :seconds), :note)
"""  # noqa: S608 (a constant)
END_SILENCE = f"SELECT {SILENCE_COLUMNS} FROM end_silence(:actor, :silence_id)"  # noqa: S608 (a constant)


@dataclass(frozen=True)
class ExcursionFilter:
    """Which excursions: of these sensors (None: all), that overlap a time; what is open comes first."""

    sensors: Sequence[str] | None = None
    is_open: bool = False
    since: datetime | None = None
    until: datetime | None = None


class Limits:
    """Reads and changes limits, excursions and silences.

    Any number of threads may use it; their statements run one after the other. Every method raises
    StoreUnavailable if the database does not answer in time, and those that change something InvalidInput if
    that is refused.
    """

    def __init__(self, settings: DatabaseSettings, name: str = "limit definitions") -> None:
        self._statements = Statements(settings, name, statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS)

    def read(self, sensor_id: str | None = None) -> list[Row]:
        """Return the limits, or those that hold for a sensor."""
        return self._statements.rows(LIMITS, sensor=sensor_id)

    def set(self, actor: str, definition: LimitDefinition) -> list[Row]:
        """Set limits, all or none, and return them."""
        return self._statements.rows(SET, actor=actor, rules=json.dumps(definition.rules()))

    def remove(self, actor: str, limit_id: int) -> Row:
        """Remove a limit and return it."""
        return self._statements.rows(REMOVE, actor=actor, limit_id=limit_id)[0]

    def excursions(self, selection: ExcursionFilter, most: int) -> list[Row]:
        """Return excursions, first what is open, then the latest."""
        return self._statements.rows(
            EXCURSIONS,
            sensors=None if selection.sensors is None else list(selection.sensors),
            is_open=selection.is_open,
            since=selection.since,
            until=selection.until,
            most=most,
        )

    def acknowledge(self, actor: str, excursion_id: int, note: str) -> Row:
        """Acknowledge an excursion and return it."""
        return self._statements.rows(ACKNOWLEDGE, actor=actor, excursion_id=excursion_id, note=note)[0]

    def silences(self, sensor_id: str | None = None) -> list[Row]:
        """Return the silences that have not ended, or those of them that hold for a sensor."""
        return self._statements.rows(SILENCES, sensor=sensor_id)

    def silence(self, actor: str, definition: SilenceDefinition) -> Row:
        """Create a silence and return it."""
        target = definition.model_dump(include={"sensor_id", "location", "pattern"})
        return self._statements.rows(
            SILENCE,
            actor=actor,
            target=json.dumps(target),
            seconds=definition.duration_seconds,
            note=definition.note,
        )[0]

    def end_silence(self, actor: str, silence_id: int) -> Row:
        """End a silence and return it."""
        return self._statements.rows(END_SILENCE, actor=actor, silence_id=silence_id)[0]

    def close(self) -> None:
        """Close the connection."""
        self._statements.close()
