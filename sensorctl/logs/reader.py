"""Read the events of a log, and count the lines that are not events."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from sensorctl.logs.parser import LogEvent, parse_line

# A longer line is not an event; it is read in parts of this length.
MAX_LINE_BYTES = 1_048_576
MAX_EXAMPLE_CHARACTERS = 200
MAX_TRACEBACK_LINES = 500
# The prefix of each line of `docker compose logs`, and the line that `tail` prints when the file changes.
COMPOSE_PREFIX = re.compile(r"(?P<service>[\w.-]+) +\| ?(?P<line>.*)", re.DOTALL)
TAIL_HEADING = re.compile(r"==> (?:.*/)?(?P<service>[^/]+?)\.log(?:\.1)? <==")
# Colours, and the sequence with which Compose erases the line before it prints one.
CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
TRACEBACK_HEADING = re.compile(r".*\(most recent call (?:last|first)\):")


@dataclass
class UnparsedLines:
    """Counts lines that are not events, by service, and keeps the first one as an example."""

    is_selected: Callable[[str], bool] = lambda _: True
    counts: Counter[str] = field(default_factory=Counter)
    example: str | None = None

    def add(self, service: str, line: str) -> None:
        """Count a line of a selected service."""
        if not self.is_selected(service):
            return
        self.counts[service] += 1
        if self.example is None:
            self.example = line[:MAX_EXAMPLE_CHARACTERS]


def read_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file; a line over MAX_LINE_BYTES comes in parts."""
    return iter(lambda: file.readline(MAX_LINE_BYTES), b"")


def read_events(lines: Iterable[bytes], service: str, unparsed: UnparsedLines) -> Iterator[LogEvent]:
    """Yield the events of a log in its order, and add other lines to `unparsed` unless they are empty.

    Events belong to `service` unless a prefix of `docker compose logs` or a heading of `tail` names another
    one. An error is yielded only when the next event is read, because its traceback follows it.
    """
    reader = _EventReader(service, unparsed)
    for line in lines:
        yield from reader.feed(line.decode(errors="backslashreplace").rstrip("\r\n"))
    yield from reader.flush()


class _EventReader:
    """Holds back errors until their traceback is complete, per service: lines of several may alternate."""

    def __init__(self, service: str, unparsed: UnparsedLines) -> None:
        self._service = service
        self._unparsed = unparsed
        self._errors: dict[str, LogEvent] = {}
        self._tracebacks: dict[str, list[str]] = {}

    def feed(self, line: str) -> Iterator[LogEvent]:
        if heading := TAIL_HEADING.fullmatch(line):
            self._service = heading["service"]
            return
        service, text = self._split_prefix(CONTROL_SEQUENCE.sub("", line) if "\x1b" in line else line)
        event = parse_line(text, service)
        if event is None:
            self._add_other_line(service, text)
            return
        yield from self._release_error(service)
        if event.level in ("error", "critical"):
            self._errors[service] = event
        else:
            yield event

    def flush(self) -> Iterator[LogEvent]:
        for service in list(self._errors):
            yield from self._release_error(service)

    def _split_prefix(self, line: str) -> tuple[str, str]:
        prefixed = None if line.startswith("{") else COMPOSE_PREFIX.fullmatch(line)
        return (prefixed["service"], prefixed["line"]) if prefixed else (self._service, line)

    def _add_other_line(self, service: str, text: str) -> None:
        traceback = self._tracebacks.get(service)
        if traceback is None and service in self._errors and TRACEBACK_HEADING.match(text):
            traceback = self._tracebacks[service] = []
        if traceback is None:
            if text.strip():
                self._unparsed.add(service, text)
        elif len(traceback) < MAX_TRACEBACK_LINES:
            traceback.append(text)

    def _release_error(self, service: str) -> Iterator[LogEvent]:
        event, traceback = self._errors.pop(service, None), self._tracebacks.pop(service, None)
        if event:
            details = {"exception": "\n".join(traceback).rstrip()} if traceback else {}
            yield event._replace(details=event.details | details)
