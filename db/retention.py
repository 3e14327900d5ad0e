"""How long readings, their roll-ups and reports are kept, and the time zone of the days."""

from typing import Annotated, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from runtime.settings import Settings, TimeZone

MAX_RETENTION_DAYS = 100_000
Days = Annotated[int, Field(ge=1, le=MAX_RETENTION_DAYS)]


class Retention(NamedTuple):
    """For how many whole days each level and reports are kept; None: forever. Days are always kept."""

    days: int | None
    minutes_days: int | None
    hours_days: int | None = None
    reports_days: int | None = None


class RetentionSettings(Settings):
    """The retention of each level and of reports, and the time zone of the installation."""

    retention_days: int | None = Field(
        default=None,
        ge=1,
        le=MAX_RETENTION_DAYS,
        description="Whole UTC days of readings that are kept besides today; unset: all",
    )
    retention_minutes_days: Days | Literal["forever"] | None = Field(
        default=None,
        description="The same for roll-ups of minutes, or `forever`; unset: as long as readings",
    )
    retention_hours_days: int | None = Field(
        default=None,
        ge=1,
        le=MAX_RETENTION_DAYS,
        description="The same for roll-ups of hours; unset: all. Roll-ups of days are always kept",
    )
    retention_reports_days: Days | None = Field(
        default=None, description="Whole UTC days of which reports are kept besides today; unset: all"
    )
    time_zone: TimeZone = Field(
        default=ZoneInfo("UTC"), description="Time zone of the installation, in which days start and end"
    )

    @model_validator(mode="after")
    def _require_longer_rollups(self) -> Self:
        """Reject roll-ups that are kept for less time than what they are computed from."""
        readings, minutes, hours, _ = self.retention
        _require_longer("RETENTION_MINUTES_DAYS", minutes, "RETENTION_DAYS", "readings", readings)
        name = "RETENTION_MINUTES_DAYS" if self.retention_minutes_days else "RETENTION_DAYS"
        _require_longer("RETENTION_HOURS_DAYS", hours, name, "minutes", minutes)
        return self

    @property
    def retention(self) -> Retention:
        """How long readings, minutes, hours and reports are kept."""
        minutes = self.retention_minutes_days or self.retention_days
        return Retention(
            self.retention_days,
            minutes if isinstance(minutes, int) else None,
            self.retention_hours_days,
            self.retention_reports_days,
        )


def _require_longer(name: str, days: int | None, other: str, what: str, other_days: int | None) -> None:
    if days is not None and (other_days is None or days < other_days):
        kept = "forever" if other_days is None else f"for {other_days} days"
        hint = f"set {other} to at most {days}, or unset {name}"
        raise ValueError(f"{name} is {days}, but {what} are kept {kept} ({other}): {hint}")
