"""Log files of bounded size."""

import os
import shutil
from pathlib import Path

MAX_LOG_BYTES = 10_000_000
TAIL_BYTES = 16_384


def rotate(log: Path, max_bytes: int = MAX_LOG_BYTES) -> None:
    """Move the contents of a log that exceeds the limit to NAME.log.1, which is overwritten.

    Copied and truncated, since its writer keeps the file open; a line that is written in between is lost.
    """
    if log.exists() and log.stat().st_size > max_bytes:
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        os.truncate(log, 0)


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log."""
    if not log.exists():
        return f"(no log at {log})"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:])
