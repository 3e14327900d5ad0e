"""Import a file: publish its readings through the queue, like a sensor."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import typer

from db.errors import StoreUnavailable
from db.queries.retention import retained_since
from db.queries.sensors import known_sensors, read_plausible_ranges
from messaging.amqp.hosts import split_hosts
from messaging.management.admin import NAME
from messaging.publishing.bulk import BulkPublisher
from messaging.publishing.confirm_publisher import ConfirmPublisher
from messaging.publishing.messages import to_message
from readings.files.csv_faults import FaultCheck
from readings.files.csv_layout import CsvLayout
from readings.files.csv_options import CsvOptions
from readings.files.errors import UnreadableFile
from readings.files.file_readings import KEEP_ALL, FilePosition, FileReadings, Retention
from readings.files.formats import FileFormat
from readings.files.history_file import HistoryFile, recognise
from readings.files.questions import check_file, is_unit_given
from readings.files.single_sensor import names_devices
from readings.ids import uuid7
from readings.plausible import PlausibleRanges
from runtime.text import escape_unprintable, quantity, quote_name
from runtime.tracing import tracing
from sensorctl.history.checkpoint import Checkpoint
from sensorctl.history.import_progress import ImportProgress
from sensorctl.history.input_file import open_input_file, warn_if_changed
from sensorctl.history.report import ImportReport
from sensorctl.history.serial_numbers import FindSerial, require_serial
from sensorctl.output import file_progress_bar, print_message
from sensorctl.settings import OperatorSettings


@dataclass(frozen=True)
class Import:
    """An import of one file."""

    name: str
    file_format: FileFormat
    options: CsvOptions
    max_queue_depth: int
    retry_timeout_seconds: float

    def run(self, settings: OperatorSettings) -> FilePosition:
        """Publish the file from its checkpoint on, report its rows, and return the position of its end.

        Raises:
            typer.BadParameter: When the file cannot be read, or can be read in several ways.
            BrokerUnavailable: When the broker stays unavailable; the next run continues after the last
                confirmed message.
        """
        path, report = Path(self.name), ImportReport()
        with (
            warn_if_changed(self.name),
            open_import(
                self.name, self.file_format, self.options, settings, find_serial=require_serial
            ) as history,
        ):
            if history.file.can_repeat:
                check_file(history, self.options)
                _name_assumed_zone(history, self.options)
            checkpoint = Checkpoint(path, self._options(settings, history)) if path.is_file() else None
            start = checkpoint.load() if checkpoint else FilePosition()
            if start.items:
                print_message(
                    f"Resuming after line {start.lines}; already published: "
                    f"{quantity(start.published, 'reading')}."
                )
            import_id = checkpoint.import_id if checkpoint else uuid7()
            lines, items = history.read()
            if not history.file.can_repeat:
                items = history.check_sensors(items, partial(_find_known, settings))
            readings = FileReadings(
                items, lines, history.zone, start, report.invalid, report.left_out, import_id
            )
            readings.retention = _find_retention(settings)
            readings.plausible = find_plausible(settings)
            readings.faults = FaultCheck(self.options.keep)
            with file_progress_bar() as bar:
                size = path.stat().st_size if checkpoint else None
                try:
                    self._publish(settings, readings, ImportProgress(start, checkpoint, bar, size))
                finally:
                    if readings.position.published:
                        print_message(f"To delete these readings: sensorctl import undo {import_id}")
        for line in report.summary(readings.position, readings.cleaning.counts()):
            print_message(line)
        if readings.position.published:
            print_message(
                "Consumers store those that are not stored already. When the queue is empty, `sensorctl "
                f"import list` shows how many readings the import {import_id} brought."
            )
        if readings.expiring:
            print_message(
                f"Warning: {readings.expiring} of these readings are older than the retention "
                "(RETENTION_DAYS), and are dropped soon after they are stored."
            )
        return readings.position

    def _publish(self, settings: OperatorSettings, readings: FileReadings, progress: ImportProgress) -> None:
        publisher = BulkPublisher(
            lambda: ConfirmPublisher(settings.amqp_url, NAME, priority=None),
            progress,
            queue=settings.queue_name,
            max_queue_depth=self.max_queue_depth,
            retry_timeout_seconds=self.retry_timeout_seconds,
        )
        try:
            with tracing(settings, NAME):
                publisher.publish(to_message(reading, readings.position) for reading in readings)
        except BaseException:
            progress.interrupted()
            raise
        progress.finished()

    def _options(self, settings: OperatorSettings, history: HistoryFile) -> str:
        """Return what decides which messages are published and where, for the checkpoint."""
        urls = [urlsplit(url) for url in split_hosts(settings.amqp_url)]
        hosts = sorted((url.hostname, url.port) for url in urls)
        destination = (*(hosts[0] if len(hosts) == 1 else [hosts]), urls[0].path, settings.queue_name)
        zone = str(settings.naive_time_zone)
        return repr((self.file_format, self.options, zone, destination, history.sensor_ids))


@contextmanager
def open_import(
    name: str,
    file_format: FileFormat,
    options: CsvOptions,
    settings: OperatorSettings,
    *,
    find_serial: FindSerial,
) -> Iterator[HistoryFile]:
    """Open and recognise the file for the block; standard input that has to be checked as a whole is copied.

    Raises:
        typer.BadParameter: When it cannot be read, is no file of readings, or adds many sensors.
    """
    try:
        with open_input_file(name) as file:
            history = recognise(file, file_format, options, settings.naive_time_zone)
            if not file.can_repeat and (reason := _reason_to_copy(history)):
                print_message(f"Reading all of the input first, since {reason}.")
                file.make_repeatable()
            serials = history.logger_sensors
            if serials and not (options.sensors or options.sensor_column):
                history = replace(history, sensor_ids=find_serial(settings, serials))
            _name_unread_columns(history)
            if file.can_repeat:
                for _ in history.check_sensors(history.read()[1], partial(_find_known, settings)):
                    pass
            yield history
    except UnreadableFile as error:
        raise typer.BadParameter(escape_unprintable(f"{name}: {error}")) from error


def _name_unread_columns(history: HistoryFile) -> None:
    """Name the columns that seem to have temperatures, too, such as those of a second probe."""
    if isinstance(history.layout, CsvLayout):
        for index in history.layout.unread_temperatures:
            column = quote_name(history.layout.header[index])
            print_message(
                f"The column {column} seems to have temperatures, too, and is not read: name each such "
                "column by --value-column, with its --sensor."
            )


def _name_assumed_zone(history: HistoryFile, options: CsvOptions) -> None:
    """Name the zone in which times are read, if neither the file nor an option says it."""
    if options.time_zone is None and history.layout.zone is None and history.has_local_times():
        print_message(
            f"Times without an offset are read in {history.zone} (NAIVE_TIME_ZONE). If the logger was in "
            "another zone, undo this import and repeat it with --time-zone."
        )


def _reason_to_copy(history: HistoryFile) -> str | None:
    """Return why all rows have to be checked before the first is published."""
    if not is_unit_given(history):
        return "it gives no unit; --unit reads rows as they come"
    return "a column of it may name several devices" if names_devices(history) else None


def _find_retention(settings: OperatorSettings) -> Retention:
    """Return from when on readings are kept; all if the database does not answer."""
    try:
        return Retention(retained_since(settings), leave_out=settings.past_retention == "dead-letter")
    except StoreUnavailable:
        return KEEP_ALL


def find_plausible(settings: OperatorSettings) -> PlausibleRanges:
    """Return the plausible ranges; without those of single sensors if the database does not answer."""
    try:
        return replace(settings.plausible_range, sensors=read_plausible_ranges(settings))
    except StoreUnavailable:
        return settings.plausible_range


def _find_known(settings: OperatorSettings, sensors: list[str]) -> set[str]:
    """Return which sensors exist; none if the database does not answer, since importing does not need it."""
    try:
        return known_sensors(settings, sensors)
    except StoreUnavailable:
        return set()
