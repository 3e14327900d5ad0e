"""What the consumer loop and a handler of messages expect of each other."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from messaging.consuming.delivery import Delivery
from readings.errors import InvalidReading

Result = TypeVar("Result")


class BatchResult(NamedTuple):
    """The outcome of a batch.

    `errors` contains, in the order of the batch, None for each message that is done and the reason for each
    that can never become a reading. `on_settled` is called once, after the settlement.
    """

    errors: Sequence[InvalidReading | None]
    on_settled: Callable[[], None]


class Work(Protocol):
    """What a handler may do while it holds a batch."""

    def pause(self, seconds: float) -> None:
        """Wait while heartbeats keep flowing; may raise to end the wait."""

    def run_in_thread(self, work: Callable[[], Result]) -> Result:
        """Run `work` in another thread while more messages arrive, and return its result."""


Handler = Callable[[Sequence[Delivery], Work], BatchResult]
