"""Replaying and discarding dead messages, as an operator at a terminal sees it."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice

import typer

from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.filter import DeadLetterFilter
from messaging.dead_letters.operations import Discard, Progress, Reasons, Replay
from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.settings import BrokerSettings
from runtime.errors import ServiceUnavailable
from runtime.lifecycle import EXIT_FAILURE
from sensorctl.output import note, progress

Ask = Callable[[Reasons], bool]


def replay(settings: BrokerSettings, work: Replay) -> Reasons:
    """Replay, and give how many of each reason. Raises BrokerUnavailable, and says how far it came."""
    try:
        return work.run(settings)
    except ServiceUnavailable:
        note(f"Replayed {work.done.total()} before the broker was lost; the others are still dead.")
        raise


def discard(
    settings: BrokerSettings, selection: DeadLetterFilter, limit: int | None, ask: Ask | None
) -> Reasons:
    """Discard what is selected, and give how many of each reason.

    With `ask`, exactly the messages that it was asked about are discarded, or none.
    """
    if ask is not None:
        selection = _agreed(settings, selection, limit, ask)
    return Discard(selection, limit=limit, progress=on_a_bar("discard")).run(settings)


def on_a_bar(what: str) -> Progress:
    """Shows on a terminal how far the work is."""

    def track(messages: Iterable[DeadLetter], total: int) -> Iterable[DeadLetter]:
        with progress() as bar:
            yield from bar.track(messages, total=total, description=what)

    return track


def _agreed(
    settings: BrokerSettings, selection: DeadLetterFilter, limit: int | None, ask: Ask
) -> DeadLetterFilter:
    if not sys.stdin.isatty():
        note("Discarding asks first, and this is no terminal: say --yes to discard without asking.")
        raise typer.Exit(EXIT_FAILURE)
    with open_dead_letter_queue(settings) as queue:
        chosen = [(m.id, m.reason) for m in islice(filter(selection, queue.peek()), limit)]
    if not chosen or not ask(Counter(reason for _, reason in chosen)):
        note("Nothing was discarded.")
        raise typer.Exit(EXIT_FAILURE)
    return DeadLetterFilter(ids={id_ for id_, _ in chosen})
