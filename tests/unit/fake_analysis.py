"""Anomalies, forecasts and models in memory, which record what changed them."""

from datetime import UTC, date, datetime
from typing import Any

from db.errors import StoreUnavailable
from db.queries.anomalies import AnomalyFilter
from runtime.errors import InvalidInput

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
ANOMALY = {
    "anomaly_id": 7, "sensor_id": "1", "name": None, "location": None, "kind": "level-shift",
    "started_at": AT, "ended_at": None, "detected_at": AT, "found_at": AT, "score": 2.5, "observed": 24.0,
    "expected": 20.0, "lower": 19.0, "upper": 21.0, "model_version": "season 3", "reason": "rose by 4 K",
    "verdict": None, "marked_at": None, "marked_by": None, "note": None,
}  # fmt: skip
FORECAST = {
    "sensor_id": "1", "kind": "season", "version": 3, "made_at": AT, "step_seconds": 1800.0,
    "points": [{"at": AT, "mean": 20.0, "lower": 19.0, "upper": 21.0}],
}  # fmt: skip
VIRTUAL_VALUE = {
    "sensor_id": "hall/1", "at": AT, "value": 20.0, "lower": 19.0, "upper": 21.0, "neighbours": ["1"],
}  # fmt: skip
MODEL = {
    "sensor_id": "1", "kind": "season", "version": 3, "active": True, "trained_to": AT, "parameters": {},
    "state_bytes": 512, "created_at": AT, "reason": "first", "requested_at": None,
}  # fmt: skip
EVALUATION = {
    "sensor_id": "1", "kind": "season", "horizon": "6h", "forecasts": 40, "first_day": date(2026, 11, 25),
    "last_day": date(2026, 11, 26), "mae": 0.5, "last_value_mae": 1.0, "coverage": 0.95, "skill": 0.5,
}  # fmt: skip


class FakeAnomalies:
    """One anomaly."""

    def __init__(self) -> None:
        self.is_down = False
        self.changes: list[tuple[Any, ...]] = []
        self.selections: list[tuple[AnomalyFilter, int]] = []

    def read(self, selection: AnomalyFilter, most: int) -> list[dict[str, Any]]:
        if self.is_down:
            raise StoreUnavailable("connection refused")
        self.selections.append((selection, most))
        return [ANOMALY]

    def mark(self, actor: str, anomaly_id: int, verdict: str | None, note: str = "") -> dict[str, Any]:
        if self.is_down:
            raise StoreUnavailable("connection refused")
        if anomaly_id != ANOMALY["anomaly_id"]:
            raise InvalidInput(f"There is no anomaly {anomaly_id}.", "anomaly_id")
        self.changes.append((actor, anomaly_id, verdict, note))
        marked = {"verdict": verdict, "marked_at": AT, "marked_by": actor, "note": note or None}
        return ANOMALY | (marked if verdict else {})


class FakeForecasts:
    """A forecast of sensor 1, and a virtual value of hall/1."""

    def read(self, sensor_id: str) -> dict[str, Any] | None:
        return FORECAST if sensor_id == FORECAST["sensor_id"] else None

    def virtual_value(self, sensor_id: str) -> dict[str, Any] | None:
        return VIRTUAL_VALUE if sensor_id == VIRTUAL_VALUE["sensor_id"] else None


class FakeModels:
    """One version of one model."""

    def __init__(self) -> None:
        self.changes: list[tuple[Any, ...]] = []

    def read(
        self,
        sensor_id: str | None = None,
        kind: str | None = None,
        version: int | None = None,
        *,
        most: int,
    ) -> list[dict[str, Any]]:
        return [MODEL]

    def evaluations(self, sensor_id: str) -> list[dict[str, Any]]:
        return [EVALUATION]

    def roll_back(self, actor: str, sensor_id: str, kind: str, version: int) -> dict[str, Any]:
        if (sensor_id, kind, version) != ("1", "season", 3):
            raise InvalidInput(f"Sensor {sensor_id} has no version {version} of the model {kind}.", "version")
        self.changes.append((actor, sensor_id, kind, version))
        return MODEL
