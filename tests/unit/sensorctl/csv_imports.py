"""A CSV file as the import reads it: its readings, or why it has none."""

from typing import Any

import pytest

from readings.files.csv_options import CsvOptions
from readings.files.errors import UnreadableFile
from tests.unit.history import Imported

NOON = "2026-01-01T12:00:00+00:00"


def options(**given: Any) -> CsvOptions:
    return CsvOptions(**{"sensors": ("hall",), **given})


def values(content: str | bytes, **given: Any) -> list[tuple[str, float]]:
    """Return times and temperatures of a file that has no invalid row."""
    imported = Imported(content, options(**given))
    assert imported.invalid == []
    return [(time, temperature) for _, time, temperature in imported.values]


def refused(content: str | bytes, **given: Any) -> list[tuple[int, str]]:
    """Return the invalid lines of a file from which nothing else is stored."""
    imported = Imported(content, options(**given))
    assert imported.messages == []
    return imported.invalid


def error(content: str | bytes, **given: Any) -> str:
    with pytest.raises(UnreadableFile) as caught:
        Imported(content, options(**given))
    return str(caught.value)
