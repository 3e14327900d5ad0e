"""Replaying and discarding dead messages."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice

import typer

from messaging.deadmessage import DeadMessage
from messaging.deadqueue import LARGEST_BATCH, DeadQueue, visit
from messaging.settings import BrokerSettings
from sensorctl.output import note, progress
from sensorctl.selection import Selection
from service.errors import ServiceUnavailable
from service.lifecycle import EXIT_FAILURE

MOST_REPLAYS = 3
# At a slow rate only so much is in hand as will be worked on soon.
IN_HAND_SECONDS = 10
Reasons = Counter[str]
Ask = Callable[[Reasons], bool]


class Replay:
    """Replays what is selected, `limit` messages at most and `rate` a second; `refused` counts the rest.

    A message that was replayed MOST_REPLAYS times is refused unless forced, so that nothing goes round
    for ever.
    """

    def __init__(self, selection: Selection, *, limit: int | None, rate: float | None, force: bool) -> None:
        self._selection = selection
        self._limit = limit
        self._rate = rate
        self._force = force
        self.refused = 0

    def rehearse(self, settings: BrokerSettings) -> Reasons:
        """What `run` would replay now, by reason."""
        with visit(settings) as queue:
            return Counter(message.reason for message in self._chosen(queue.look()))

    def run(self, settings: BrokerSettings) -> Reasons:
        """Replay, and give how many of each reason. Raises BrokerUnavailable."""
        at_once = LARGEST_BATCH
        if self._rate:
            at_once = max(1, min(LARGEST_BATCH, int(self._rate * IN_HAND_SECONDS)))
        done: Reasons = Counter()
        try:
            with visit(settings, at_once) as queue:
                self._replay(queue, done)
        except ServiceUnavailable:
            note(f"Replayed {done.total()} before the broker was lost; the others are still dead.")
            raise
        return done

    def _replay(self, queue: DeadQueue, done: Reasons) -> None:
        began = time.monotonic()
        for message in self._chosen(_with_progress(queue, "replay")):
            if self._rate:
                queue.pause(began + done.total() / self._rate - time.monotonic())
            queue.replay(message)
            done[message.reason] += 1

    def _chosen(self, messages: Iterable[DeadMessage]) -> Iterable[DeadMessage]:
        return islice((m for m in messages if self._selection(m) and self._may_replay(m)), self._limit)

    def _may_replay(self, message: DeadMessage) -> bool:
        allowed = self._force or message.replays < MOST_REPLAYS
        self.refused += not allowed
        return allowed


def discard(settings: BrokerSettings, selection: Selection, limit: int | None, ask: Ask | None) -> Reasons:
    """Discard what is selected, and give how many of each reason.

    With `ask`, exactly the messages that it was asked about are discarded, or none.
    """
    if ask is not None:
        selection = _agreed(settings, selection, limit, ask)
    done: Reasons = Counter()
    with visit(settings) as queue:
        for message in islice(filter(selection, _with_progress(queue, "discard")), limit):
            queue.discard(message)
            done[message.reason] += 1
    return done


def _agreed(settings: BrokerSettings, selection: Selection, limit: int | None, ask: Ask) -> Selection:
    if not sys.stdin.isatty():
        note("Discarding asks first, and this is no terminal: say --yes to discard without asking.")
        raise typer.Exit(EXIT_FAILURE)
    with visit(settings) as queue:
        chosen = [(m.id, m.reason) for m in islice(filter(selection, queue.look()), limit)]
    if not chosen or not ask(Counter(reason for _, reason in chosen)):
        note("Nothing was discarded.")
        raise typer.Exit(EXIT_FAILURE)
    return Selection(ids={id_ for id_, _ in chosen})


def _with_progress(queue: DeadQueue, what: str) -> Iterable[DeadMessage]:
    with progress() as bar:
        yield from bar.track(queue.take(), total=queue.depth, description=what)
