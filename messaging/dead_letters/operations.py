"""Replay and discard dead letters."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice

from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.filter import DeadLetterFilter
from messaging.dead_letters.queue import MAX_BATCH, DeadLetterQueue, open_dead_letter_queue
from messaging.settings import BrokerSettings

MAX_REPLAYS = 3
# At a low rate, no more is held than is processed within this time.
HELD_SECONDS = 10
Reasons = Counter[str]
# Passes the messages through, given their total, and may show the progress.
Progress = Callable[[Iterable[DeadLetter], int], Iterable[DeadLetter]]


# Is called with each message that was changed.
OnDone = Callable[[DeadLetter], None]


def no_op(_message: DeadLetter) -> None:
    """Do nothing."""


def no_progress(messages: Iterable[DeadLetter], _total: int) -> Iterable[DeadLetter]:
    """Show no progress."""
    return messages


class Replay:
    """Replays the selected messages, at most `limit` of them and `rate` per second.

    A message that was replayed MAX_REPLAYS times is skipped unless forced, so that no message loops for
    ever. `done` counts the replayed messages by reason and `skipped` the others, also if the broker is lost.
    """

    def __init__(
        self,
        selection: DeadLetterFilter,
        *,
        limit: int | None = None,
        rate: float | None = None,
        force: bool = False,
        progress: Progress = no_progress,
        on_done: OnDone = no_op,
    ) -> None:
        self._selection = selection
        self._on_done = on_done
        self._limit = limit
        self._rate = rate
        self._force = force
        self._follow = progress
        self.done: Reasons = Counter()
        self.skipped = 0

    def dry_run(self, settings: BrokerSettings) -> Reasons:
        """Count what `run` would replay now, by reason.

        Raises:
            BrokerUnavailable: When the broker is down.
        """
        with open_dead_letter_queue(settings) as queue:
            return Counter(message.reason for message in self._select(queue.peek()))

    def run(self, settings: BrokerSettings) -> Reasons:
        """Replay, and return the number of messages by reason.

        Raises:
            BrokerUnavailable: When the broker is lost; `done` counts what was replayed before.
        """
        max_batch = MAX_BATCH
        if self._rate:
            max_batch = max(1, min(MAX_BATCH, int(self._rate * HELD_SECONDS)))
        with open_dead_letter_queue(settings, max_batch) as queue:
            self._replay(queue)
        return self.done

    def _replay(self, queue: DeadLetterQueue) -> None:
        started_at = time.monotonic()
        for message in self._select(self._follow(queue.receive(), queue.depth)):
            if self._rate:
                queue.pause(started_at + self.done.total() / self._rate - time.monotonic())
            queue.replay(message)
            self.done[message.reason] += 1
            self._on_done(message)

    def _select(self, messages: Iterable[DeadLetter]) -> Iterable[DeadLetter]:
        return islice((m for m in messages if self._selection(m) and self._may_replay(m)), self._limit)

    def _may_replay(self, message: DeadLetter) -> bool:
        allowed = self._force or message.replays < MAX_REPLAYS
        self.skipped += not allowed
        return allowed


class Discard:
    """Discards the selected messages, at most `limit` of them.

    `done` counts the discarded messages by reason, also if the broker is lost.
    """

    def __init__(
        self,
        selection: DeadLetterFilter,
        *,
        limit: int | None = None,
        progress: Progress = no_progress,
        on_done: OnDone = no_op,
    ) -> None:
        self._selection = selection
        self._on_done = on_done
        self._limit = limit
        self._follow = progress
        self.done: Reasons = Counter()

    def run(self, settings: BrokerSettings) -> Reasons:
        """Discard, and return the number of messages by reason.

        Raises:
            BrokerUnavailable: When the broker is lost; `done` counts what was discarded before.
        """
        with open_dead_letter_queue(settings) as queue:
            messages = self._follow(queue.receive(), queue.depth)
            for message in islice(filter(self._selection, messages), self._limit):
                queue.discard(message)
                self.done[message.reason] += 1
                self._on_done(message)
        return self.done
