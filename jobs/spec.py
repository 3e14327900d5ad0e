"""What is requested: the base of all specs, and the jobs of a workflow as the database takes them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

MAX_FAILURES = 5


class Spec(BaseModel):
    """Base of all specs: immutable, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class JobSpec(NamedTuple):
    """One job of a workflow that is requested; `kind` names the worker's code that executes it."""

    kind: str
    spec: Mapping[str, Any]
    max_failures: int = MAX_FAILURES
