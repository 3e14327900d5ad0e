"""The kinds of jobs that this worker runs."""

from collections.abc import Mapping

from worker.context import JobKind
from worker.kinds.dummy import run_dummy

KINDS: Mapping[str, JobKind] = {"dummy": run_dummy}
