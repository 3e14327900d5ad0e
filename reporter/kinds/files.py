"""The look into the folder for work: each version of a file that is complete becomes a workflow."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from db.queries.statements import Statements
from db.workflows.files import Files
from jobs.files import MAX_FILE_FAILURES, FilesSpec
from jobs.kinds import dump_spec
from reporter.files.connection import open_webdav
from reporter.files.work_folder import Look, WorkFolder
from reporter.settings import settings_of
from runtime.text import quantity, quote_name
from worker.context import JobContext, JobResult

MAX_NAMES = 5


def run_files(context: JobContext) -> JobResult:
    """Request a workflow for each file that is complete and has none.

    Raises:
        JobFailed: When the WebDAV server refuses or does not answer.
        JobInterrupted: When the job has to stop.
    """
    settings = settings_of(context)
    spec = dump_spec(FilesSpec.model_validate(context.spec))
    with (
        open_webdav(context) as webdav,
        closing(Statements(settings, f"{settings.name} files")) as statements,
    ):
        look = WorkFolder(webdav, settings.webdav_work_folder, context.sleep).look()
        files = Files(statements, context.job_id, context.attempt)
        requested = _request(context, files, look, spec)
    counts = {
        "requested": requested,
        "requested_before": len(look.complete) - requested,
        "changing": len(look.changing),
        "refused": len(look.refused),
    }
    return JobResult(counts=counts, message=_describe(look, requested))


def _request(context: JobContext, files: Files, look: Look, spec: Mapping[str, Any]) -> int:
    requested = 0
    for number, file in enumerate(look.complete, start=1):
        if file.version is None:
            look.refused.append(f"{quote_name(file.path)}: the server has neither its ETag nor its time")
        else:
            fields = {**spec, "file": file.path, "version": file.version}
            requested += files.request(file.path, file.version, fields, MAX_FILE_FAILURES) is not None
        context.progress(f"{number} of {quantity(len(look.complete), 'file')}")
    return requested


def _describe(look: Look, requested: int) -> str:
    parts = [f"{quantity(requested, 'file')} requested, {len(look.complete) - requested} known already"]
    if look.changing:
        parts.append(f"still being written: {_names(look.changing)}")
    if look.refused:
        parts.append(f"refused: {_names(look.refused)}")
    return "; ".join(parts)


def _names(names: list[str]) -> str:
    shown = ", ".join(map(quote_name, names[:MAX_NAMES]))
    return f"{shown} and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else shown
