"""Importing a file: its readings through the queue, as sensors publish them."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import typer
from rich.progress import Progress

from messaging.management.admin import NAME
from messaging.publishing.bulk import BulkPublisher, Message
from messaging.publishing.confirm_publisher import ConfirmPublisher
from runtime.text import escape_unprintable
from sensorctl.files import reading_bytes
from sensorctl.history.checkpoint import Checkpoint
from sensorctl.history.csv_file import Columns, Lines, Messages, Place, Rows, csv_rows, json_rows
from sensorctl.output import note, progress_in_file
from sensorctl.settings import OperatorSettings

KEEP_SECONDS = 0.25
Format = Literal["csv", "jsonl"]


@dataclass(frozen=True)
class Import:
    """One call of `sensorctl import`."""

    name: str
    kind: Format
    columns: Columns
    max_queue_depth: int
    retry_timeout_seconds: float

    def run(self, settings: OperatorSettings) -> Place:
        """Publish the file from where it was left on, and give the place of its end.

        Raises BrokerUnavailable; the same call then goes on behind what the broker has confirmed.
        """
        path = Path(self.name)
        bookmark = Checkpoint(path, self._meaning(settings)) if path.is_file() else None
        with reading_bytes(self.name) as file, progress_in_file() as bar:
            lines = Lines(file)
            rows = self._rows(lines)
            begin = bookmark.place() if bookmark else Place()
            if begin.offset:
                lines.go_to(begin)
                note(f"Goes on behind line {begin.lines}; {begin.published} readings were published before.")
            messages = Messages(lines, rows, settings.naive_time_zone, begin, _tell)
            journal = ImportProgress(begin, bookmark, bar, path.stat().st_size if bookmark else None)
            self._publish(settings, messages, journal)
        return messages.place

    def _publish(self, settings: OperatorSettings, messages: Messages, journal: "ImportProgress") -> None:
        bulk = BulkPublisher(
            lambda: ConfirmPublisher(settings.amqp_url, NAME),
            journal,
            queue=settings.queue_name,
            max_queue_depth=self.max_queue_depth,
            retry_timeout_seconds=self.retry_timeout_seconds,
        )
        try:
            bulk.publish(messages)
        except BaseException:
            journal.interrupted()
            raise
        journal.finished()

    def _rows(self, lines: Lines) -> Rows:
        if self.kind == "jsonl":
            return json_rows
        try:
            return self.columns.rows([name.strip() for name in next(csv_rows(lines), [])])
        except LookupError as error:
            raise typer.BadParameter(escape_unprintable(f"{self.name}: {error}")) from None

    def _meaning(self, settings: OperatorSettings) -> str:
        address = urlsplit(settings.amqp_url)
        where = (address.hostname, address.port, address.path, settings.queue_name)
        return repr((self.kind, self.columns, settings.naive_time_zone.key, where))


class ImportProgress:
    """Keeps what the broker has confirmed in the bookmark, and shows it."""

    def __init__(self, begin: Place, bookmark: Checkpoint | None, bar: Progress, size: int | None) -> None:
        self._place = self._kept = begin
        self._bookmark = bookmark
        self._bar = bar
        self._task = bar.add_task("import", total=size, completed=begin.offset, published=begin.published)
        self._keep_at = 0.0
        self._waited = False

    def confirmed(self, last: Message) -> None:
        """Everything up to this one is in the queue."""
        self._place = last.context
        if time.monotonic() >= self._keep_at:
            self._keep()

    def waiting(self, depth: int) -> None:
        """Say it once."""
        self._keep()
        if not self._waited:
            note(f"{depth} messages wait in the queue: publishing no faster than the consumers take them.")
        self._waited = True

    def lost(self, reason: str) -> None:
        """Say it."""
        note(f"The broker is lost ({reason}): trying again.")

    def interrupted(self) -> None:
        """Say how to go on."""
        self._keep()
        done = f"Published {self._place.published} readings, up to line {self._place.lines}"
        if self._bookmark and self._bookmark.reason is None:
            note(f"{done}: the same command goes on there.")
        else:
            note(f"{done}. Importing it again from the beginning stores nothing twice.")

    def finished(self) -> None:
        """There is nothing left to go on with."""
        if self._bookmark:
            self._bookmark.remove()

    def _keep(self) -> None:
        self._bar.update(self._task, completed=self._place.offset, published=self._place.published)
        if self._bookmark and self._bookmark.reason is None and self._place != self._kept:
            self._bookmark.keep(self._place)
            self._kept = self._place
            if self._bookmark.reason:
                note(
                    f"How far it came cannot be noted beside the file ({self._bookmark.reason}): "
                    "an interrupted import will begin anew."
                )
        self._keep_at = time.monotonic() + KEEP_SECONDS


def _tell(line: int, reason: str) -> None:
    print(f"line {line}: {escape_unprintable(reason)}", file=sys.stderr)
