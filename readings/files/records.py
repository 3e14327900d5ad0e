"""What the reader of a file yields: a record, or why a row is none. Each has the number of its first line."""

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import NamedTuple, Protocol

from readings.files.errors import Ambiguity
from readings.files.problems import Problem
from readings.files.text import TextLines
from readings.model import Unit


class Record(NamedTuple):
    """A measurement of a file.

    `sensor` is None if the file does not name it. A `measured_at` without an offset is local time of the
    file. `extras` are further fields of a message. `notes` are problems that are counted although the reading
    is stored. `unit` is the default if it is not given. `devices` are what other columns name as its device.
    """

    line: int
    sensor: str | None
    measured_at: datetime
    temperature: float
    unit: Unit
    extras: Mapping[str, str | int]
    notes: tuple[Problem, ...] = ()
    is_unit_given: bool = True
    devices: tuple[str, ...] = ()


class Body(NamedTuple):
    """The body of a message."""

    line: int
    body: bytes
    notes: tuple[Problem, ...] = ()


class Rejected(NamedTuple):
    """A row that is no valid reading; with `ambiguity`, an option says what it means."""

    line: int
    reason: str
    problem: Problem = Problem.INVALID
    ambiguity: Ambiguity | None = None


class LeftOut(NamedTuple):
    """A row that the options exclude."""

    line: int
    reason: str
    problem: Problem = Problem.NO_DATA


Item = Record | Body | Rejected | LeftOut


class Layout(Protocol):
    """What was recognised of a file: it describes itself, and reads the rows."""

    @property
    def encoding(self) -> str | None:
        """The encoding of its text; None: from its first bytes."""

    @property
    def zone(self) -> tzinfo | None:
        """The offset of its local times, if the file names it."""

    @property
    def implicit_sensor(self) -> str | None:
        """The column or field that has the sensor, if it was found by its name alone."""

    def describe(self) -> Iterator[tuple[str, str]]:
        """Yield what was recognised, as a name and a text for people."""

    def read(self, lines: TextLines) -> Iterator[Item]:
        """Yield an item per value, in the order of the file; `lines` start at the first line."""
