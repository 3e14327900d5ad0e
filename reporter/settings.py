"""The settings of the reporter."""

from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AliasChoices, Field, SecretStr, field_validator, model_validator

from runtime.addresses import HttpUrl, has_credentials
from runtime.settings import ReadableFile, TimeZone
from worker.context import JobContext
from worker.settings import MAX_JOBS, JobSettings, split_kinds

UTC = ZoneInfo("UTC")
MAX_FOLDER_CHARACTERS = 200
# The activation energy that pharmacopoeias assume where that of a product is not known.
HEAT_KJ_PER_MOL = 83.144


def check_folder(text: str) -> str:
    """Return the path of a folder below the address of the WebDAV server, without slashes around it.

    Raises:
        ValueError: When it is empty, too long, or leads out of the folder of the address.
    """
    path = text.strip("/")
    parts = path.split("/")
    if not path.isprintable() or "\\" in path or any(part.strip() in {"", ".", ".."} for part in parts):
        raise ValueError("must be the path of a folder such as work or logger/work, without . or .. in it")
    if len(path) > MAX_FOLDER_CHARACTERS:
        raise ValueError(f"must have at most {MAX_FOLDER_CHARACTERS} characters")
    return path


Folder = Annotated[str, AfterValidator(check_folder)]


class ReporterSettings(JobSettings):
    """Where files come from and go to, and how reports are written."""

    service: ClassVar[str] = "reporter"

    reporter_jobs: int = Field(
        default=2, ge=1, le=MAX_JOBS, description="Jobs that run at once, each in a process of its own"
    )
    reporter_kinds: str = Field(
        default="",
        description="The kinds of jobs that it runs, separated by commas; empty: all that it knows",
    )
    webdav_url: HttpUrl | None = Field(
        default=None,
        description=(
            "Address of the folder on a WebDAV server that contains the three below; unset: no files are read"
        ),
    )
    webdav_user: str = Field(default="", description="User at the WebDAV server; empty: no login")
    webdav_password: SecretStr = Field(default=SecretStr(""), description="Password of the user")
    webdav_ca_file: ReadableFile | None = Field(
        default=None,
        description=(
            "PEM file of the authority that signed the server's certificate; unset: those that the machine "
            "trusts"
        ),
    )
    webdav_work_folder: Folder = Field(default="work", description="Folder from which files are read")
    webdav_done_folder: Folder = Field(
        default="finalizado", description="Folder into which reports and the files they were made from go"
    )
    webdav_error_folder: Folder = Field(
        default="erro", description="Folder into which files go of which no report could be made"
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
        default=HEAT_KJ_PER_MOL,
        ge=1,
        le=500,
        description="Activation energy of the mean kinetic temperature, in kJ/mol",
    )

    @field_validator("webdav_url")
    @classmethod
    def _is_a_folder(cls, url: str | None) -> str | None:
        if url is None:
            return None
        if has_credentials(url):
            raise ValueError("must not contain a user: set WEBDAV_USER and WEBDAV_PASSWORD")
        if urlsplit(url).query or urlsplit(url).fragment:
            raise ValueError("must be the address of a folder, without ? and #")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _login_is_complete(self) -> Self:
        if bool(self.webdav_user) != bool(self.webdav_password.get_secret_value()):
            raise ValueError("WEBDAV_USER and WEBDAV_PASSWORD belong together: set both or none")
        return self

    @model_validator(mode="after")
    def _folders_are_separate(self) -> Self:
        # A report would be read as a file.
        folders = (self.webdav_work_folder, self.webdav_done_folder, self.webdav_error_folder)
        for one in folders:
            if sum(f"{other}/".startswith(f"{one}/") for other in folders) > 1:
                raise ValueError(
                    "WEBDAV_WORK_FOLDER, WEBDAV_DONE_FOLDER and WEBDAV_ERROR_FOLDER must be three folders "
                    "of which none contains another"
                )
        return self

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
