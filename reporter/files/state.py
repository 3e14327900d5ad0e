"""What a file job has done so far, as its checkpoint keeps it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import IntEnum
from typing import Any, Self


class Step(IntEnum):
    """The steps of a file job, in their order; a checkpoint has the last one that is done."""

    CLAIMED = 0
    READ = 1
    PUBLISHED = 2
    PLACED = 3
    """Its report, or why there is none, is in its folder. The file itself is still where it was."""


@dataclass(frozen=True, kw_only=True)
class FileState:
    """A version of a file, and what became of it.

    `published` counts the readings that the broker has confirmed. `places` are the paths to which the file
    may be moved, the best first. `reason` says why no report can be made of it.
    """

    path: str
    version: str
    etag: str | None = None
    step: Step = Step.CLAIMED
    sha256: str = ""
    bytes: int = 0
    published: int = 0
    made_at: str | None = None
    places: tuple[str, ...] = ()
    counts: Mapping[str, Any] | None = None
    message: str = ""
    reason: str | None = None

    @classmethod
    def from_json(cls, checkpoint: Mapping[str, Any]) -> Self:
        """Return the state of a checkpoint."""
        fields = {**checkpoint, "step": Step(checkpoint["step"]), "places": tuple(checkpoint["places"])}
        return cls(**fields)

    def to_json(self) -> dict[str, Any]:
        """Return the checkpoint."""
        return asdict(self)

    def to(self, step: Step, **changes: Any) -> Self:
        """Return the state after a step."""
        return replace(self, step=step, **changes)
