"""From the bytes of a log to its events; what is no event is counted."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from sensorctl.logs.lines import LogEvent, parse

# A longer line is no event; it is read in parts of this length.
MOST_BYTES = 1_048_576
LONGEST_EXAMPLE = 200
LONGEST_TRACEBACK = 500  # lines
# What `docker compose logs` puts before each line, and what `tail` puts between two files.
PREFIX = re.compile(r"(?P<service>[\w.-]+) +\| ?(?P<line>.*)", re.DOTALL)
HEADING = re.compile(r"==> (?:.*/)?(?P<service>[^/]+?)\.log(?:\.1)? <==")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # colours, and the erasing that Compose prints before a line
TRACEBACK = re.compile(r".*\(most recent call (?:last|first)\):")


@dataclass
class Unread:
    """Lines that are no events: how many of each `wanted` service, and the first of them."""

    wanted: Callable[[str], bool] = lambda _: True
    lines: Counter[str] = field(default_factory=Counter)
    example: str | None = None

    def add(self, service: str, line: str) -> None:
        """One more of them."""
        if not self.wanted(service):
            return
        self.lines[service] += 1
        if self.example is None:
            self.example = line[:LONGEST_EXAMPLE]


def lines_of(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file, none longer than MOST_BYTES."""
    return iter(lambda: file.readline(MOST_BYTES), b"")


def read_events(lines: Iterable[bytes], service: str, unread: Unread) -> Iterator[LogEvent]:
    """The events of a log, in its order; a line that is none is added to `unread`, unless it is empty.

    `service` wrote it, unless a line begins with a name as `docker compose logs` writes it, or `tail` names
    another file. A traceback after an error belongs to it, so an error is given once the next event is read.
    """
    reader = _Reader(service, unread)
    for line in lines:
        yield from reader.take(line.decode(errors="backslashreplace").rstrip("\r\n"))
    yield from reader.rest()


class _Reader:
    def __init__(self, service: str, unread: Unread) -> None:
        self._service = service
        self._unread = unread
        self._errors: dict[str, LogEvent] = {}  # by service, since the lines of several may take turns
        self._tracebacks: dict[str, list[str]] = {}

    def take(self, line: str) -> Iterator[LogEvent]:
        if heading := HEADING.fullmatch(line):
            self._service = heading["service"]
            return
        service, text = self._split(CONTROL.sub("", line) if "\x1b" in line else line)
        event = parse(text, service)
        if event is None:
            self._keep(service, text)
            return
        yield from self._release(service)
        if event.level in ("error", "critical"):
            self._errors[service] = event
        else:
            yield event

    def rest(self) -> Iterator[LogEvent]:
        for service in list(self._errors):
            yield from self._release(service)

    def _split(self, line: str) -> tuple[str, str]:
        prefixed = None if line.startswith("{") else PREFIX.fullmatch(line)
        return (prefixed["service"], prefixed["line"]) if prefixed else (self._service, line)

    def _keep(self, service: str, text: str) -> None:
        traceback = self._tracebacks.get(service)
        if traceback is None and service in self._errors and TRACEBACK.match(text):
            traceback = self._tracebacks[service] = []
        if traceback is None:
            if text.strip():
                self._unread.add(service, text)
        elif len(traceback) < LONGEST_TRACEBACK:
            traceback.append(text)

    def _release(self, service: str) -> Iterator[LogEvent]:
        event, traceback = self._errors.pop(service, None), self._tracebacks.pop(service, None)
        if event:
            details = {"exception": "\n".join(traceback).rstrip()} if traceback else {}
            yield event._replace(details=event.details | details)
