"""Replay and discard dead letters at a terminal: progress, confirmation and errors."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice

from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.filter import DeadLetterFilter
from messaging.dead_letters.operations import Discard, Progress, Reasons, Replay
from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.settings import BrokerSettings
from runtime.errors import ServiceUnavailable
from sensorctl.output import fail, print_message, progress_bar

Confirm = Callable[[Reasons], bool]


def run_replay(settings: BrokerSettings, operation: Replay) -> Reasons:
    """Replay, and return the number of replayed messages by reason.

    Raises:
        ServiceUnavailable: When the broker is unavailable; the progress is reported first.
    """
    try:
        return operation.run(settings)
    except ServiceUnavailable:
        print_message(
            f"Replayed {operation.done.total()} before the broker was lost; the others are still dead."
        )
        raise


def run_discard(
    settings: BrokerSettings, selection: DeadLetterFilter, limit: int | None, confirm: Confirm | None
) -> Reasons:
    """Discard the selected messages, and return their number by reason.

    With `confirm`, exactly the messages that were confirmed are discarded, or none.

    Raises:
        typer.Exit: When the operator does not confirm, or cannot.
        BrokerUnavailable: When the broker is unavailable.
    """
    if confirm is not None:
        selection = _confirmed_selection(settings, selection, limit, confirm)
    return Discard(selection, limit=limit, progress=progress_of("discard")).run(settings)


def progress_of(description: str) -> Progress:
    """Return a function that iterates over messages and shows a progress bar on a terminal."""

    def track(letters: Iterable[DeadLetter], total: int) -> Iterable[DeadLetter]:
        with progress_bar() as bar:
            yield from bar.track(letters, total=total, description=description)

    return track


def _confirmed_selection(
    settings: BrokerSettings, selection: DeadLetterFilter, limit: int | None, confirm: Confirm
) -> DeadLetterFilter:
    if not sys.stdin.isatty():
        fail("Cannot ask for confirmation without a terminal. Use --yes to discard without it.")
    with open_dead_letter_queue(settings) as queue:
        selected = [(m.id, m.reason) for m in islice(filter(selection, queue.peek()), limit)]
    if not selected or not confirm(Counter(reason for _, reason in selected)):
        fail("Nothing was discarded.")
    return DeadLetterFilter(ids={id_ for id_, _ in selected})
