"""The kinds `file` and `files`: a file of readings becomes a report, and the look for such files."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from jobs.file_paths import check_path
from jobs.recipients import Recipients
from jobs.reports import Formats, Limits, ReportLanguage, SensorId, ZoneName
from jobs.spec import Spec
from readings.files.option_values import parse_options
from runtime.text_fields import Text, check_texts

FILE, FILES = "file", "files"
# A server that is down, or full, is waited for: for an hour and a half at least.
MAX_FILE_FAILURES = 20
MAX_VERSION_CHARACTERS = 1000

FilePath = Annotated[str, AfterValidator(check_path)]


def check_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options for reading a file.

    Raises:
        ValueError: When there is no such option, its value is refused, or the database cannot hold it.
    """
    check_texts(options)
    parse_options(options)
    return options


class ReportOfFileSpec(Spec):
    """How files are read, and what their reports are like."""

    sensor: SensorId | None = Field(
        default=None, description="The sensor of all readings; null: as the file, or its folder, says"
    )
    options: Annotated[dict[str, Any], AfterValidator(check_options)] = Field(
        default={}, description="How to read it, as the options of `sensorctl import`"
    )
    formats: Formats = ("pdf", "json")
    preset: Text | None = Field(default=None, min_length=1, max_length=50, description="Limits by name")
    limits: Limits = ()
    time_zone: ZoneName | None = Field(default=None, description="Zone of the report; null: the service's")
    language: ReportLanguage | None = Field(default=None, description="en or pt; null: the service's")
    title: Text | None = Field(default=None, min_length=1, max_length=200, description="Title of the report")
    recipients: Recipients = Field(default=(), description="Addresses that get the report by e-mail")


class FileSpec(ReportOfFileSpec):
    """A file below the WebDAV folder, from which its readings are stored, and a report is made.

    A path that is not in the folder for work is below that folder.
    """

    file: FilePath = Field(description="Path of the file, as work/fridge.csv")
    version: Text | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_VERSION_CHARACTERS,
        description="The version of the file; null: the one that is there",
    )


class FilesSpec(ReportOfFileSpec):
    """The look into the folder for work, which requests a `file` for each that is complete."""
