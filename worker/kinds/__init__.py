"""The kinds of jobs that this worker runs."""

from collections.abc import Mapping

from worker.context import JobKind
from worker.kinds.dummy import run_dummy
from worker.kinds.live import run_live
from worker.kinds.rest import run_rest
from worker.kinds.source_test import run_source_test

KINDS: Mapping[str, JobKind] = {
    "dummy": run_dummy,
    "live": run_live,
    "rest": run_rest,
    "source-test": run_source_test,
}
