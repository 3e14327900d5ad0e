"""Versions of models and how well they forecast; rolling back to a version, and learning sensors again."""

from datetime import date, datetime
from typing import Any

from db.queries.statements import Row, Statements

COLUMNS = (
    "sensor_id, kind, version, active, trained_to, parameters, octet_length(state) AS state_bytes, "
    "created_at, reason, requested_at"
)
READ = f"""
SELECT {COLUMNS} FROM model
WHERE (CAST(:sensor AS text) IS NULL OR sensor_id = :sensor)
  AND (CAST(:kind AS text) IS NULL OR kind = :kind)
  AND (CAST(:version AS integer) IS NULL OR version = :version)
ORDER BY sensor_id, kind, version DESC
LIMIT :most
"""  # noqa: S608 (a constant)
FIGURES = """
sum(forecasts)::bigint AS forecasts, min(day) AS first_day, max(day) AS last_day,
sum(mae * forecasts) / nullif(sum(forecasts) FILTER (WHERE mae IS NOT NULL), 0) AS mae,
sum(last_value_mae * forecasts) / nullif(sum(forecasts) FILTER (WHERE last_value_mae IS NOT NULL), 0)
    AS last_value_mae,
sum(coverage * forecasts) / nullif(sum(forecasts) FILTER (WHERE coverage IS NOT NULL), 0) AS coverage
"""
# The skill of a time is that of its errors, not the mean of the days' skills.
EVALUATIONS = f"""
WITH figures AS (
    SELECT {{columns}}, {FIGURES}
    FROM model_skill
    WHERE (CAST(:sensor AS text) IS NULL OR sensor_id = :sensor)
      AND (CAST(:kind AS text) IS NULL OR kind = :kind)
      AND (CAST(:since AS date) IS NULL OR day >= :since)
    GROUP BY {{groups}}
)
SELECT figures.*, 1 - mae / nullif(last_value_mae, 0) AS skill FROM figures
ORDER BY {{groups}}
"""  # noqa: S608 (a constant)
HORIZON = "array_position(ARRAY['step', '1h', '6h', '24h'], horizon)"
OF_SENSOR = EVALUATIONS.format(
    columns="sensor_id, kind, horizon", groups=f"sensor_id, kind, {HORIZON}, horizon"
)
OF_ALL = EVALUATIONS.format(
    columns="kind, horizon, count(DISTINCT sensor_id) AS sensors", groups=f"kind, {HORIZON}, horizon"
)
ROLL_BACK = "SELECT roll_back_model(:actor, :sensor, :kind, :version) AS model"
REBUILD = "SELECT request_rebuild(:actor, CAST(:sensor AS text), CAST(:since AS timestamptz)) AS sensors"
REBUILDS = """
SELECT count(DISTINCT sensor_id) AS sensors, min(requested_at) AS requested_at FROM analysis_rebuild
WHERE CAST(:sensor AS text) IS NULL OR sensor_id = :sensor
"""


class Models:
    """Reads versions of models and their evaluations, and changes which version is continued from.

    Every method raises StoreUnavailable if the database does not answer in time.
    """

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def read(
        self,
        sensor_id: str | None = None,
        kind: str | None = None,
        version: int | None = None,
        *,
        most: int,
    ) -> list[Row]:
        """Return versions of models without their states, of each sensor and kind the newest first."""
        return self._statements.rows(READ, sensor=sensor_id, kind=kind, version=version, most=most)

    def evaluations(self, sensor_id: str, since: date | None = None, kind: str | None = None) -> list[Row]:
        """Return the figures of a sensor since a day (UTC): one row per kind of model and horizon."""
        return self._statements.rows(OF_SENSOR, sensor=sensor_id, kind=kind, since=since)

    def evaluations_of_all(self, since: date | None = None) -> list[Row]:
        """Return the figures of all sensors together: one row per kind of model and horizon."""
        return self._statements.rows(OF_ALL, sensor=None, kind=None, since=since)

    def roll_back(self, actor: str, sensor_id: str, kind: str, version: int) -> Row:
        """Let the model of a sensor continue from an earlier version, and return that version.

        Raises:
            InvalidInput: When there is no such version.
        """
        [row] = self._statements.rows(ROLL_BACK, actor=actor, sensor=sensor_id, kind=kind, version=version)
        model: dict[str, Any] = row["model"]
        return model

    def rebuild(self, actor: str, sensor_id: str | None, since: datetime | None) -> int:
        """Request that a sensor (None: all) is learned again; return the number of sensors.

        Raises:
            InvalidInput: When there is no such sensor, or it is not analysed.
        """
        [row] = self._statements.rows(REBUILD, actor=actor, sensor=sensor_id, since=since)
        return int(row["sensors"])

    def rebuilds(self, sensor_id: str | None = None) -> Row:
        """Return how many sensors are yet to be learned again, and since when that is requested."""
        [row] = self._statements.rows(REBUILDS, sensor=sensor_id)
        return row
