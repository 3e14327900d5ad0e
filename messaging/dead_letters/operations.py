"""Replaying and discarding dead messages."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice

from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.filter import DeadLetterFilter
from messaging.dead_letters.queue import LARGEST_BATCH, DeadLetterQueue, visit
from messaging.settings import BrokerSettings

MOST_REPLAYS = 3
# At a slow rate only so much is in hand as will be worked on soon.
IN_HAND_SECONDS = 10
Reasons = Counter[str]
# Gives the messages on, of which there are so many, and may show how far the work is.
Follow = Callable[[Iterable[DeadLetter], int], Iterable[DeadLetter]]


def unseen(messages: Iterable[DeadLetter], _total: int) -> Iterable[DeadLetter]:
    """Shows nothing."""
    return messages


class Replay:
    """Replays what is selected, `limit` messages at most and `rate` a second.

    A message that was replayed MOST_REPLAYS times is refused unless forced, so that nothing goes round
    for ever. `done` counts each reason, and `refused` the rest, also when the broker is lost half-way.
    """

    def __init__(
        self,
        selection: DeadLetterFilter,
        *,
        limit: int | None = None,
        rate: float | None = None,
        force: bool = False,
        follow: Follow = unseen,
    ) -> None:
        self._selection = selection
        self._limit = limit
        self._rate = rate
        self._force = force
        self._follow = follow
        self.done: Reasons = Counter()
        self.refused = 0

    def rehearse(self, settings: BrokerSettings) -> Reasons:
        """What `run` would replay now, by reason. Raises BrokerUnavailable."""
        with visit(settings) as queue:
            return Counter(message.reason for message in self._chosen(queue.look()))

    def run(self, settings: BrokerSettings) -> Reasons:
        """Replay, and give how many of each reason. Raises BrokerUnavailable."""
        at_once = LARGEST_BATCH
        if self._rate:
            at_once = max(1, min(LARGEST_BATCH, int(self._rate * IN_HAND_SECONDS)))
        with visit(settings, at_once) as queue:
            self._replay(queue)
        return self.done

    def _replay(self, queue: DeadLetterQueue) -> None:
        began = time.monotonic()
        for message in self._chosen(self._follow(queue.take(), queue.depth)):
            if self._rate:
                queue.pause(began + self.done.total() / self._rate - time.monotonic())
            queue.replay(message)
            self.done[message.reason] += 1

    def _chosen(self, messages: Iterable[DeadLetter]) -> Iterable[DeadLetter]:
        return islice((m for m in messages if self._selection(m) and self._may_replay(m)), self._limit)

    def _may_replay(self, message: DeadLetter) -> bool:
        allowed = self._force or message.replays < MOST_REPLAYS
        self.refused += not allowed
        return allowed


class Discard:
    """Discards what is selected, `limit` messages at most.

    `done` counts each reason, also when the broker is lost half-way.
    """

    def __init__(
        self, selection: DeadLetterFilter, *, limit: int | None = None, follow: Follow = unseen
    ) -> None:
        self._selection = selection
        self._limit = limit
        self._follow = follow
        self.done: Reasons = Counter()

    def run(self, settings: BrokerSettings) -> Reasons:
        """Discard, and give how many of each reason. Raises BrokerUnavailable."""
        with visit(settings) as queue:
            messages = self._follow(queue.take(), queue.depth)
            for message in islice(filter(self._selection, messages), self._limit):
                queue.discard(message)
                self.done[message.reason] += 1
        return self.done
