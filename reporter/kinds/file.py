"""A file from the folder for work: its readings are stored, and its report is made.

What fails because of the file ends in the folder for errors, with a text. What fails because a server is
down, or refuses, is tried again, and the file stays where it is.
"""

import tempfile
from contextlib import closing
from functools import partial
from typing import BinaryIO, cast

from db.queries.statements import Statements
from db.reports.report_store import MAX_BYTES
from db.workflows.files import Files
from jobs.files import FileSpec
from jobs.reports import ReportFormat
from readings.files.errors import UnreadableFile
from reporter.files.background import run_reporting
from reporter.files.connection import open_webdav
from reporter.files.content import FileContent, open_content
from reporter.files.errors import FileRefused
from reporter.files.report import make_report, open_publisher, reading_rules
from reporter.files.results import Results
from reporter.files.state import FileState, Step
from reporter.files.storing import publish
from reporter.files.work_file import Elsewhere, claim_file, find_file, read_file
from reporter.kinds.report import store_file
from reporter.settings import settings_of
from reports.model import Report
from reports.render.cleaning_texts import NOT_STORED
from runtime.errors import InvalidInput
from runtime.text import quantity, quote_name
from webdav.client import WebDav
from webdav.model import FileChanged, FileTooLarge, NotFound
from worker.context import JobContext, JobFailed, JobResult

# Larger files are on disk while they are read.
MAX_SPOOLED_BYTES = 8 * 1024 * 1024


def run_file(context: JobContext) -> JobResult:
    """Process a file, from the step on that an earlier attempt has reached.

    Raises:
        JobFailed: When no report can be made of the file, which is in the folder for errors then; or with
            `retry`, when a server is down.
        JobInterrupted: When the job has to stop.
        JobNeedsAnswer: When it is not clear how to read the file.
    """
    settings = settings_of(context)
    with (
        open_webdav(context) as webdav,
        closing(Statements(settings, f"{settings.name} file")) as statements,
    ):
        return FileJob(context, webdav, Files(statements, context.job_id, context.attempt)).run()


class FileJob:
    """The steps of a job for a file; each is done, and then recorded."""

    def __init__(self, context: JobContext, webdav: WebDav, files: Files) -> None:
        self._context, self._webdav, self._files = context, webdav, files
        self._settings = settings_of(context)
        self._spec = FileSpec.model_validate(context.spec)
        self._results = Results(context, webdav)

    def run(self) -> JobResult:
        """Process the file.

        Raises:
            JobFailed: When no report can be made of it.
        """
        state = self._begin()
        if isinstance(state, FileState) and state.step < Step.PLACED:
            state = self._process(state)
        if isinstance(state, Elsewhere):
            return JobResult(message=state.message)
        message = self._results.move(state)
        self._files.release()
        if state.reason:
            raise JobFailed(f"{state.reason} {message}", retry=False)
        return JobResult(counts=state.counts or {}, message=message)

    def _begin(self) -> FileState | Elsewhere:
        """Return what an earlier attempt has done, or claim the file."""
        checkpoint = self._context.checkpoint
        earlier = FileState.from_json(checkpoint) if checkpoint is not None else None
        if earlier is not None and earlier.step >= Step.PLACED:
            return earlier
        file = find_file(self._webdav, self._spec, self._settings, self._context.sleep)
        if isinstance(file, Elsewhere):
            return file
        if elsewhere := claim_file(self._files, file, self._context.workflow_id):
            return elsewhere
        if earlier is not None and earlier.version == file.version:
            return earlier
        return self._save(FileState(path=file.path, version=file.version or "", etag=file.condition))

    def _process(self, state: FileState) -> FileState | Elsewhere:
        """Read the file, store its readings, and place its report, or why there is none.

        Raises:
            FileChanged: When it was changed, and any version of it was requested.
            NotFound: When it was removed, likewise.
        """
        refusal: FileRefused
        try:
            with tempfile.SpooledTemporaryFile(MAX_SPOOLED_BYTES) as spool:
                return self._make_report(state, cast("BinaryIO", spool))
        except FileRefused as error:
            refusal = error
        except (FileTooLarge, InvalidInput, UnreadableFile) as error:
            refusal = FileRefused(str(error))
        except (FileChanged, NotFound):
            if self._spec.version is None:
                raise
            return Elsewhere(
                f"{quote_name(state.path)} was replaced or removed: a new version has its own job"
            )
        # Of a file that is not even read, there is no digest.
        state = FileState.from_json(self._context.checkpoint or state.to_json())
        return self._save(self._results.place_refusal(state, refusal))

    def _make_report(self, state: FileState, spool: BinaryIO) -> FileState:
        read = read_file(self._webdav, state, spool, self._settings.file_max_bytes)
        if state.step < Step.READ:
            state = self._save(state.to(Step.READ, sha256=read.sha256, bytes=read.bytes))
        work = self._settings.webdav_work_folder
        rules = reading_rules(self._context)
        content = run_reporting(
            self._context,
            lambda: open_content(spool, state.path, work, self._spec, rules, self._files.find_sensors),
        )
        if state.step < Step.PUBLISHED:
            state = self._publish(state, content)
        report = make_report(self._context, content, self._spec, state)
        if state.made_at is None:
            # Another attempt gives the same bytes if the readings are the same.
            state = self._save(state.to(state.step, made_at=report.made_at.isoformat()))
        state = state.to(state.step, counts=_counts(report))
        return self._save(self._results.place_report(state, self._spec, report, partial(self._store, report)))

    def _store(self, report: Report, file_format: ReportFormat, name: str, content: bytes) -> None:
        """Store a file of the report in the database, too, unless it is too large for that."""
        if len(content) <= MAX_BYTES:
            store_file(self._context, report, file_format, name, content)

    def _publish(self, state: FileState, content: FileContent) -> FileState:
        def save(published: int) -> None:
            self._save(state.to(Step.READ, published=published))

        with open_publisher(self._context) as publisher:
            published = publish(content.readings(), state.published, publisher, save)
        return self._save(state.to(Step.PUBLISHED, published=published))

    def _save(self, state: FileState) -> FileState:
        self._context.save(
            state.to_json(),
            done=state.step,
            total=Step.PLACED,
            counts=state.counts,
            message=f"{quote_name(state.path)}: {quantity(state.published, 'reading')} published",
        )
        return state


def _counts(report: Report) -> dict[str, int]:
    cleaned = [rows for source in report.inputs for rows in source.cleaned]
    dead = sum(rows.count for rows in cleaned if rows.reason.startswith(NOT_STORED))
    return {
        "sensors": len(report.sensors),
        "readings": sum(source.readings for source in report.inputs),
        "cleaned": sum(rows.count for rows in cleaned) - dead,
        "dead_lettered": dead,
        "excursions": sum(len(sensor.excursions) for sensor in report.sensors),
    }
