"""The kinds of jobs that the reporter runs."""

from collections.abc import Mapping

from reporter.kinds.file import run_file
from reporter.kinds.files import run_files
from reporter.kinds.report import run_report
from worker.context import JobKind

KINDS: Mapping[str, JobKind] = {"file": run_file, "files": run_files, "report": run_report}
