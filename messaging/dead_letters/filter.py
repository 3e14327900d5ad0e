"""Select dead letters."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from messaging.dead_letters.dead_letter import DeadLetter


@dataclass
class DeadLetterFilter:
    """Matches a dead letter that meets every condition that is set; one of several values is enough.

    A message that does not state when it was dead-lettered meets no condition on its age.
    """

    ids: Collection[str] = ()
    reasons: Collection[str] = ()
    sensors: Collection[str] = ()
    dead_lettered_before: datetime | None = None
    dead_lettered_after: datetime | None = None
    matched_ids: set[str] = field(default_factory=set)

    def __call__(self, message: DeadLetter) -> bool:
        """Return whether the message matches."""
        selected = (
            (not self.ids or message.id in self.ids)
            and (not self.reasons or message.reason in self.reasons)
            and (not self.sensors or message.sensor_id in self.sensors)
            and self._matches_age(message)
        )
        if selected and self.ids:
            self.matched_ids.add(message.id)
        return selected

    def missing_ids(self) -> list[str]:
        """Return the requested IDs that were not matched so far."""
        return sorted(set(self.ids) - self.matched_ids)

    def _matches_age(self, message: DeadLetter) -> bool:
        if not (self.dead_lettered_before or self.dead_lettered_after):
            return True
        if message.dead_at is None:
            return False
        return (self.dead_lettered_before is None or message.dead_at < self.dead_lettered_before) and (
            self.dead_lettered_after is None or message.dead_at > self.dead_lettered_after
        )
