"""Replay and discard dead letters at a terminal: progress, confirmation and errors."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from db.errors import InvalidData, StoreUnavailable
from db.queries.audit import DISCARD, Audit, DeadLetterChanges
from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.filter import DeadLetterFilter
from messaging.dead_letters.operations import Discard, Progress, Reasons, Replay
from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.dead_letters.record import to_summary
from runtime.errors import ServiceUnavailable
from runtime.streams import is_terminal
from sensorctl.actor import current_actor
from sensorctl.output import fail, print_message, progress_bar
from sensorctl.settings import OperatorSettings

Confirm = Callable[[Reasons], bool]


class Recorder:
    """Records what the block does with dead letters in the audit, and warns where that is not possible.

    The operation goes on without it: its operator could do the same with any AMQP client, also while the
    database is down.
    """

    def __init__(self, settings: OperatorSettings, action: str, selection: DeadLetterFilter) -> None:
        self._audit = Audit(settings, "sensorctl")
        self._changes = DeadLetterChanges(self._audit, current_actor(), action)
        self._selection = selection
        self._is_recording = False

    def add(self, letter: DeadLetter) -> None:
        """Remember a message that was changed."""
        if self._is_recording:
            self._is_recording = self._try(lambda: self._changes.add(letter.id, to_summary(letter)))

    def __enter__(self) -> None:
        self._is_recording = self._try(lambda: self._changes.request(_describe(self._selection)))

    def __exit__(self, *_: object) -> None:
        if self._is_recording:
            self._try(self._changes.record)
        self._audit.close()

    def _try(self, record: Callable[[], None]) -> bool:
        try:
            record()
        except (StoreUnavailable, InvalidData) as error:
            print_message(f"Not recorded in the audit: {error}")
            return False
        return True


def run_replay(settings: OperatorSettings, operation: Replay, changes: Recorder) -> Reasons:
    """Replay, and return the number of replayed messages by reason.

    Raises:
        ServiceUnavailable: When the broker is unavailable; the progress is reported first.
    """
    try:
        with changes:
            return operation.run(settings)
    except ServiceUnavailable:
        print_message(
            f"Replayed {operation.done.total()} before the broker was lost; the others are still dead."
        )
        raise


def run_discard(
    settings: OperatorSettings, selection: DeadLetterFilter, limit: int | None, confirm: Confirm | None
) -> Reasons:
    """Discard the selected messages, and return their number by reason.

    With `confirm`, exactly the messages that were confirmed are discarded, or none.

    Raises:
        typer.Exit: When the operator does not confirm, or cannot.
        BrokerUnavailable: When the broker is unavailable.
    """
    if confirm is not None:
        selection = _confirmed_selection(settings, selection, limit, confirm)
    changes = Recorder(settings, DISCARD, selection)
    operation = Discard(selection, limit=limit, progress=progress_of("discard"), on_done=changes.add)
    with changes:
        return operation.run(settings)


def _describe(selection: DeadLetterFilter) -> dict[str, Any]:
    """Return the conditions that are set, for the audit."""
    conditions = {
        "ids": sorted(selection.ids),
        "reasons": sorted(selection.reasons),
        "sensors": sorted(selection.sensors),
        "dead_lettered_before": selection.dead_lettered_before and selection.dead_lettered_before.isoformat(),
        "dead_lettered_after": selection.dead_lettered_after and selection.dead_lettered_after.isoformat(),
    }
    return {name: value for name, value in conditions.items() if value}


def progress_of(description: str) -> Progress:
    """Return a function that iterates over messages and shows a progress bar on a terminal."""

    def track(letters: Iterable[DeadLetter], total: int) -> Iterable[DeadLetter]:
        with progress_bar() as bar:
            yield from bar.track(letters, total=total, description=description)

    return track


def _confirmed_selection(
    settings: OperatorSettings, selection: DeadLetterFilter, limit: int | None, confirm: Confirm
) -> DeadLetterFilter:
    if not is_terminal(sys.stdin):
        fail("Cannot ask for confirmation without a terminal. Use --yes to discard without it.")
    with open_dead_letter_queue(settings) as queue:
        selected = [(m.id, m.reason) for m in islice(filter(selection, queue.peek()), limit)]
    if not selected or not confirm(Counter(reason for _, reason in selected)):
        fail("Nothing was discarded.")
    return DeadLetterFilter(ids={id_ for id_, _ in selected})
