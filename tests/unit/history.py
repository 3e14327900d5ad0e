"""Imports of files in memory, without a broker."""

import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from messaging.publishing.bulk import Message
from messaging.publishing.messages import to_message
from readings.files.csv_faults import FaultCheck
from readings.files.csv_options import CsvOptions
from readings.files.file_readings import FilePosition, FileReadings
from readings.files.formats import FileFormat
from readings.files.history_file import recognise
from readings.files.text import TextLines
from readings.files.xlsx import Workbook
from readings.model import Reading
from readings.parsing import ParseContext, parse_reading

UTC_ZONE = ZoneInfo("UTC")
START = FilePosition()


class RecordingBulk:
    """A publisher that records sensor, time and temperature of the messages of the last import."""

    values: ClassVar[list[tuple[str, str, float]]] = []

    def __init__(self, *_: Any, **_options: Any) -> None:
        self.values.clear()

    def publish(self, messages: Iterable[Message]) -> None:
        for message in messages:
            body = json.loads(message.body)
            self.values.append((body["sensor_id"], body["measured_at"][:19], body["temperature"]))


class MemoryFile:
    """A file in memory."""

    can_repeat = True

    def __init__(self, content: bytes) -> None:
        self._content = content

    def lines(self, encoding: str | None = None) -> TextLines:
        return TextLines(io.BytesIO(self._content), encoding)

    sample = lines

    def make_repeatable(self) -> None:
        pass

    def workbook(self) -> Workbook:
        return Workbook(io.BytesIO(self._content))


class Imported:
    """The messages, invalid rows and left out rows of these bytes, from a position on."""

    def __init__(
        self,
        content: bytes | str,
        options: CsvOptions | None = None,
        *,
        position: FilePosition = START,
        file_format: FileFormat | None = None,
        zone: tzinfo = UTC_ZONE,
    ) -> None:
        self.invalid: list[tuple[int, str]] = []
        self.left_out: list[tuple[int, str]] = []
        file = MemoryFile(content if isinstance(content, bytes) else content.encode())
        default: FileFormat = "csv" if options else "jsonl"
        self.history = recognise(file, file_format or default, options or CsvOptions(), zone)
        lines, items = self.history.read()
        source = FileReadings(
            items,
            lines,
            self.history.zone,
            position,
            lambda *row: self.invalid.append(row),
            lambda *row: self.left_out.append(row),
        )
        source.faults = FaultCheck(options.keep if options else ())
        self.messages: list[Message] = [to_message(reading, source.position) for reading in source]
        self.position = source.position
        self.cleaned = source.cleaning.counts()

    @property
    def readings(self) -> list[Reading]:
        """Return the readings that a consumer parses from the messages."""
        return list(self._parse())

    def _parse(self) -> Iterator[Reading]:
        context = ParseContext(ZoneInfo("Asia/Tokyo"), datetime.now(UTC), is_history=True)  # as of an import
        return (parse_reading(message.body, context) for message in self.messages)

    @property
    def values(self) -> list[tuple[str, str, float]]:
        return [(r.sensor_id, r.measured_at.isoformat(), r.temperature) for r in self.readings]
