"""What becomes of a file: its reports in the folder of what is done, or a text in the folder for errors."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from jobs.file_paths import split_name
from jobs.files import FileSpec
from jobs.reports import ReportFormat
from reporter.files.background import run_reporting
from reporter.files.errors import FileRefused
from reporter.files.placing import Moving, Placing, candidate_names
from reporter.files.state import FileState, Step
from reporter.settings import settings_of
from reports.model import Report
from reports.render.files import render_file
from runtime.text import quote_name
from webdav.client import WebDav
from worker.context import JobContext

JSON: ReportFormat = "json"


class Results:
    """Puts the results of a job into their folders, and moves the file after them."""

    def __init__(self, context: JobContext, webdav: WebDav) -> None:
        self._context, self._webdav = context, webdav
        self._settings = settings_of(context)

    def place_report(
        self,
        state: FileState,
        spec: FileSpec,
        report: Report,
        store: Callable[[ReportFormat, str, bytes], None],
    ) -> FileState:
        """Put the report into the folder of what is done; return the state after that.

        The JSON is always there, and comes first: it says of which content it is, so that another job knows
        whether it is the same report.
        """
        folder = self._settings.webdav_done_folder
        placing = Placing(self._webdav, folder, self._context.job_id)
        content = self._render(state, report, JSON)
        names = self._names(state)
        stems = {_report_stem(name, spec): name for name in names}
        same = partial(_is_same_report, report.document_sha256)
        json_names = {f"{stem}.{JSON}": content for stem in stems}
        found = placing.place_first(json_names, dict.fromkeys(json_names, same))
        stem = found.removesuffix(f".{JSON}")
        for file_format in spec.formats:
            made = content if file_format == JSON else self._render(state, report, file_format)
            store(file_format, f"{stem.rpartition('/')[2]}.{file_format}", made)
            if file_format != JSON:
                own = f"{stem}-{str(self._context.job_id)[:8]}"
                placing.place_first(
                    {f"{stem}.{file_format}": made, f"{own}.{file_format}": made},
                )
        first = stems[stem]
        places = tuple(f"{folder}/{name}" for name in dict.fromkeys((first, *names)))
        return state.to(Step.PLACED, places=places, message=f"{folder}/{stem}")

    def _render(self, state: FileState, report: Report, file_format: ReportFormat) -> bytes:
        self._context.progress(f"{file_format} of {quote_name(state.path)}")
        return run_reporting(self._context, partial(render_file, report, file_format))

    def place_refusal(self, state: FileState, refusal: FileRefused) -> FileState:
        """Put a text into the folder for errors that says why; return the state after that."""
        folder = self._settings.webdav_error_folder
        text = f"{state.path}\n\n{refusal.text}".encode()
        names = self._names(state)
        texts = {f"{name}.txt": name for name in names}
        placing = Placing(self._webdav, folder, self._context.job_id)
        found = placing.place_first(dict.fromkeys(texts, text))
        places = tuple(f"{folder}/{name}" for name in dict.fromkeys((texts[found], *names)))
        return state.to(Step.PLACED, places=places, reason=refusal.reason, message=f"{folder}/{found}")

    def move(self, state: FileState) -> str:
        """Move the file to its results; return a message that says where it is."""
        moving = Moving(self._webdav, state.path, state.version, state.etag)
        target = moving.move(list(state.places), state.sha256)
        if target is None:
            path = quote_name(state.path)
            return f"See {quote_name(state.message)}. {path} was replaced or removed meanwhile."
        return f"See {quote_name(state.message)}. The file is {quote_name(target)} now."

    def _names(self, state: FileState) -> list[str]:
        work = self._settings.webdav_work_folder
        digest = state.sha256 or self._context.workflow_id.hex[::-1]
        return candidate_names(state.path, work, digest, self._context.job_id)


def _report_stem(name: str, spec: FileSpec) -> str:
    """Return the name of reports without an ending, which is not that of the file itself with one."""
    folder, slash, last = name.rpartition("/")
    stem, ending = split_name(last)
    is_taken = ending.lower().removeprefix(".") in {JSON, *spec.formats}
    return f"{folder}{slash}{stem}{'-report' if is_taken else ''}"


def _is_same_report(document_sha256: str, content: bytes) -> bool:
    with suppress(ValueError, KeyError, TypeError):
        return bool(json.loads(content)["document_sha256"] == document_sha256)
    return False
