"""The kinds of jobs that the reporter runs."""

from collections.abc import Mapping

from reporter.kinds.report import run_report
from worker.context import JobKind

KINDS: Mapping[str, JobKind] = {"report": run_report}
