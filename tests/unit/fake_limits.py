"""Limits, excursions and silences in memory, which record what changed them."""

from datetime import UTC, datetime
from typing import Any

from db.queries.limits import ExcursionFilter
from limits.definition import LimitDefinition, SilenceDefinition
from runtime.errors import InvalidInput

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
LIMIT = {
    "limit_id": 3, "kind": "high", "sensor_id": "1", "location": None, "pattern": None, "threshold": 8.0,
    "window_seconds": None, "delay_seconds": 600.0, "hysteresis": 0.5, "severity": "warning",
    "schedule": None,
    "zone": None, "created_at": AT, "created_by": "key:ann",
}  # fmt: skip
EXCURSION = {
    "excursion_id": 7, "sensor_id": "1", "name": None, "location": None, "rule": "high", "limit_id": 3,
    "threshold": 8.0, "severity": "warning", "started_at": AT, "ended_at": None, "end_reason": None,
    "peak_temperature": 9.5, "peak": 9.5, "peak_at": AT, "degree_minutes": 2.25, "duration_seconds": 120.0,
    "acknowledged_at": None, "acknowledged_by": None, "acknowledged_note": None,
}  # fmt: skip
SILENCE = {
    "silence_id": 5, "sensor_id": "1", "location": None, "pattern": None, "starts_at": AT, "ends_at": AT,
    "note": None, "created_by": "key:ann",
}  # fmt: skip


class FakeLimits:
    """One limit, one excursion and one silence."""

    def __init__(self) -> None:
        self.changes: list[tuple[Any, ...]] = []
        self.selections: list[ExcursionFilter] = []
        self.sensors: list[str | None] = []

    def read(self, sensor_id: str | None = None) -> list[dict[str, Any]]:
        self.sensors.append(sensor_id)
        return [LIMIT]

    def set(self, actor: str, definition: LimitDefinition) -> list[dict[str, Any]]:
        if definition.pattern == "x*":
            raise InvalidInput("The pattern x* matches no sensor.", "pattern")
        self.changes.append((actor, "set", definition.rules()))
        return [LIMIT]

    def remove(self, actor: str, limit_id: int) -> dict[str, Any]:
        self.changes.append((actor, "remove", limit_id))
        return LIMIT

    def excursions(self, selection: ExcursionFilter, most: int) -> list[dict[str, Any]]:
        self.selections.append(selection)
        return [EXCURSION]

    def acknowledge(self, actor: str, excursion_id: int, note: str) -> dict[str, Any]:
        self.changes.append((actor, "acknowledge", excursion_id, note))
        return EXCURSION | {"acknowledged_at": AT, "acknowledged_by": actor, "acknowledged_note": note}

    def silences(self, sensor_id: str | None = None) -> list[dict[str, Any]]:
        return [SILENCE] if sensor_id in {None, SILENCE["sensor_id"]} else []

    def silence(self, actor: str, definition: SilenceDefinition) -> dict[str, Any]:
        self.changes.append((actor, "silence", definition.duration_seconds))
        return SILENCE

    def end_silence(self, actor: str, silence_id: int) -> dict[str, Any]:
        self.changes.append((actor, "end", silence_id))
        return SILENCE
