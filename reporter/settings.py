"""The settings of the reporter."""

from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, Field

from reports.model import DEFAULT_HEAT_KJ_PER_MOL
from runtime.settings import TimeZone
from webdav.settings import WebDavSettings
from worker.context import JobContext
from worker.settings import MAX_JOBS, JobSettings, split_kinds

UTC = ZoneInfo("UTC")


class ReporterSettings(WebDavSettings, JobSettings):
    """Where files come from and go to, and how reports are written."""

    service: ClassVar[str] = "reporter"

    reporter_jobs: int = Field(
        default=2, ge=1, le=MAX_JOBS, description="Jobs that run at once, each in a process of its own"
    )
    reporter_kinds: str = Field(
        default="",
        description="The kinds of jobs that it runs, separated by commas; empty: all that it knows",
    )
    reporter_look_seconds: float = Field(
        default=15,
        ge=0,
        le=86_400,
        description="Seconds between two checks of the folder for work for new files; 0: files are only read "
        "when they are requested",
    )
    file_max_bytes: int = Field(
        default=200_000_000, ge=1, le=10_000_000_000, description="Largest file that is read, in bytes"
    )
    file_max_rows: int = Field(
        default=5_000_000, ge=1, le=100_000_000, description="Most rows of a file that are read"
    )
    naive_time_zone: TimeZone = Field(default=UTC, description="Time zone of times without an offset")
    report_language: Literal["en", "pt"] = Field(
        default="en", description="Language of reports that request none: English or Portuguese"
    )
    report_time_zone: TimeZone = Field(
        default=UTC,
        validation_alias=AliasChoices("report_time_zone", "time_zone"),
        description="Time zone of reports that request none",
    )
    report_heat_kj_per_mol: float = Field(
        default=DEFAULT_HEAT_KJ_PER_MOL,
        ge=1,
        le=500,
        description="Activation energy of the mean kinetic temperature, in kJ/mol",
    )

    @property
    def jobs(self) -> int:
        """How many jobs run at once."""
        return self.reporter_jobs

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of jobs that it runs; empty for all that it knows."""
        return split_kinds(self.reporter_kinds)


def settings_of(context: JobContext) -> ReporterSettings:
    """Return the settings of the reporter that runs a job."""
    settings = context.settings
    assert isinstance(settings, ReporterSettings), "the reporter runs this kind of job"
    return settings
