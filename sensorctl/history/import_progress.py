"""The progress of an import: its bar, and the checkpoint from which it continues."""

import time

from rich.progress import Progress

from messaging.publishing.bulk import Message
from readings.files.file_readings import FilePosition
from runtime.text import quantity
from sensorctl.history.checkpoint import Checkpoint
from sensorctl.output import print_message

CHECKPOINT_INTERVAL_SECONDS = 0.25


class ImportProgress:
    """Listens to the publisher, saves the checkpoint and shows the progress."""

    def __init__(
        self, start: FilePosition, checkpoint: Checkpoint | None, bar: Progress, size: int | None
    ) -> None:
        self._position = self._saved = start
        self._checkpoint = checkpoint
        self._bar = bar
        self._task = bar.add_task("import", total=size, completed=start.offset, published=start.published)
        self._save_at = 0.0
        self._reported_waiting = False

    def confirmed(self, last: Message) -> None:
        """Record that every message up to `last` is in the queue."""
        self._position = last.context
        if time.monotonic() >= self._save_at:
            self._save()

    def waiting(self, depth: int) -> None:
        """Report once that the queue is full."""
        self._save()
        if not self._reported_waiting:
            print_message(
                f"The queue has {quantity(depth, 'message')}: publishing only as fast as the consumers "
                "store them."
            )
        self._reported_waiting = True

    def lost(self, reason: str) -> None:
        """Report that the connection is lost."""
        print_message(f"Lost the connection to the broker ({reason}): retrying.")

    def interrupted(self) -> None:
        """Report how to continue."""
        self._save()
        done = (
            f"Published {quantity(self._position.published, 'reading')}, up to line {self._position.lines}."
        )
        if self._checkpoint and self._checkpoint.write_error is None:
            print_message(f"{done} Run the same command again to continue there.")
        else:
            print_message(f"{done} Importing it again starts from the beginning and stores nothing twice.")

    def finished(self) -> None:
        """Delete the checkpoint."""
        if self._checkpoint:
            self._checkpoint.delete()

    def _save(self) -> None:
        self._bar.update(self._task, completed=self._position.offset, published=self._position.published)
        if self._checkpoint and self._checkpoint.write_error is None and self._position != self._saved:
            self._checkpoint.save(self._position)
            self._saved = self._position
            if self._checkpoint.write_error:
                print_message(
                    f"Cannot write the checkpoint next to the file ({self._checkpoint.write_error}): "
                    "an interrupted import will start from the beginning."
                )
        self._save_at = time.monotonic() + CHECKPOINT_INTERVAL_SECONDS
