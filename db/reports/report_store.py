"""The files of reports that jobs have made, and the presets of their limits."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from db.engine import connect
from db.queries.statements import Row, Statements
from db.settings import DatabaseSettings
from jobs.report_presets import PresetDefinition
from runtime.errors import InvalidInput
from runtime.json_values import dump_json

# For a file of 64 MiB.
CONTENT_TIMEOUT_SECONDS = 60.0
MAX_BYTES = 64 * 2**20
PART_BYTES = 2**20
LIST = """
SELECT * FROM report
WHERE (CAST(:sensors AS text[]) IS NULL OR sensors && :sensors)
  AND (CAST(:formats AS text[]) IS NULL OR format = ANY(:formats))
  AND (CAST(:workflow_id AS uuid) IS NULL OR workflow_id = :workflow_id)
  AND (CAST(:before AS uuid) IS NULL OR (made_at, report_id) < (
      SELECT made_at, report_id FROM report WHERE report_id = :before))
ORDER BY made_at DESC, report_id DESC LIMIT :most
"""
ONE = "SELECT * FROM report WHERE report_id = :report_id"
CONTENT = "SELECT content FROM report_file WHERE report_id = :report_id"
PART = (
    "SELECT substring(content FROM :start FOR :bytes) AS part FROM report_file WHERE report_id = :report_id"
)
STORE = "SELECT store_report(:job_id, :attempt, CAST(:fields AS jsonb), :content)"
DELETE = "SELECT delete_report(:actor, :report_id)"
PRESET_COLUMNS = "name, title, low, high, excursion_low, excursion_high, is_frozen, source"
PRESETS = f"""
SELECT {PRESET_COLUMNS}, created_by, created_at, changed_at FROM report_preset
WHERE CAST(:name AS text) IS NULL OR name = :name ORDER BY name
"""  # noqa: S608 (a constant)
PUT_PRESET = "SELECT * FROM put_report_preset(:actor, :name, CAST(:fields AS jsonb))"
REMOVE_PRESET = "SELECT * FROM remove_report_preset(:actor, :name)"
REQUEST = """
SELECT requested_by, coalesce(scheduled_for, requested_at) AS requested_for, schedule.time_zone
FROM workflow LEFT JOIN schedule ON schedule.name = workflow.schedule
WHERE workflow_id = :workflow_id
"""


class ReportFile(NamedTuple):
    """A file of a report, and what is stored with it."""

    format: str
    name: str
    title: str
    start: datetime
    end: datetime
    sensors: tuple[str, ...]
    summary: Mapping[str, Any]
    document_sha256: str
    made_at: datetime
    content: bytes


class WorkflowRequest(NamedTuple):
    """Who requested a workflow, for which time, and the zone of its schedule; None without one."""

    requested_by: str
    requested_for: datetime
    time_zone: str | None


class Reports:
    """Reads and deletes the files of reports, and reads and changes presets.

    Any number of threads may use it; their statements run one after the other. Every method raises
    StoreUnavailable if the database does not answer in time.
    """

    def __init__(self, statements: Statements, settings: DatabaseSettings) -> None:
        self._statements = statements
        self._settings = settings

    def read_all(
        self,
        most: int,
        *,
        sensors: Sequence[str] | None = None,
        formats: Sequence[str] | None = None,
        workflow_id: UUID | None = None,
        before: UUID | None = None,
    ) -> list[Row]:
        """Return the newest files, or those before one: of some of these sensors, in one of these formats.

        Raises:
            InvalidInput: When there is no file `before` (`cursor`), so that a list does not end early.
        """
        rows = self._statements.rows(
            LIST,
            most=most,
            sensors=None if sensors is None else list(sensors),
            formats=None if formats is None else list(formats),
            workflow_id=workflow_id,
            before=before,
        )
        if before is not None and not rows and self.read(before) is None:
            raise InvalidInput(f"there is no report {before} any more: list them from the start", "cursor")
        return rows

    def read(self, report_id: UUID) -> Row | None:
        """Return what is known of a file; None if there is no such file."""
        return self._statements.first(ONE, report_id=report_id)

    def content(self, report_id: UUID) -> bytes | None:
        """Return a file, on a connection of its own; None if there is no such file."""
        with connect(
            self._settings, name="report file", statement_timeout_seconds=CONTENT_TIMEOUT_SECONDS
        ) as connection:
            found = connection.execute(text(CONTENT), {"report_id": report_id}).scalar_one_or_none()
        return None if found is None else bytes(found)

    def parts(self, report_id: UUID, size: int) -> Iterator[bytes]:
        """Yield a file of a size in parts, so that it is never in memory as a whole."""
        for start in range(0, size, PART_BYTES):
            row = self._statements.first(PART, report_id=report_id, start=start + 1, bytes=PART_BYTES)
            if row is None:
                return
            yield bytes(row["part"])

    def delete(self, actor: str, report_id: UUID) -> None:
        """Delete a file.

        Raises:
            InvalidInput: When there is no such file (`report_id`).
        """
        self._statements.rows(DELETE, actor=actor, report_id=report_id)

    def presets(self) -> list[Row]:
        """Return all presets."""
        return self._statements.rows(PRESETS, name=None)

    def preset(self, name: str) -> Row | None:
        """Return a preset; None if there is none of that name."""
        return self._statements.first(PRESETS, name=name)

    def put_preset(self, actor: str, name: str, definition: PresetDefinition) -> Row:
        """Add a preset, or replace it, and return it."""
        [row] = self._statements.rows(
            PUT_PRESET, actor=actor, name=name, fields=dump_json(definition.model_dump())
        )
        return row

    def remove_preset(self, actor: str, name: str) -> Row:
        """Remove a preset, and return what it was.

        Raises:
            InvalidInput: When there is none of that name, or a schedule uses it (`name`).
        """
        return self._statements.rows(REMOVE_PRESET, actor=actor, name=name)[0]


def read_request(settings: DatabaseSettings, workflow_id: UUID) -> WorkflowRequest:
    """Return who requested a workflow, and for which time.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    with connect(settings, name="report") as connection:
        return WorkflowRequest._make(connection.execute(text(REQUEST), {"workflow_id": workflow_id}).one())


def store_report(settings: DatabaseSettings, job_id: UUID, attempt: int, file: ReportFile) -> UUID | None:
    """Store a file, in place of that of an earlier attempt; return None if the lease is lost.

    Raises:
        InvalidInput: When the file is too large.
        StoreUnavailable: When the database does not answer; it can be repeated.
    """
    if len(file.content) > MAX_BYTES:
        raise InvalidInput(
            f"the {file.format} has {len(file.content):,} bytes, and {MAX_BYTES:,} is the most that is "
            "stored: choose a shorter period, fewer sensors, or xlsx or csv",
            "formats",
        )
    fields = file._replace(content=b"")._asdict()
    del fields["content"]
    with connect(
        settings, name="report file", statement_timeout_seconds=CONTENT_TIMEOUT_SECONDS
    ) as connection:
        stored: UUID | None = connection.execute(
            text(STORE),
            {
                "job_id": job_id,
                "attempt": attempt,
                "fields": dump_json(fields, default=str),
                "content": file.content,
            },
        ).scalar_one()
    return stored
