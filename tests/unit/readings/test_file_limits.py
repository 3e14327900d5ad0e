"""A file beyond the limits of a file job is refused, with what to do."""

import gzip
import io
from zoneinfo import ZoneInfo

import pytest

from readings.files.csv_options import CsvOptions
from readings.files.errors import UnreadableFile
from readings.files.history_file import FileLimits, HistoryFile, open_history

HALL = CsvOptions(sensors=("hall",))
ROWS = b"timestamp,temperature\n" + b"".join(b"2026-01-05T10:%02dZ,4.5\n" % minute for minute in range(60))


def open_limited(content: bytes, zone: str = "UTC", **limits: int) -> HistoryFile:
    name = "a.csv.gz" if content.startswith(b"\x1f\x8b") else "a.csv"
    return open_history(io.BytesIO(content), name, HALL, ZoneInfo(zone), limits=FileLimits(**limits))


def test_a_file_within_the_limits_is_read() -> None:
    history = open_limited(gzip.compress(ROWS), max_bytes=len(ROWS), max_rows=60)

    assert len(list(history.read()[1])) == 60


@pytest.mark.parametrize("content", [ROWS, gzip.compress(ROWS)])
def test_a_file_with_too_many_bytes_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"it (has|decompresses to) over 0.001 MB: split it"):
        list(open_limited(content, max_bytes=1000).read()[1])


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_a_file_with_too_many_rows_is_refused(zone: str) -> None:
    with pytest.raises(UnreadableFile, match="it has over 59 rows: split it"):
        list(open_limited(ROWS, zone, max_rows=59).read()[1])
