"""What is requested of the database: the jobs of a workflow."""

from collections.abc import Mapping
from typing import Any, NamedTuple

MAX_FAILURES = 5


class JobSpec(NamedTuple):
    """One job of a workflow that is requested; `kind` names the worker's code that executes it."""

    kind: str
    spec: Mapping[str, Any]
    max_failures: int = MAX_FAILURES
