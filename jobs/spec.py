"""What is requested: the base of all specs, and the jobs of a workflow as the database takes them."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from runtime.json_values import dump_json

MAX_FAILURES = 5


class Spec(BaseModel):
    """Base of all specs: immutable, and without unknown fields.

    A number is a text where one is expected, as the name of a source is in `--set source=2024`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, coerce_numbers_to_str=True)


class JobSpec(NamedTuple):
    """One job of a workflow that is requested; `kind` names the worker's code that executes it."""

    kind: str
    spec: Mapping[str, Any]
    max_failures: int = MAX_FAILURES


def request_digest(*fields: Any) -> str:
    """Return the digest of a request, by which its repetition is recognised."""
    return sha256(dump_json(fields, sort_keys=True).encode()).hexdigest()
