"""What is requested of the database: the jobs of a workflow."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from runtime.json_values import dump_json

MAX_FAILURES = 5


class JobSpec(NamedTuple):
    """One job of a workflow that is requested; `kind` names the worker's code that executes it."""

    kind: str
    spec: Mapping[str, Any]
    max_failures: int = MAX_FAILURES


def request_digest(*fields: Any) -> str:
    """Return the digest of a request, by which its repetition is recognised."""
    return sha256(dump_json(fields, sort_keys=True).encode()).hexdigest()
