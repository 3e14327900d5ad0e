"""Which dead messages an operator means."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from messaging.dead_letters.dead_letter import DeadLetter


@dataclass
class DeadLetterFilter:
    """Calls a message selected when it meets every condition that is set; of several values any will do.

    A message that does not say when it died meets no condition of age.
    """

    ids: Collection[str] = ()
    reasons: Collection[str] = ()
    sensors: Collection[str] = ()
    died_before: datetime | None = None
    died_after: datetime | None = None
    met: set[str] = field(default_factory=set)

    def __call__(self, message: DeadLetter) -> bool:
        """Whether the message is meant."""
        selected = (
            (not self.ids or message.id in self.ids)
            and (not self.reasons or message.reason in self.reasons)
            and (not self.sensors or message.sensor_id in self.sensors)
            and self._is_of_age(message)
        )
        if selected and self.ids:
            self.met.add(message.id)
        return selected

    @property
    def everything(self) -> bool:
        """Whether no condition is set."""
        return not (self.ids or self.reasons or self.sensors or self.died_before or self.died_after)

    def unmet(self) -> list[str]:
        """The IDs that were asked for and not selected so far."""
        return sorted(set(self.ids) - self.met)

    def _is_of_age(self, message: DeadLetter) -> bool:
        if not (self.died_before or self.died_after):
            return True
        if message.dead_at is None:
            return False
        return (self.died_before is None or message.dead_at < self.died_before) and (
            self.died_after is None or message.dead_at > self.died_after
        )
