"""The kinds of jobs that the reporter runs."""

from collections.abc import Mapping

from worker.context import JobKind

KINDS: Mapping[str, JobKind] = {}
